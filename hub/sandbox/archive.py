"""What the stand-in platforms hold, asked by whom and where."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.contract import Value
from hub.declarations.words import CertificateType, Platform
from hub.sandbox.asking import is_same
from hub.sandbox.holdings import Holdings
from hub.sandbox.population import Population
from hub.sandbox.relations import Subject, stranger
from hub.sandbox.values import Certificates


@dataclass(frozen=True, slots=True)
class Copy:
    """A certificate as a platform holds it."""

    subject: Subject
    values: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything every platform holds: a function of the seed."""

    types: Mapping[str, CertificateType]
    population: Population
    holdings: Holdings
    certificates: Certificates

    def copy(self, platform: Platform, certificate: str, subject: Subject) -> Copy | None:
        """The subject's certificate, where the platform holds it."""
        kind = self.types[certificate]
        if not self.holdings.holds(platform, kind, subject):
            return None
        return Copy(subject, self.certificates.values(kind, subject))

    def answer(
        self, platform: Platform, certificate: str, facts: Mapping[str, str], *, mistaken: bool
    ) -> Copy | None:
        """What the platform answers about these facts; `mistaken` takes somebody else for them."""
        subject = self.population.find(facts["subject.id"])
        if subject is None or not is_same(subject, facts):
            return None
        copy = self.copy(platform, certificate, subject)
        if copy is None or not mistaken:
            return copy
        other = stranger(self.population, subject)
        return Copy(other, self.certificates.values(self.types[certificate], other))


def own_fields(platforms: Mapping[str, Platform]) -> dict[str, tuple[str, ...]]:
    """By certificate type, the fields that every platform's declaration takes for its holder."""
    own: dict[str, tuple[str, ...]] = {}
    for platform in platforms.values():
        for certificate, interface in platform.interfaces.items():
            fields = {source.key.casefold(): source.name for source in interface.answer.fields}
            found = [
                fields[key.casefold()]
                for key in interface.answer.holder
                if key.casefold() in fields
            ]
            if found:
                own.setdefault(certificate, tuple(found))
    return own
