"""What people try with a request: anything, what leads on, and the detours."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from hub.china import CHINA
from hub.desk.clocks import Schedule
from hub.desk.events import (
    Answer,
    Ask,
    AttemptToDecline,
    Begin,
    Claim,
    Close,
    ConfirmReceipt,
    Event,
    Explain,
    Forward,
    Make,
    MarkOverdue,
    Reassign,
    Return,
    Seal,
    Send,
    Urge,
)
from hub.desk.findings import AmbiguousSubject, Findings, NoRecord, Verified
from hub.desk.request import VerificationRequest
from hub.desk.words import (
    PLATFORM,
    Actor,
    Officer,
    QuestionKind,
    Role,
    State,
)
from hub.workdays.calendar import WorkingDays
from tests.desk.people import ARCHIVES, CIVIL, CLERK, HOUSING, ISSUERS, POLICE, SUPERVISOR

CALENDAR = WorkingDays()
SCHEDULE = Schedule()
NAMES = ("vera", "viktor", "wang")
VERIFIERS = frozenset(NAMES)
UNITS = (CIVIL, ARCHIVES, POLICE)
STAFF = [
    Actor(unit, name, frozenset(roles))
    for unit in UNITS
    for name, roles in (
        *((name, {Role.VERIFIER}) for name in NAMES[:2]),
        ("wang", {Role.VERIFIER, Role.SEAL_KEEPER}),
        ("keeper", {Role.SEAL_KEEPER}),
        ("chief", {Role.COORDINATOR}),
    )
]
CAST = [CLERK, SUPERVISOR, PLATFORM, Actor("bank", "clerk", CLERK.roles), *STAFF]

JUMPS = st.one_of(
    st.sampled_from([timedelta(milliseconds=ms) for ms in (-60_000, -1, 0, 1)]),
    st.timedeltas(timedelta(0), timedelta(minutes=20)),
    st.timedeltas(timedelta(hours=1), timedelta(hours=30)),
    st.just(timedelta(days=20)),
)
STARTS = st.datetimes(datetime(2024, 1, 2), datetime(2026, 11, 1), timezones=st.just(CHINA)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)


def findings_for(outstanding: frozenset[str]) -> st.SearchStrategy[Findings]:
    """Anything an issuer may say, at times about what nobody asked."""
    names = st.sampled_from([*sorted(outstanding), "spouse", "income"])
    values = st.dictionaries(names, st.sampled_from(["a", "b", None]), min_size=0, max_size=3)
    whole = st.just(Verified(dict.fromkeys(sorted(outstanding), "a")))
    return st.one_of(
        whole,
        values.map(lambda each: Verified(dict(each))),
        st.sampled_from([NoRecord("registers"), NoRecord(""), AmbiguousSubject(2)]),
    )


def events_for(of: VerificationRequest, now: datetime) -> st.SearchStrategy[Event]:
    """Any event, sound or not, with what it carries; `Deliver` and objections have rules of their own."""
    texts = st.sampled_from(["words", "words", "words", " "])
    estimates = st.sampled_from([None, now, now + timedelta(hours=3)])
    plain: list[Event] = [Begin(), Send(), ConfirmReceipt(), Close(), MarkOverdue()]
    return st.one_of(
        st.sampled_from(plain),
        st.builds(Claim, st.just(VERIFIERS)),
        st.builds(Reassign, st.sampled_from([*NAMES, "nobody"]), texts, st.just(VERIFIERS)),
        st.builds(Forward, st.sampled_from([*UNITS, HOUSING, "x"]), texts, st.just(ISSUERS)),
        st.builds(Ask, st.sampled_from(QuestionKind), texts),
        st.builds(Answer, texts),
        st.builds(Make, findings_for(of.outstanding)),
        st.builds(Return, texts),
        st.builds(Seal, st.just("seal"), st.just("digest")),
        st.builds(Explain, texts, estimates),
        st.builds(AttemptToDecline, texts),
        st.builds(Urge, texts),
    )


def likely_next(of: VerificationRequest, word: str) -> tuple[Event, Actor] | None:
    """The step that carries a request on, so that long lives are lived, too."""
    by = staff_of(of)
    verifier = by[of.verifier or free_verifier(of)]
    made = Make(Verified(dict.fromkeys(sorted(of.outstanding), word)))
    steps: dict[State, tuple[Event, Actor]] = {
        State.ISSUED: (Urge("now"), SUPERVISOR),
        State.DELIVERED: (Claim(VERIFIERS), verifier),
        State.CLAIMED: (Begin(), verifier),
        State.IN_VERIFICATION: (made, verifier),
        State.MADE: (Seal("seal", "digest"), by["keeper"]),
        State.SEALED: (Send(), PLATFORM),
        State.SENT: (ConfirmReceipt(), CLERK),
        State.RECEIVED: (Close(), CLERK),
    }
    return steps.get(of.state)


def detours(of: VerificationRequest, now: datetime) -> list[tuple[Event, Actor]]:
    """Sound steps that don't lead straight to an answer."""
    by = staff_of(of)
    verifier, chief = by[of.verifier or free_verifier(of)], by["chief"]
    part = Verified({min(of.outstanding): "a"} if of.outstanding else {})
    return [
        (Ask(QuestionKind.AMBIGUOUS_SUBJECT, "which?"), verifier),
        (Answer("that one"), CLERK),
        (Reassign("vera", "ill", VERIFIERS), chief),
        (Reassign("wang", "ill", VERIFIERS), chief),
        *((Forward(unit, "theirs", ISSUERS), chief) for unit in UNITS),
        (Make(part), verifier),
        (Make(NoRecord("registers")), verifier),
        (Make(AmbiguousSubject(2)), verifier),
        (Return("wrong"), by["keeper"]),
        (ConfirmReceipt(), CLERK),
        (MarkOverdue(), PLATFORM),
        (Explain("ill", now + timedelta(hours=1)), chief),
        (Explain("ill", None), chief),
        (AttemptToDecline("no"), chief),
    ]


def staff_of(of: VerificationRequest) -> dict[str, Actor]:
    """The people of the unit that has it, by name."""
    return {each.name: each for each in STAFF if each.unit == of.holder}


def free_verifier(of: VerificationRequest) -> str:
    """A verifier who may claim it."""
    return next((name for name in NAMES if not heard(of, name)), "vera")


def heard(of: VerificationRequest, name: str) -> bool:
    """Whether a verifier said their word on it before its review."""
    return of.review is not None and Officer(of.holder, name) in of.review.avoid
