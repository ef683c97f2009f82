"""Puts the hub together, and takes it apart in order: storage, catalogue, platforms, records."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.http import Http, open_http
from connectors.renewals import Renewals
from connectors.replicas import Reach
from hub.assisting.assisting import Assisting
from hub.assisting.checking import Checking
from hub.assisting.feed import ChangeSource, Feed, running
from hub.assisting.premises import Premises
from hub.catalogue.rows import Catalogue
from hub.commitment.commitments import Commitments
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.live import LiveDeclarations, ReloadReport, Sources
from hub.declarations.words import CertificateType, ConfigurationError, Platform
from hub.desk_within import EmbeddedDesk
from hub.disclosure import Disclosure, InForce, Recorder
from hub.documents import Registered
from hub.edition import Edition
from hub.embedding import default_declaration, embedding
from hub.evidence import Requester, Tier
from hub.exporting import open_tracing
from hub.in_common import InCommon
from hub.keys import KeyRecord, KeysUnavailable
from hub.known_types import type_folders
from hub.meters import Meters
from hub.notary.pool import Workshop, open_workshop
from hub.platforms import ConnectedPlatforms, Secrets
from hub.readiness import Probe
from hub.records import Pseudonyms, Records
from hub.routing.kept import Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.router import Router
from hub.settings import Settings, pseudonym_secret
from hub.storage import key_store
from hub.storage.commitment_store import SqlCommitments
from hub.storage.opened import open_database
from hub.storage.opening_store import SqlIntents
from hub.storage.record_store import SqlRecords
from hub.tracing import Tracing
from hub.trail.writer import Trail
from hub.webhooks.webhooks import open_webhooks
from hub.workdays.official import calendar_of


class Hub:
    """The whole hub, open: what it knows, and the one thing it does, `disclosure`."""

    def __init__(
        self,
        engine: AsyncEngine,
        edition: Edition,
        connected: ConnectedPlatforms,
        trail: Trail,
        records: Recorder,
        settings: Settings,
        lines: Lines,
        observatory: Observatory,
        meters: Meters,
        feed: Feed,
        workshop: Workshop,
        clock: Callable[[], datetime],
        tracing: Tracing,
        in_common: InCommon | None = None,
    ) -> None:
        self._in_common = in_common
        self.engine = engine
        self.tracing = tracing
        self.settings = settings
        self.edition = edition
        self.feed = feed
        self.documents = Registered(engine)
        self.observatory = observatory
        self.lines = lines
        self.meters = meters
        self._connected = connected
        self.kept = Kept(settings.kept_bytes, monotonic)
        self.disclosure = Disclosure(
            self.types,
            lambda: InForce(edition.catalogue, connected.book),
            Router(lines, self.kept, lambda: datetime.now(UTC), tracing),
            records,
            settings.within,
            meters.disclosed,
        )
        self.probe = Probe(engine, "hub", self._not_routable, lambda: datetime.now(UTC), monotonic)
        self.commitments = Commitments(
            self.types,
            lambda: edition.catalogue,
            SqlCommitments(engine),
            Pseudonyms(pseudonym_secret(settings)),
        )

        self.assisting = Assisting(
            Premises(
                self.types,
                lambda: edition.catalogue,
                lambda: connected.verification,
                SqlIntents(engine),
                trail,
                Pseudonyms(pseudonym_secret(settings)),
                calendar_of(settings),
                clock,
            ),
            Checking(workshop, settings.notary_roots, clock),
        )

    def _not_routable(self) -> tuple[str, ...]:
        """What stands in the way of routing."""
        trouble = []
        if not self.catalogue.rows:
            trouble.append("no catalogue is in force; import one by certhub catalogue import")
        if not self.platforms:
            trouble.append("no platform is declared; see certhub doctor")
        return tuple(trouble)

    @property
    def types(self) -> Mapping[str, CertificateType]:
        """Certificate types by name."""
        return self._connected.declarations.current.types

    @property
    def platforms(self) -> Mapping[str, Platform]:
        """Platforms in force by name, best tier first."""
        platforms = self._connected.declarations.current.platforms.values()
        ordered = sorted(platforms, key=lambda one: list(Tier).index(one.tier))
        return {one.name: one for one in ordered}

    def reach(self, name: str) -> Reach | None:
        """How a platform with several addresses is reached; none for one at its endpoint alone."""
        return self._connected.reaches().get(name)

    def platform(self, name: str) -> Platform:
        """A platform by name, also one that a reload has taken away since it was asked."""
        return self._connected.ever[name]

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in force."""
        return self.edition.catalogue

    def serving(self, certificate: str) -> list[str]:
        """Names of the platforms that serve a certificate type, best tier first."""
        return [one.name for one in self.platforms.values() if certificate in one.interfaces]

    async def figures(self) -> bytes:
        """All figures in the text format of Prometheus; of every worker where there are several."""
        if self._in_common is None:
            return self.meters.text()
        return await self._in_common.figures()

    async def requester(self, key: str) -> Requester | None:
        """The requester behind an API key, or nobody.

        Raises `KeysUnavailable` where the database does not answer.
        """
        try:
            found = await key_store.find(self.engine, key, datetime.now(UTC))
        except (SQLAlchemyError, OSError):
            raise KeysUnavailable from None
        if not isinstance(found, KeyRecord):
            return None
        return Requester(found.id, found.unit, found.operators, found.people)

    async def reload(self) -> ReloadReport:
        """Take in a newer catalogue and changed platforms; where one can't be, its old one stays."""
        edition, refused = await self._reload_edition()
        return replace(self._connected.reload(), edition=edition, edition_refused=refused)

    async def _reload_edition(self) -> tuple[str | None, str | None]:
        try:
            await self.documents.refresh()
            taken = await self.edition.refresh()
        except ConfigurationError as error:
            return None, str(error)
        except (SQLAlchemyError, OSError) as error:
            kind = type(error).__name__
            return None, f"the database did not answer ({kind}); certhub doctor says what is wrong"
        return (self.catalogue.version.name if taken else None), None


def declared(settings: Settings) -> LiveDeclarations:
    """The declarations that the settings name; a wrong one raises `ConfigurationError`."""
    if not settings.platforms.is_dir():
        raise ConfigurationError(
            f"{settings.platforms}: there is no such folder. Put one folder per platform there, or "
            "set CERTHUB_PLATFORMS; `certhub demo` runs with platforms of its own."
        )
    sources = Sources(
        type_folders(settings), settings.platforms, settings.endpoints, default_declaration()
    )
    return LiveDeclarations(sources)


def connected(
    settings: Settings,
    declarations: LiveDeclarations,
    http: Http,
    desk: EmbeddedDesk | None = None,
    renewals: Renewals | None = None,
) -> ConnectedPlatforms:
    """A connector for every declared platform, with its credential."""
    return ConnectedPlatforms(declarations, secrets_of(settings, desk), http, renewals)


def secrets_of(settings: Settings, desk: EmbeddedDesk | None) -> Callable[[Platform], Secrets]:
    """Finds a platform's credential; the desk of this hub has one made for it."""

    def found(platform: Platform) -> Secrets:
        if desk is not None and desk.is_of(platform):
            return desk.credential
        return credential_of(platform, load_credentials(settings.credentials, settings.environ))

    return found


def changes_of(platforms: ConnectedPlatforms) -> Callable[[], ChangeSource | None]:
    """Where changes are told now: by the verification platform, if there is one."""

    def source() -> ChangeSource | None:
        found = platforms.verification
        return None if found is None else found.calls

    return source


@asynccontextmanager
async def _desk_of(
    settings: Settings, declarations: LiveDeclarations, in_common: InCommon | None
) -> AsyncIterator[EmbeddedDesk | None]:
    """The desk that this process has, or that all workers have in common."""
    if in_common is None:
        async with embedding(settings, declarations) as desk:
            yield desk
        return
    if in_common.desk is not None:
        declarations.place_embedded(in_common.desk.url)
    yield in_common.desk


@asynccontextmanager
async def open_hub(
    settings: Settings,
    in_common: InCommon | None = None,
    records: Callable[[Trail, Pseudonyms], Recorder] = Records,
) -> AsyncIterator[Hub]:
    """The hub, open for lookups; wrong configuration raises `ConfigurationError` at once.

    One of several workers leaves to their keeper what they have `in_common`. Who measures what
    records cost gives `records` of his own.
    """
    declarations = declared(settings)
    async with (
        open_tracing(settings.otlp) as tracing,
        open_database(settings) as engine,
        _desk_of(settings, declarations, in_common) as desk,
        open_http(tracing.traceparent) as http,
    ):
        renewals = None if in_common is None else in_common.renewals
        platforms = connected(settings, declarations, http, desk, renewals)
        clock = desk.clock if desk else lambda: datetime.now(UTC)
        observatory = Observatory()
        meters = Meters(observatory)
        async with (
            Edition.open(engine, declarations.current.types) as edition,
            Trail(SqlRecords(engine), committed=meters.committed, tracing=tracing) as trail,
            Lines(meters, tracing=tracing) as lines,
            running(Feed(changes_of(platforms))) as feed,
            open_workshop(1) as workshop,  # its worker begins with the first proof to be checked
            open_webhooks(engine, http, changes_of(platforms), pseudonym_secret(settings)),
        ):
            meters.watch(lambda: lines.among(platforms.served()))
            meters.watch_addresses(platforms.reaches)
            hub = Hub(
                engine=engine,
                edition=edition,
                connected=platforms,
                trail=trail,
                records=records(trail, Pseudonyms(pseudonym_secret(settings))),
                settings=settings,
                lines=lines,
                feed=feed,
                observatory=observatory,
                meters=meters,
                workshop=workshop,
                clock=clock,
                tracing=tracing,
                in_common=in_common,
            )
            await hub.documents.refresh()
            yield hub
