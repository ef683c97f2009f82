"""People and organisations to show things with, found by what is held of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.declarations.words import CertificateType, Platform
from hub.evidence import HolderKind
from hub.sandbox.archive import Archive
from hub.sandbox.relations import Subject

_FAR_ENOUGH = 100_000  # subjects looked at before giving up


@dataclass(frozen=True, slots=True)
class Examples:
    """Finds subjects, always the same ones for the same seed and size."""

    archive: Archive
    platforms: Mapping[str, Platform]

    def person_with(self, certificate: str, held_at: Mapping[str, bool], skip: int = 0) -> Subject:
        """The first subject (after `skip` others) of whom each named platform holds it, or not.

        Platforms that are not named may do either. For a type that only organisations hold it is
        an organisation. Nobody like that is a `LookupError`.
        """
        kind = self._kind(certificate)
        asked = {self._serving(certificate, name): held for name, held in held_at.items()}
        for subject in self._subjects(kind):
            if all(self._holds(platform, kind, subject) is asked[platform] for platform in asked):
                if skip == 0:
                    return subject
                skip -= 1
        raise LookupError(
            f"nobody holds {certificate} that way ({dict(held_at)}); take a larger population,"
            " or change the shares in holdings.toml"
        )

    def held_only_at(self, certificate: str, platform: str, skip: int = 0) -> Subject:
        """Somebody of whom this platform alone holds it."""
        nowhere = dict.fromkeys(self.servers_of(certificate), False)
        return self.person_with(certificate, {**nowhere, platform: True}, skip)

    def held_nowhere(self, certificate: str, skip: int = 0) -> Subject:
        """Somebody of whom no platform holds it."""
        nowhere = dict.fromkeys(self.servers_of(certificate), False)
        return self.person_with(certificate, nowhere, skip)

    def held_at(self, certificate: str, subject: Subject) -> dict[str, bool]:
        """By platform that serves the type, whether it holds the subject's."""
        kind = self._kind(certificate)
        return {name: self._holds(name, kind, subject) for name in self.servers_of(certificate)}

    def servers_of(self, certificate: str) -> tuple[str, ...]:
        """The platforms that serve the type."""
        each = self.platforms.items()
        return tuple(name for name, platform in each if certificate in platform.interfaces)

    def _serving(self, certificate: str, platform: str) -> str:
        servers = self.servers_of(certificate)
        if platform not in servers:
            raise LookupError(f"{platform} does not serve {certificate}; {', '.join(servers)} do")
        return platform

    def _holds(self, platform: str, kind: CertificateType, subject: Subject) -> bool:
        return self.archive.holdings.holds(self.platforms[platform], kind, subject)

    def _kind(self, certificate: str) -> CertificateType:
        if certificate not in self.archive.types:
            raise LookupError(f'no certificate type "{certificate}"; see certhub doctor')
        return self.archive.types[certificate]

    def _subjects(self, kind: CertificateType) -> Iterator[Subject]:
        population = self.archive.population
        if HolderKind.PERSON in kind.holders:
            return map(population.person, range(min(population.size, _FAR_ENOUGH)))
        return map(population.organisation, range(min(population.organisations, _FAR_ENOUGH)))
