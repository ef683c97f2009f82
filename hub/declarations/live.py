"""Declarations in force: loaded at start, reloaded while running, all of them or none."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hub.declarations.addresses import EMBEDDED
from hub.declarations.certificates import load_certificate_types
from hub.declarations.platforms import load_platforms
from hub.declarations.words import CertificateType, ConfigurationError, Platform


@dataclass(frozen=True, slots=True)
class Declarations:
    """One consistent set of declarations."""

    types: Mapping[str, CertificateType]
    platforms: Mapping[str, Platform]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where declarations are read from, and endpoints that take the place of declared ones.

    `verification` is the folder of the verification platform for where none is declared.
    """

    certificates: tuple[Path, ...]
    platforms: Path
    endpoints: Mapping[str, str] = field(default_factory=dict)
    verification: Path | None = None


@dataclass(frozen=True, slots=True)
class ReloadReport:
    """What a reload did: `refused` is why the old set stays, `None` where the new one is in force.

    Interfaces are named `platform/type`. `restart_for` names certificate types that changed on
    disk and stay as they are until a restart, as the GraphQL schema is built from them. The
    catalogue goes its own way: `edition` names the one just taken in, `edition_refused` is why the
    old one stays.
    """

    refused: str | None
    platforms: tuple[str, ...] = ()  # added, removed or changed in platform.toml
    interfaces: tuple[str, ...] = ()  # added, removed or changed
    restart_for: tuple[str, ...] = ()
    edition: str | None = None
    edition_refused: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the set on disk is in force now."""
        return self.refused is None


class LiveDeclarations:
    """The declarations in force; `reload` replaces the platforms, all or nothing."""

    def __init__(self, sources: Sources) -> None:
        """Load everything; a wrong declaration raises ConfigurationError."""
        self._sources = sources
        self._embedded: str | None = None
        types = load_certificate_types(*sources.certificates)
        self.current = Declarations(types, self._platforms(types, sources.verification))

    @property
    def embedded(self) -> Platform | None:
        """The platform that is declared to run in this process, until it is placed."""
        platforms = self.current.platforms.values()
        return next((each for each in platforms if each.url == EMBEDDED), None)

    def place_embedded(self, url: str) -> None:
        """The embedded platform answers at this URL, also after reloads."""
        self._embedded = url
        self.current = replace(self.current, platforms=self._placed(self.current.platforms))

    def reload(self) -> ReloadReport:
        """Read everything again; on any error keep the old set and say why."""
        old = self.current
        restart_for: tuple[str, ...] = ()
        try:
            restart_for = _changed(old.types, load_certificate_types(*self._sources.certificates))
            platforms = self._platforms(old.types, self._default)
            _check_placed(platforms)
        except ConfigurationError as error:
            return ReloadReport(str(error), restart_for=restart_for)
        self.current = Declarations(old.types, platforms)
        return ReloadReport(
            None,
            _changed(_own_words(old.platforms), _own_words(platforms)),
            _changed(_interfaces(old.platforms), _interfaces(platforms)),
            restart_for,
        )

    @property
    def _default(self) -> Path | None:
        """The verification platform to take where none is declared: one that is up already."""
        return self._sources.verification if self._embedded else None

    def _platforms(
        self, types: Mapping[str, CertificateType], default: Path | None
    ) -> Mapping[str, Platform]:
        folder, endpoints = self._sources.platforms, self._sources.endpoints
        return self._placed(load_platforms(folder, types, endpoints, default))

    def _placed(self, platforms: Mapping[str, Platform]) -> Mapping[str, Platform]:
        """Platforms with the URL of the embedded one, once it has one."""
        url = self._embedded or EMBEDDED
        return {
            name: replace(each, url=url) if each.url == EMBEDDED else each
            for name, each in platforms.items()
        }


def _check_placed(platforms: Mapping[str, Platform]) -> None:
    for platform in platforms.values():
        if platform.url == EMBEDDED:
            raise ConfigurationError(
                f"platform {platform.name}: endpoint: its verification desk is opened at start "
                "only. Restart the hub, or give a URL."
            )


def _changed(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key)))


def _own_words(platforms: Mapping[str, Platform]) -> dict[str, object]:
    return {name: replace(each, interfaces={}) for name, each in platforms.items()}


def _interfaces(platforms: Mapping[str, Platform]) -> dict[str, object]:
    return {
        f"{platform.name}/{served}": interface
        for platform in platforms.values()
        for served, interface in platform.interfaces.items()
    }
