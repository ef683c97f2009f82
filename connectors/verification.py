"""Dialect: the supplementary verification platform, which looks up many subjects in one call."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import orjson

from connectors.asking import Slots, places_of, until_after
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
from connectors.envelopes import Gap, at, code_text, shown, under
from connectors.gathering import Asked, Batch, Gathering, Outcome, Share
from connectors.holders import Match, holder_match, is_plainly
from connectors.http import Http
from connectors.probing import PROBE_TIMEOUT, probed
from connectors.readers import AnswerReader, Readers
from connectors.signed import SignedCalls
from connectors.templates import filled

LOOKUP = "/api/v1/proofs/lookup"
HEALTH = "/api/v1/health"

_TWICE: Json = {}
"""Stands where one inquiry has several answers."""
_PROOFS = {"verified": ProofKind.VERIFIED, "shared": ProofKind.SHARED}


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
        self._readers = Readers()
        self._gathering = Gathering(endpoint.batch, self._answers, http.own)

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Outcome]:
        """One outcome per inquiry, in order; equal inquiries are asked once."""
        outcomes: dict[int, Outcome] = {}
        places = list(places_of(inquiries).values())

        def hear(same: Sequence[int], outcome: Outcome) -> None:
            for place in same:
                outcomes[place] = outcome
                told(place, outcome)

        asked: list[Sequence[int]] = []
        for same in places:
            try:
                filled(interface.parameters, inquiries[same[0]].facts)
                asked.append(same)
            except Incomplete as error:
                hear(same, self._slots.named(interface.name, error))
        whole = Asked(interface, [inquiries[same[0]] for same in asked], until_after(patience))
        await self._gathering.ask(whole, lambda place, outcome: hear(asked[place], outcome))
        return [outcomes[place] for place in range(len(inquiries))]

    async def probe(self) -> Health:
        """Its health, then an empty lookup: whether it takes the key."""
        return await probed(self._health, self._clock)

    async def _health(self) -> Health:
        reply = await self._calls.get(HEALTH, {}, PROBE_TIMEOUT)
        if isinstance(now := at(reply.document(), "time"), int):
            self._clock.learn(now / 1000)
        await self._calls.post(LOOKUP, b'{"requests":[]}', PROBE_TIMEOUT)
        return Health(True, True, self._clock.offset, "up, and the key is accepted")

    async def _answers(self, batch: Batch) -> list[Outcome]:
        seconds = max(share.asked.interface.timeout for share in batch)
        until = max(share.asked.until for share in batch)
        try:
            answers = await self._slots.done(lambda: self._lookup(batch, seconds), seconds, until)
        except ConnectorError as error:
            return [
                self._slots.named(share.asked.interface.name, error)
                for share in batch
                for _ in share.inquiries
            ]
        return [outcome for share in batch for outcome in self._read(share, answers)]

    async def _lookup(self, batch: Batch, seconds: float) -> Mapping[str, Json]:
        requests = [request for share in batch for request in _requests(share)]
        body = orjson.dumps({"requests": requests})
        reply = await self._calls.post(LOOKUP, body, seconds, lookup=True)
        return _by_ref(reply.document())

    def _read(self, share: Share, answers: Mapping[str, Json]) -> Iterator[Outcome]:
        interface = share.asked.interface
        reader = self._readers.of(interface.name, interface.answer)
        for ref, inquiry in enumerate(share.inquiries, share.first):
            try:
                yield _answer(reader, inquiry.facts["subject.id"], answers.get(str(ref)))
            except ConnectorError as error:
                yield self._slots.named(interface.name, error)


def _requests(share: Share) -> Iterator[dict[str, object]]:
    for ref, inquiry in enumerate(share.inquiries, share.first):
        yield _request(str(ref), share.asked.interface, inquiry.facts)


def _request(ref: str, interface: Interface, facts: Mapping[str, str]) -> dict[str, object]:
    known = facts.get
    request: dict[str, object] = {
        "ref": ref,
        "certificateType": interface.target,
        "subject": {"id": facts["subject.id"], "name": known("subject.name")},
        "purpose": {
            "item": known("purpose.item"),
            "case": known("purpose.case"),
            "operator": known("purpose.operator"),
            "unit": known("purpose.sponsor_code"),
        },
    }
    if interface.parameters:
        request["parameters"] = filled(interface.parameters, facts)
    return request


def _by_ref(document: Json) -> dict[str, Json]:
    answers = at(document, "answers")
    if not isinstance(answers, list):
        raise Garbled("the reply lacks its list of answers; tell the platform")
    told = [(code_text(one.get("ref")), one) for one in answers if isinstance(one, dict)]
    by_ref: dict[str, Json] = dict(told)
    if len(by_ref) < len(told):
        counts = Counter(ref for ref, _ in told)
        by_ref |= dict.fromkeys((ref for ref, count in counts.items() if count > 1), _TWICE)
    return by_ref


def _answer(reader: AnswerReader, subject_id: str, answer: Json) -> Answer:
    if answer is _TWICE:
        raise Garbled("one inquiry has two answers or more; tell the platform")
    status = under(answer, "status")
    if status == "held":
        return _held(reader, subject_id, answer)
    if status == "notHeld":
        return NotHeld()
    if status == "error":
        raise Refused(f"code {_code(answer)}; look it up in the verification platform's protocol")
    raise Garbled("one inquiry has no answer of a known status; tell the platform")


def _code(answer: Json) -> str:
    found = at(answer, "code")
    return shown("" if isinstance(found, Gap) else code_text(found))


def _held(reader: AnswerReader, subject_id: str, answer: Json) -> Answer:
    holder = under(answer, "holder")
    if not (isinstance(holder, dict) and is_plainly(subject_id, holder.get("id"))):
        _require_same(answer, subject_id)
    found = reader.read(answer, subject_id)
    if found is None:
        raise Garbled("said to be held, but without a field; tell the platform")
    return Held(found.values, _proof(answer)) if isinstance(found, Held) else found


def _require_same(answer: Json, subject_id: str) -> None:
    holder = at(answer, "holder.id")
    named = [] if isinstance(holder, Gap) else [holder]
    if holder_match(named, subject_id) is Match.OTHER:
        raise WrongHolder("the answer is about somebody else; tell the platform")


def _proof(answer: Json) -> ProofKind | None:
    """Which proof can be extracted; none where the platform doesn't say."""
    proof = under(answer, "proof")
    if proof is None or isinstance(proof, Gap):
        return None
    if isinstance(proof, str) and proof in _PROOFS:
        return _PROOFS[proof]
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
