"""Dialect: the supplementary verification platform, which looks up many subjects in one call."""

from collections.abc import Hashable, Mapping, Sequence

import orjson
from msgspec.structs import replace

from connectors.answers import read_answer
from connectors.asking import Slots, distinct, places_of, sameness, until_after
from connectors.assisted import AssistedVerification
from connectors.clocks import ServerClock
from connectors.contract import (
    PATIENCE,
    Answer,
    Connector,
    ConnectorError,
    Endpoint,
    Garbled,
    Health,
    Held,
    Incomplete,
    Inquiry,
    Interface,
    NotHeld,
    ProofKind,
    Refused,
    Told,
    WrongHolder,
    untold,
)
from connectors.decoding import Json
from connectors.dialects import Dialect, Options
from connectors.envelopes import Gap, at, code_text, shown
from connectors.gathering import Asked, Gathering
from connectors.holders import Match, holder_match
from connectors.http import Http
from connectors.probing import PROBE_TIMEOUT, probed
from connectors.signed import SignedCalls
from connectors.templates import filled

LOOKUP = "/api/v1/proofs/lookup"
HEALTH = "/api/v1/health"

Outcome = Answer | ConnectorError


class VerificationPlatform:
    """One verification platform under one access key.

    What is asked of it in one tick of the loop, for whatever certificate types and by whomever,
    goes out together in as few calls as `batch` allows.
    """

    def __init__(self, endpoint: Endpoint, http: Http, clock: ServerClock | None = None) -> None:
        self._clock = clock or ServerClock()
        self._calls = SignedCalls(endpoint, http, self._clock)
        self._slots = Slots(endpoint)
        self.assisted = AssistedVerification(self._calls, self._slots)
        self._gathering = Gathering(endpoint.batch, self._answers, http.own)

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Outcome]:
        """One outcome per inquiry, in order; equal inquiries are asked once."""
        until, places = until_after(patience), places_of(inquiries)
        outcomes: dict[Hashable, Outcome] = {}
        asked: dict[Hashable, Asked] = {}

        def hear(key: Hashable, outcome: Outcome) -> None:
            outcomes[key] = outcome
            for place in places[key]:
                told(place, outcome)

        for key, inquiry in distinct(inquiries).items():
            try:
                filled(interface.parameters, inquiry.facts)
                asked[key] = Asked(interface, inquiry, until)
            except Incomplete as error:
                hear(key, self._slots.named(interface.name, error))
        keys = list(asked)
        await self._gathering.ask(
            list(asked.values()), lambda place, outcome: hear(keys[place], outcome)
        )
        return [outcomes[sameness(inquiry)] for inquiry in inquiries]

    async def probe(self) -> Health:
        """Its health, then an empty lookup: whether it takes the key."""
        return await probed(self._health, self._clock)

    async def _health(self) -> Health:
        reply = await self._calls.get(HEALTH, {}, PROBE_TIMEOUT)
        if isinstance(now := at(reply.document(), "time"), int):
            self._clock.learn(now / 1000)
        await self._calls.post(LOOKUP, b'{"requests":[]}', PROBE_TIMEOUT)
        return Health(True, True, self._clock.offset, "up, and the key is accepted")

    async def _answers(self, batch: Sequence[Asked]) -> list[Outcome]:
        seconds = max(asked.interface.timeout for asked in batch)
        until = max(asked.until for asked in batch)
        try:
            answers = await self._slots.done(lambda: self._lookup(batch, seconds), seconds, until)
        except ConnectorError as error:
            return [self._slots.named(asked.interface.name, error) for asked in batch]
        return [self._read(one, answers.get(str(place))) for place, one in enumerate(batch)]

    async def _lookup(self, batch: Sequence[Asked], seconds: float) -> Mapping[str, Json]:
        requests = [_request(str(place), one) for place, one in enumerate(batch)]
        body = orjson.dumps({"requests": requests})
        reply = await self._calls.post(LOOKUP, body, seconds, lookup=True)
        return _by_ref(reply.document())

    def _read(self, asked: Asked, answer: Json) -> Outcome:
        try:
            return _answer(asked.interface, asked.inquiry, answer)
        except ConnectorError as error:
            return self._slots.named(asked.interface.name, error)


def _request(ref: str, asked: Asked) -> dict[str, object]:
    interface, facts = asked.interface, asked.inquiry.facts
    request: dict[str, object] = {
        "ref": ref,
        "certificateType": interface.target,
        "subject": {"id": facts["subject.id"], "name": facts.get("subject.name")},
        "purpose": {
            "item": facts.get("purpose.item"),
            "case": facts.get("purpose.case"),
            "operator": facts.get("purpose.operator"),
            "unit": facts.get("purpose.sponsor_code"),
        },
    }
    more = filled(interface.parameters, facts)
    return request | {"parameters": more} if more else request


def _by_ref(document: Json) -> dict[str, Json]:
    answers = at(document, "answers")
    if not isinstance(answers, list):
        raise Garbled("the reply lacks its list of answers; tell the platform")
    return {code_text(answer.get("ref")): answer for answer in answers if isinstance(answer, dict)}


def _answer(interface: Interface, inquiry: Inquiry, answer: Json) -> Answer:
    status = at(answer, "status")
    if status == "notHeld":
        return NotHeld()
    if status == "error":
        raise Refused(f"code {_code(answer)}; look it up in the verification platform's protocol")
    if status != "held":
        raise Garbled("one inquiry has no answer of a known status; tell the platform")
    return _held(interface, inquiry.facts["subject.id"], answer)


def _code(answer: Json) -> str:
    found = at(answer, "code")
    return shown("" if isinstance(found, Gap) else code_text(found))


def _held(interface: Interface, subject_id: str, answer: Json) -> Answer:
    holder = at(answer, "holder.id")
    named = [] if isinstance(holder, Gap) else [holder]
    if holder_match(named, subject_id) is Match.OTHER:
        raise WrongHolder("the answer is about somebody else; tell the platform")
    found = read_answer(answer, interface.answer, subject_id)
    if found is None:
        raise Garbled("said to be held, but without a field; tell the platform")
    return replace(found, proof=_proof(answer)) if isinstance(found, Held) else found


def _proof(answer: Json) -> ProofKind | None:
    """Which proof can be extracted; none where the platform doesn't say."""
    match at(answer, "proof"):
        case "verified":
            return ProofKind.VERIFIED
        case "shared":
            return ProofKind.SHARED
        case Gap() | None:
            return None
        case _:
            raise Garbled("one inquiry has a proof of no known kind; tell the platform")


def connect(endpoint: Endpoint, _: Options, http: Http) -> Connector:
    """A connector to one verification platform."""
    return VerificationPlatform(endpoint, http)


DIALECT = Dialect(
    name="verification",
    styles=frozenset({"batch"}),
    credential_keys=frozenset({"access_key", "secret"}),
    option_keys=frozenset(),
    target_key=None,
    batches=True,
    coded=True,
    connect=connect,
)
