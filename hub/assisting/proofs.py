"""Delivers proofs: extracted, checked, on record; one that fails a check never leaves."""

import secrets
from dataclasses import dataclass, field, replace
from typing import assert_never

import structlog
from msgspec import structs

from connectors.assisted_parts import Ambiguous, DeliveryView, NoRecord, Verified
from connectors.assisted_words import RequestView, SealedProof, SealOnDocument
from connectors.contract import ConnectorError
from hub.assisting.checking import (
    Accepted,
    Checking,
    Expected,
    NotAccepted,
    registry_of,
    with_recall,
)
from hub.assisting.extracting import Asked, Extracting, NoProof
from hub.assisting.premises import Premises
from hub.assisting.twins import Twin
from hub.assisting.words import NoRoots
from hub.assisting.writes import Writes
from hub.catalogue.rows import CatalogueRow
from hub.evidence import (
    Found,
    HolderKind,
    Holding,
    Lookup,
    Outcome,
    Purpose,
    Requester,
    Subject,
    Unavailable,
)
from hub.notary.verdict import Check, Checked, Result, Verdict
from hub.notary.words import AnswerKind, ProofTrouble
from hub.records import record_of
from hub.trail.batches import alone

log = structlog.get_logger("certhub.proofs")

REFUSED = "proof_refused"
NO_SUCH_SEAL = SealOnDocument(b"", recalled=False)


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof that passed every check, and the certificate it proves as far as it is granted.

    `document` tells whether the document itself may be handed over: not where it says more than
    the catalogue grants. `holds` tells whether it has values, unlike "no such record".
    """

    sealed: SealedProof = field(repr=False)
    verdict: Verdict
    twin: Twin
    subject: Subject
    found: Found
    holds: bool
    document: bool


CameOfProof = Proven | NotAccepted | NoProof


class Proofs:
    """Extracts proofs for a unit's case, and checks each before anything of it leaves."""

    def __init__(self, premises: Premises, writes: Writes, checking: Checking) -> None:
        self._premises = premises
        self._extracting = Extracting(premises, writes)
        self._checking = checking

    async def of_delivery(
        self,
        requester: Requester,
        person: str,
        view: RequestView,
        number: int,
        wanted: frozenset[str] | None,
        request_id: str,
    ) -> CameOfProof:
        """The proof of a delivery to the requester's unit, and the wanted fields of what it says.

        Granted is what was granted when the request was opened. Raises `RecordsUnavailable` where
        it can't be put on record: then nothing leaves.
        """
        delivery = next((one for one in view.deliveries if one.number == number), None)
        if delivery is None:
            return NoProof(
                "nothing_there", "No delivery of this number was sent: see `deliveries`."
            )
        if delivery.recalled_by is not None:
            return _recalled(delivery.recalled_by)
        about = Subject(HolderKind(view.subject.kind.value), view.subject.id, view.subject.name)
        purpose = Purpose(view.purpose.item, view.purpose.case, person)
        lookup = Lookup(view.certificate_type, about, purpose, wanted)
        asked = await self._of_opening(requester, lookup, view, request_id)
        return await self._proof(replace(asked, request=view.id, delivery=delivery))

    async def of_found(
        self, requester: Requester, lookup: Lookup, found: Found, request_id: str
    ) -> CameOfProof | None:
        """The proof of a certificate just found at the verification platform; else nothing."""
        platform = self._premises.declared_platform()
        if platform is None or found.holding.source != platform.name:
            return None
        whole = structs.replace(lookup, selected=None)
        asked = replace(self._by_row(requester, whole, request_id), seen=found.disclosed)
        return await self._proof(asked)

    async def examine(
        self, requester: Requester, pdf: bytes, subject: Subject | None, twin: bytes | None
    ) -> Verdict:
        """Check a document that somebody received; where the platform is silent, without its seals.

        Raises `NoRoots` where there are none to check by.
        """
        sealed = await self._seal(requester, pdf)
        registry = None if sealed is None else registry_of(sealed.ledger)
        try:
            verdict = await self._checking.examine(pdf, registry, subject=subject, twin=twin)
        except ProofTrouble as trouble:
            raise NoRoots(str(trouble)) from None
        return with_recall(verdict) if sealed and sealed.recalled else verdict

    async def _seal(self, requester: Requester, pdf: bytes) -> SealOnDocument | None:
        named, platform = await self._checking.named(pdf), self._premises.declared_platform()
        if named is None or platform is None:
            return None
        try:
            return (
                await platform.calls.seal(named.seal, requester.unit, named.document_number)
                or NO_SUCH_SEAL
            )
        except ConnectorError:
            return None

    async def _of_opening(
        self, requester: Requester, lookup: Lookup, view: RequestView, request_id: str
    ) -> Asked:
        for opened in (view.id, view.review_of):
            kept = opened and await self._premises.intents.of_request(opened)
            if kept and kept.intent.unit == requester.unit:
                opening = kept.opening
                granted = frozenset(opening.fields)
                return Asked(requester, lookup, request_id, granted, opening.catalogue, opening.row)
        asked = self._by_row(requester, lookup, request_id)
        return replace(asked, granted=asked.granted & frozenset(view.fields))

    def _by_row(self, requester: Requester, lookup: Lookup, request_id: str) -> Asked:
        """What the row in force grants; without a row, nothing."""
        row = self._row(requester, lookup)
        granted = row.granted if row else frozenset()
        version = self._premises.catalogue_in_force().version.id
        return Asked(requester, lookup, request_id, granted, version, row.number if row else None)

    def _row(self, requester: Requester, lookup: Lookup) -> CatalogueRow | None:
        catalogue = self._premises.catalogue_in_force()
        return catalogue.row(requester.unit, lookup.purpose.item, lookup.type)

    async def _proof(self, asked: Asked) -> CameOfProof:
        came = await self._extracting.extracted(asked)
        if isinstance(came, NoProof):
            return came
        try:
            checked = await self._checking.check(came, self._expected(asked))
        except ProofTrouble as trouble:
            log.error("proofs can't be checked", why=str(trouble), mend="CERTHUB_NOTARY_ROOTS")
            return NoProof("not_checkable", "The hub has no roots to check proofs by: tell it.")
        if isinstance(checked, Accepted):
            checked = _unless_contradicting(asked, came, checked)
        if isinstance(checked, NotAccepted):
            await self._refused(asked, checked)
            return checked
        return await self._delivered(asked, came, checked)

    def _expected(self, asked: Asked) -> Expected:
        lookup, purpose = asked.lookup, asked.lookup.purpose
        declared = self._premises.types[lookup.type]
        return Expected(
            declared,
            lookup.subject,
            asked.requester.unit,
            purpose.operator,
            purpose.item,
            purpose.case,
            asked.delivery.document if asked.delivery else None,
            _answers(asked.delivery) if asked.delivery else frozenset(AnswerKind),
        )

    async def _delivered(self, asked: Asked, sealed: SealedProof, accepted: Accepted) -> Proven:
        values, lookup = accepted.twin.values, asked.lookup
        wanted = asked.granted if lookup.selected is None else asked.granted & lookup.selected
        platform, row = self._premises.platform, self._row(asked.requester, lookup)
        found = Found(
            lookup.type,
            Holding(platform.name, platform.tier, {}),
            {name: value for name, value in values.items() if name in wanted},
            frozenset(values) - asked.granted,
            (),
            accepted.twin.endorsement.extracted_at,
            accepted.twin.unit.name_zh,
            row.legal_force_exception if row else None,
            secrets.token_hex(12),
        )
        await self._on_record(asked, found)
        document = frozenset(values) <= asked.granted
        return Proven(
            sealed, accepted.verdict, accepted.twin, lookup.subject, found, bool(values), document
        )

    async def _refused(self, asked: Asked, refused: NotAccepted) -> None:
        log.error(
            "proof refused",
            document=refused.document_number,
            request=asked.request,
            checks=[one.name.value for one in refused.failed],
            mend="tell the verification platform and the police bureau that keeps the seals",
        )
        name = self._premises.platform.name
        silent = Unavailable(asked.lookup.type, (), (name,), (), secrets.token_hex(12))
        await self._on_record(asked, silent, rule=REFUSED)

    async def _on_record(self, asked: Asked, outcome: Outcome, rule: str | None = None) -> None:
        record = record_of(
            asked.requester,
            asked.lookup,
            asked.catalogue,
            None,
            outcome,
            asked.request_id,
            self._premises.clock(),
            self._premises.pseudonyms,
        )
        name = self._premises.platform.name
        kept = replace(record, row=asked.row, rule=rule, source=name)
        await self._premises.trail.record(alone(kept))


def _answers(delivery: DeliveryView) -> frozenset[AnswerKind]:
    """What the sealed document may say, after what the platform says was sent."""
    match delivery.findings.answer:
        case Verified():
            return frozenset({AnswerKind.HELD, AnswerKind.PARTIAL})
        case NoRecord():
            return frozenset({AnswerKind.NO_SUCH_RECORD})
        case Ambiguous():
            return frozenset({AnswerKind.AMBIGUOUS})
        case never:
            assert_never(never)


def _recalled(by: str) -> NoProof:
    return NoProof(
        "recalled", f"It was recalled (已撤回): request {by} holds the corrected answer."
    )


def _unless_contradicting(
    asked: Asked, sealed: SealedProof, accepted: Accepted
) -> Accepted | NotAccepted:
    """The same unless the proof says otherwise than what was handed over before."""
    values = accepted.twin.values
    if all(values.get(name, seen) == seen for name, seen in asked.seen.items()):
        return accepted
    other = "it says otherwise than what was just looked up: look it up again"
    failed = Checked(Check.TWIN, Result.FAILED, other)
    checks = (one if one.name is not Check.TWIN else failed for one in accepted.verdict.checks)
    return NotAccepted(sealed.document_number, tuple(checks))
