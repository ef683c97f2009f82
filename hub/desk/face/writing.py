"""The calls that change something: submit, every step, seal; and what comes of declining."""

from aiohttp import web

from hub.desk.contents import unanswerable, unreadable
from hub.desk.desk import Desk, fresh_id
from hub.desk.events import AttemptToDecline, Event, Make
from hub.desk.face.bodies import SUBMISSION, officer, text, wanted
from hub.desk.face.calls import IDEMPOTENCY_KEY, Signed
from hub.desk.face.replies import NO_DECLINING, Refused, not_declined, said, telling, told_reply
from hub.desk.face.shapes import BadBody
from hub.desk.face.steps import SEAL, Step, declines
from hub.desk.findings import Verified
from hub.desk.request import VerificationRequest


async def submit(desk: Desk, signed: Signed) -> web.Response:
    """Open a request to the unit that legally issues the certificate."""
    call, given = signed.call, signed.given(SUBMISSION)
    if not signed.client.states_items:
        raise Refused(
            403, "this client doesn't hold the catalogue: requests are opened through the hub"
        )
    by, asked = officer(given), wanted(given)
    issuers = desk.registry.issuers(asked.certificate)
    issuer = text(given, "issuer") if "issuer" in given else _only(issuers)
    if issuer not in issuers:
        raise Refused(422, "name an issuer that the registry lists for this certificate")
    if why := unanswerable(desk.types, asked.certificate, asked.fields):
        raise Refused(422, why)
    tell = telling(by.unit, desk.now(), 201)
    return told_reply(await desk.submit(call, asked, issuer, by, tell))


async def step(desk: Desk, signed: Signed, taken: Step) -> web.Response:
    """Take one step of a request's life."""
    call = signed.call
    try:
        given = signed.given(taken.shape)
        taken.check(given)
    except BadBody as trouble:
        if trouble.unknown is None or not declines(trouble.unknown):
            raise
        await _record(desk, signed)
        return said(422, NO_DECLINING)
    if "promised" in given and not signed.client.states_items:
        raise Refused(403, "this client doesn't hold the catalogue: leave promised out")
    by = officer(given)

    def event(request: VerificationRequest) -> Event:
        made = taken.event(given, request, desk.registry)
        _check_values(desk, request, made)
        return made

    tell = telling(by.unit, desk.now())
    return told_reply(await desk.act(call, signed.id(), event, by, tell))


async def seal(desk: Desk, signed: Signed) -> web.Response:
    """A seal keeper seals the draft."""
    call, given = signed.call, signed.given(SEAL)
    by = officer(given)
    number = text(given, "seal") if "seal" in given else None
    tell = telling(by.unit, desk.now())
    return told_reply(await desk.seal(call, signed.id(), number, by, tell))


async def decline(desk: Desk, signed: Signed) -> web.Response:
    """There is no such step; the attempt is an incident under Article 16."""
    reply = await _record(desk, signed) or said(405, NO_DECLINING)
    reply.headers["Allow"] = ""
    return reply


def _check_values(desk: Desk, request: VerificationRequest, event: Event) -> None:
    """Raise `BadBody` where what a verifier found couldn't be put on paper."""
    kind = desk.types.get(request.wanted.certificate)
    if kind is None or not isinstance(event, Make) or not isinstance(event.findings, Verified):
        return
    if wrong := unreadable(event.findings.values, kind):
        raise BadBody(wrong)


async def _record(desk: Desk, signed: Signed) -> web.Response | None:
    """Record the attempt, where it is said by whom; repeated under its key, it is one attempt."""
    by = signed.by()
    if by is None:
        return None
    key = signed.request.headers.get(IDEMPOTENCY_KEY) or fresh_id()
    call = signed.call_under(key)
    event = AttemptToDecline(f"{signed.request.method} …/{signed.request.path.rpartition('/')[2]}")
    return told_reply(await desk.act(call, signed.id(), lambda _: event, by, not_declined))


def _only(issuers: frozenset[str]) -> str:
    if len(issuers) != 1:
        problem = "no unit is listed" if not issuers else "several units are listed"
        raise Refused(422, f"{problem} as issuer of this certificate: name one as issuer")
    return next(iter(issuers))
