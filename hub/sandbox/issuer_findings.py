"""What the sandbox's issuers find about a subject: the truth of the archive, or a mistake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.assisted_words import RequestView
from connectors.contract import Value, ValueKind
from hub.declarations.words import CertificateType, Platform
from hub.sandbox.archive import Archive
from hub.sandbox.asking import is_same
from hub.sandbox.draw import pick, share
from hub.sandbox.holdings import kind_of
from hub.sandbox.issuer_dials import IssuerDials
from hub.sandbox.relations import Subject, stranger

SEARCHED = "本单位现行及历史登记簿"
"""The registers that were searched where there is no record."""
Findings = Mapping[str, object]
"""The findings of an answer, as the desk takes them."""


@dataclass(frozen=True, slots=True)
class Registers:
    """The issuers' own registers: what any platform holds is in them, and more."""

    archive: Archive
    platforms: Mapping[str, Platform]

    def findings(self, request: RequestView, dials: IssuerDials) -> Findings:
        """What the issuer says about all that is still asked; the same for the same request."""
        kind = self.archive.types.get(request.certificate_type)
        subject = self._subject(request)
        if kind is None or subject is None or not self._has(kind, subject, dials):
            return {"noRecord": {"searched": SEARCHED}}
        values = dict(self.archive.certificates.values(kind, subject))
        if self._errs(request, dials):
            values |= self._mistake(kind, subject, request.outstanding)
        return {"verified": {name: _plain(values.get(name)) for name in request.outstanding}}

    def draw(self, what: str, request: RequestView) -> float:
        """Chance, by the seed and whom and what a request is about."""
        seed = str(self.archive.population.seed)
        return share(seed, what, request.certificate_type, request.subject.id)

    def _subject(self, request: RequestView) -> Subject | None:
        found = self.archive.population.find(request.subject.id)
        name = request.subject.name
        if found is None or (name is not None and not is_same(found, {"subject.name": name})):
            return None
        return found

    def _has(self, kind: CertificateType, subject: Subject, dials: IssuerDials) -> bool:
        if kind_of(subject) not in kind.holders:
            return False
        holds = self.archive.holdings.holds
        serving = (each for each in self.platforms.values() if kind.name in each.interfaces)
        if any(holds(platform, kind, subject) for platform in serving):
            return True
        seed = str(self.archive.population.seed)
        return share(seed, "no record", kind.name, subject.identifier) >= dials.no_record_rate

    def _errs(self, request: RequestView, dials: IssuerDials) -> bool:
        return request.review_of is None and self.draw("errs", request) < dials.error_rate

    def _mistake(
        self, kind: CertificateType, subject: Subject, asked: Sequence[str]
    ) -> Mapping[str, Value | None]:
        """One field as it is with somebody else, which is not who the subject is."""
        own = self.archive.certificates.values(kind, subject)
        other = self.archive.certificates.values(kind, stranger(self.archive.population, subject))
        told = [name for name in asked if None not in (own.get(name), other.get(name))]
        differing = [name for name in told if own[name] != other[name]]
        unlike = [name for name in differing if not _tells_who(kind, name)] or differing
        if not unlike:
            return {}
        name = pick(unlike, str(self.archive.population.seed), "mistake", subject.identifier)
        return {name: other.get(name)}


def _tells_who(kind: CertificateType, name: str) -> bool:
    return kind.fields[name].kind is ValueKind.IDENTIFIER or "name" in name.split("_")


def _plain(value: Value | None) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
