"""The declared platforms with a connector each; a reload keeps the connectors that did not change."""

from asyncio import Semaphore
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from connectors.contract import Connector, Endpoint
from connectors.dialects import find_dialect
from connectors.http import Http
from connectors.renewals import Renewals
from connectors.replicas import Reach
from connectors.verification import VerificationPlatform
from hub.assisting.words import AssistedPlatform
from hub.declarations.live import LiveDeclarations, ReloadReport
from hub.declarations.words import ConfigurationError, Platform
from hub.routing.route import RouteBook

Secrets = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bound:
    """A platform without its interfaces, its secrets, and the connector made for them."""

    platform: Platform
    secrets: Secrets
    endpoint: Endpoint
    connector: Connector


class ConnectedPlatforms:
    """What the router may ask: made from the declarations, and again at each reload."""

    def __init__(
        self,
        declarations: LiveDeclarations,
        secrets_of: Callable[[Platform], Secrets],
        http: Http,
        renewals: Renewals | None = None,
    ) -> None:
        self._renewals = renewals
        self.declarations = declarations
        self._secrets_of = secrets_of
        self._http = http
        self._bound: dict[str, Bound] = {}
        self.ever: dict[str, Platform] = {}
        self._take()

    def reload(self) -> ReloadReport:
        """Reload the declarations; where a credential is missing, the old set stays too."""
        before = self.declarations.current
        report = self.declarations.reload()
        if not report.taken:
            return report
        try:
            self._take()
        except ConfigurationError as error:
            self.declarations.current = before
            return replace(report, refused=str(error), platforms=(), interfaces=())
        return report

    def served(self) -> set[tuple[str, str]]:
        """Platform and interface of everything that may be asked now."""
        return {
            (platform.name, interface.name)
            for platform in self.declarations.current.platforms.values()
            for interface in platform.interfaces.values()
        }

    def reaches(self) -> Mapping[str, Reach]:
        """How the platforms that have replicas are reached, by name."""
        return {
            name: self._http.reach(one.endpoint)
            for name, one in self._bound.items()
            if one.endpoint.replicas
        }

    @property
    def verification(self) -> AssistedPlatform | None:
        """The first platform that takes requests for assisted verification, if there is one."""
        for one in self._bound.values():
            if isinstance(one.connector, VerificationPlatform):
                platform = one.platform
                return AssistedPlatform(platform.name, platform.tier, one.connector.assisted)
        return None

    def _take(self) -> None:
        platforms = self.declarations.current.platforms
        bound = {name: self._bind(platform) for name, platform in platforms.items()}
        self._bound = bound
        self.ever |= platforms
        self.book = RouteBook(
            platforms.values(), {name: one.connector for name, one in bound.items()}
        )

    def _bind(self, platform: Platform) -> Bound:
        bare, secrets = replace(platform, interfaces={}), self._secrets_of(platform)
        known = self._bound.get(platform.name)
        if known and (known.platform, known.secrets) == (bare, secrets):
            return known
        endpoint = endpoint_of(platform, secrets, self._renewals)
        return Bound(bare, secrets, endpoint, _connector(platform, endpoint, self._http))


def connect(platform: Platform, secrets: Secrets, http: Http) -> Connector:
    """A connector for the platform, in its dialect."""
    return _connector(platform, endpoint_of(platform, secrets), http)


def _connector(platform: Platform, endpoint: Endpoint, http: Http) -> Connector:
    return find_dialect(platform.dialect).connect(endpoint, platform.options, http)


def endpoint_of(platform: Platform, secrets: Secrets, renewals: Renewals | None = None) -> Endpoint:
    """How the platform is reached; its slots are shared by calls to all its addresses."""
    return Endpoint(
        platform=platform.name,
        url=platform.url,
        credential=secrets,
        concurrency=platform.concurrency,
        batch=platform.batch,
        max_bytes=platform.max_bytes,
        connect_timeout=platform.connect_timeout,
        trace=platform.trace,
        replicas=platform.replicas,
        slots=Semaphore(platform.concurrency) if platform.replicas else None,
        renewals=renewals,
    )
