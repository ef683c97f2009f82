"""Dialect: the supplementary verification platform, which looks up many subjects in one call."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, partial

import orjson

from connectors.asking import Slots, all_differ, places_of, until_after
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
from connectors.envelopes import Gap, Row, at, code_text, shown, under
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
_OF_NO_PROOF = frozenset({"ref", "status", "holder", "fields"})
"""The names of an answer that says nothing of a proof."""
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
        until = until_after(patience)
        if interface.parameters or not all_differ(inquiries):
            return await self._ask_some(interface, inquiries, until, told)
        return await self._gathering.ask(Asked(interface, inquiries, until), told)

    async def _ask_some(
        self, interface: Interface, inquiries: Sequence[Inquiry], until: float, told: Told
    ) -> list[Outcome]:
        """The same where some are equal to others, or may lack a fact and are not asked."""
        outcomes: dict[int, Outcome] = {}

        def hear(same: Sequence[int], outcome: Outcome) -> None:
            for place in same:
                outcomes[place] = outcome
                told(place, outcome)

        asked: list[Sequence[int]] = []
        for same in places_of(inquiries).values():
            try:
                filled(interface.parameters, inquiries[same[0]].facts)
                asked.append(same)
            except Incomplete as error:
                hear(same, self._slots.named(interface.name, error))
        whole = Asked(interface, [inquiries[same[0]] for same in asked], until)
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
            answers = await self._slots.done(partial(self._lookup, batch, seconds), seconds, until)
        except ConnectorError as error:
            return [
                self._slots.named(share.asked.interface.name, error)
                for share in batch
                for _ in share.inquiries
            ]
        return [outcome for share in batch for outcome in self._read(share, answers)]

    async def _lookup(self, batch: Batch, seconds: float, by: float) -> Sequence[Json]:
        requests = [request for share in batch for request in _requests(share)]
        body = orjson.dumps({"requests": requests})
        reply = await self._calls.post(LOOKUP, body, seconds, lookup=True, until=by)
        return _answers_in(reply.document(), len(requests))

    def _read(self, share: Share, answers: Sequence[Json]) -> list[Outcome]:
        interface, outcomes = share.asked.interface, list[Outcome]()
        reader = self._readers.of(interface.name, interface.answer)
        told = answers[share.first : share.first + share.count]
        for inquiry, answer in zip(share.inquiries, told, strict=True):
            try:
                outcomes.append(_answer(reader, inquiry.facts["subject.id"], answer))
            except ConnectorError as error:
                outcomes.append(self._slots.named(interface.name, error))
        return outcomes


def _requests(share: Share) -> list[dict[str, object]]:
    interface, requests = share.asked.interface, list[dict[str, object]]()
    for ref, inquiry in enumerate(share.inquiries, share.first):
        facts = inquiry.facts
        known = facts.get
        request: dict[str, object] = {
            "ref": str(ref),
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
        requests.append(request)
    return requests


def _answers_in(document: Json, count: int) -> Sequence[Json]:
    """What is answered to each of so many requests, in their order; `None` where nothing is."""
    answers = at(document, "answers")
    if not isinstance(answers, list):
        raise Garbled("the reply lacks its list of answers; tell the platform")
    refs = _refs(count)
    if [type(one) is dict and one.get("ref") for one in answers] == refs:
        return answers
    by_ref = _by_ref(answers)
    return [by_ref.get(ref) for ref in refs]


@lru_cache(maxsize=128)
def _refs(count: int) -> list[str]:
    return list(map(str, range(count)))


def _by_ref(answers: Sequence[Json]) -> dict[str, Json]:
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
    if status == "held" and isinstance(answer, dict):
        return _held(reader, subject_id, answer)
    if status == "notHeld":
        return NotHeld()
    if status == "error":
        raise Refused(f"code {_code(answer)}; look it up in the verification platform's protocol")
    raise Garbled("one inquiry has no answer of a known status; tell the platform")


def _code(answer: Json) -> str:
    found = at(answer, "code")
    return shown("" if isinstance(found, Gap) else code_text(found))


def _held(reader: AnswerReader, subject_id: str, answer: Row) -> Answer:
    holder = answer.get("holder")
    if not (isinstance(holder, dict) and is_plainly(subject_id, holder.get("id"))):
        _require_same(answer, subject_id)
    found = reader.found(answer, subject_id)
    if found is None:
        raise Garbled("said to be held, but without a field; tell the platform")
    return found if isinstance(found, NotHeld) else Held(found, _proof(answer))


def _require_same(answer: Json, subject_id: str) -> None:
    holder = at(answer, "holder.id")
    named = [] if isinstance(holder, Gap) else [holder]
    if holder_match(named, subject_id) is Match.OTHER:
        raise WrongHolder("the answer is about somebody else; tell the platform")


def _proof(answer: Row) -> ProofKind | None:
    """Which proof can be extracted; none where the platform doesn't say."""
    if answer.keys() <= _OF_NO_PROOF:
        return None
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
