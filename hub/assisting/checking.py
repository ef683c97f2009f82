"""Checks proofs as the hub does before it delivers one: by its own roots and the seal's record."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from connectors.assisted_words import SealedProof
from hub.assisting.twins import Twin, read_twin
from hub.declarations.words import CertificateType
from hub.evidence import Subject
from hub.notary.ledger import read_registry
from hub.notary.material import Named
from hub.notary.pool import Workshop
from hub.notary.reading import Misread
from hub.notary.registry import Registry, RegistryView
from hub.notary.verdict import Check, Checked, Result, Verdict
from hub.notary.words import AnswerKind, ProofTrouble


@dataclass(frozen=True, slots=True)
class Expected:
    """What a proof must be about, whatever it says of itself.

    `digest` and `answers` are of the answer that was sent, where it is the proof of one.
    """

    declared: CertificateType
    subject: Subject
    unit: str
    person: str = field(repr=False)
    item: str
    case: str = field(repr=False)
    digest: str | None = None
    answers: frozenset[AnswerKind] = frozenset(AnswerKind)


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """It failed a check, or one could not be made: it is never delivered."""

    document_number: str
    checks: tuple[Checked, ...]

    @property
    def failed(self) -> tuple[Checked, ...]:
        """What is wrong with it, or was not looked at."""
        return tuple(one for one in self.checks if not one.passed)


@dataclass(frozen=True, slots=True)
class Accepted:
    """All was checked and is right; `twin` is what it says."""

    verdict: Verdict
    twin: Twin


class Checking:
    """Checks proofs in the workshop; `roots` is the folder of the root certificates believed."""

    def __init__(self, workshop: Workshop, roots: Path, clock: Callable[[], datetime]) -> None:
        self._workshop = workshop
        self._roots = roots
        self._clock = clock

    async def check(self, sealed: SealedProof, expected: Expected) -> Accepted | NotAccepted:
        """Whether a proof may be delivered: nothing failed, and nothing was left unchecked.

        Raises `ProofTrouble` where there are no roots to check by.
        """
        trust = await self._workshop.trust(self._roots)
        verdict = await self._workshop.check(
            sealed.pdf,
            trust,
            registry_of(sealed.seal),
            subject=expected.subject,
            twin=sealed.twin,
            now=self._clock(),
        )
        if verdict.failed or verdict.not_checked:
            return NotAccepted(sealed.document_number, verdict.checks)
        return _as_expected(sealed, expected, verdict)

    async def examine(
        self,
        pdf: bytes,
        registry: RegistryView | None,
        *,
        subject: Subject | None = None,
        twin: bytes | None = None,
    ) -> Verdict:
        """What there is to be said of a document that somebody received; see `check`."""
        trust = await self._workshop.trust(self._roots)
        return await self._workshop.check(
            pdf, trust, registry, subject=subject, twin=twin, now=self._clock()
        )

    async def named(self, pdf: bytes) -> Named | None:
        """The document number and seal that a document names, unchecked."""
        return await self._workshop.named(pdf)


def with_recall(verdict: Verdict) -> Verdict:
    """The same of a document that was recalled, which may not be relied on any more."""
    recalled = "it was recalled (已撤回) after an objection: ask for the corrected one"
    failed = Checked(Check.NOT_EXPIRED, Result.FAILED, recalled)
    checks = tuple(failed if one.name is failed.name else one for one in verdict.checks)
    return replace(verdict, checks=checks)


def registry_of(ledger: bytes | None) -> Registry:
    """The registry with what the platform told of a seal; what can't be read is not on record."""
    try:
        return Registry() if ledger is None else read_registry(ledger)
    except ProofTrouble:
        return Registry()


def _as_expected(
    sealed: SealedProof, expected: Expected, verdict: Verdict
) -> Accepted | NotAccepted:
    try:
        twin = read_twin(sealed.twin, expected.declared)
    except Misread as trouble:
        return _not(sealed, verdict, Check.TWIN, f"{trouble}: ask the issuer for a correct one")
    if twin.certificate != expected.declared.name or twin.document_number != sealed.document_number:
        return _not(sealed, verdict, Check.TWIN, "it is another proof than asked for: reject it")
    other_answer = expected.digest not in (None, twin.content_sha256)
    if other_answer or twin.answer not in expected.answers:
        return _not(sealed, verdict, Check.TWIN, "it is another answer than was sent: reject it")
    told = twin.endorsement
    endorsed_for = (told.extracting.code, told.operator, told.item, told.case)
    if endorsed_for != (expected.unit, expected.person, expected.item, expected.case):
        other = "it is endorsed for another unit, person, item or case: extract it anew"
        return _not(sealed, verdict, Check.ENDORSEMENT_AGREES, other)
    return Accepted(verdict, twin)


def _not(sealed: SealedProof, verdict: Verdict, name: Check, message: str) -> NotAccepted:
    failed = Checked(name, Result.FAILED, message)
    checks = tuple(failed if one.name is name else one for one in verdict.checks)
    return NotAccepted(sealed.document_number, checks)
