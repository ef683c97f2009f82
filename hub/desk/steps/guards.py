"""Who may take a step, and when: each guard gives nothing, or the rejection with its remedy."""

from hub.desk.request import VerificationRequest
from hub.desk.words import WITH_ISSUER, Actor, Officer, Reason, Rejected, Role, State

Outcome = VerificationRequest | Rejected


def by_platform(actor: Actor) -> Rejected | None:
    """Only the desk itself."""
    if Role.PLATFORM in actor.roles:
        return None
    return Rejected(Reason.WRONG_ROLE, "The desk does this by itself; nothing is to be done.")


def playing(actor: Actor, *roles: Role) -> Rejected | None:
    """Only somebody designated for one of the roles."""
    if actor.roles.intersection(roles):
        return None
    wanted = " or ".join(role.replace("_", " ") for role in roles)
    remedy = f"Let a {wanted} of {actor.unit or 'a unit'} do it, or have the role registered."
    return Rejected(Reason.WRONG_ROLE, remedy)


def of_holder(request: VerificationRequest, actor: Actor, *roles: Role) -> Rejected | None:
    """Only somebody in one of the roles at the unit that has to answer."""
    if actor.unit == request.holder:
        return playing(actor, *roles)
    return Rejected(Reason.WRONG_UNIT, f"It lies with unit {request.holder}; only it can do this.")


def of_requester(request: VerificationRequest, actor: Actor) -> Rejected | None:
    """Only an operator of the unit that asked."""
    if actor.unit == request.requester.unit:
        return playing(actor, Role.OPERATOR)
    remedy = (
        f"Only unit {request.requester.unit}, which asked, can do this. The issuer answers, asks"
        " back or forwards: a request can't be refused (Article 16)."
    )
    return Rejected(Reason.WRONG_UNIT, remedy)


def by_the_verifier(request: VerificationRequest, actor: Actor) -> Rejected | None:
    """Only the verifier who claimed it."""
    return of_holder(request, actor, Role.VERIFIER) or _claimed_by(request, actor)


def by_the_verifier_or(
    request: VerificationRequest, actor: Actor, *others: Role
) -> Rejected | None:
    """The unit's people in other roles, the verifier who claimed it, or any while nobody did."""
    if rejected := of_holder(request, actor, Role.VERIFIER, *others):
        return rejected
    return None if actor.roles.intersection(others) else _claimed_by(request, actor)


def _claimed_by(request: VerificationRequest, actor: Actor) -> Rejected | None:
    if request.verifier in (None, actor.name):
        return None
    remedy = "Another verifier claimed it; let the coordinator reassign it to you."
    return Rejected(Reason.NOT_THE_VERIFIER, remedy)


def in_state(request: VerificationRequest, *states: State) -> Rejected | None:
    """Only while the request is in one of the states."""
    return None if request.state in states else wrong_state(request, *states)


def wrong_state(request: VerificationRequest, *states: State) -> Rejected:
    """The rejection of what can be done in other states only."""
    possible = ", ".join(state.replace("_", " ") for state in states)
    now = request.state.replace("_", " ")
    return Rejected(Reason.WRONG_STATE, f"It is {now}; this can be done while it is: {possible}.")


def with_issuer(request: VerificationRequest) -> Rejected | None:
    """Only while the issuer has it and the clock runs."""
    return in_state(request, *WITH_ISSUER)


def said(text: str, what: str) -> Rejected | None:
    """Only with a text that isn't blank."""
    return None if text.strip() else Rejected(Reason.BLANK, f"Give {what} in words.")


def designated(name: str, verifiers: frozenset[str]) -> Rejected | None:
    """Only a verifier whom the registry designates for the unit."""
    if name in verifiers:
        return None
    return Rejected(Reason.NOT_DESIGNATED, "Name a designated verifier of the unit (Article 17).")


def fresh_eyes(
    request: VerificationRequest, name: str, verifiers: frozenset[str]
) -> Rejected | None:
    """A review goes to somebody who hasn't said their word yet, as long as there is anybody."""
    avoid = request.review.avoid if request.review else frozenset()
    others = (Officer(request.holder, each) for each in verifiers)
    if Officer(request.holder, name) not in avoid or avoid.issuperset(others):
        return None
    remedy = "It reviews an answer this person gave; let another verifier of the unit take it."
    return Rejected(Reason.FIRST_VERIFIER, remedy)
