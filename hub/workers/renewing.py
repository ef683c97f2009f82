"""Renews the secrets of all platforms that have a handshake, for all workers."""

from collections.abc import Callable

from connectors.contract import Endpoint, Unreachable
from connectors.gateway import DIALECT, SharingGateway
from connectors.http import Http
from connectors.renewals import Renewed
from connectors.tokens import Handshake
from hub.declarations.words import Platform

EndpointOf = Callable[[Platform], Endpoint]


class Renewing:
    """One handshake for each platform as it is declared now; a changed one begins anew."""

    def __init__(
        self,
        platforms: Callable[[], dict[str, Platform]],
        endpoint_of: EndpointOf,
        http: Http,
    ) -> None:
        self._platforms = platforms
        self._endpoint_of = endpoint_of
        self._http = http
        self._handshakes: dict[str, tuple[Endpoint, Handshake]] = {}

    async def newer(self, platform: str, stale: str | None) -> Renewed:
        """Secrets whose request secret is not `stale`; whoever asks meanwhile shares the renewal."""
        declared = self._platforms().get(platform)
        if declared is None or declared.dialect != DIALECT.name:
            raise Unreachable(f"{platform} has no handshake here; reload the hub")
        return await self._handshake(declared).renewed(stale)

    def _handshake(self, platform: Platform) -> Handshake:
        endpoint = self._endpoint_of(platform)
        held = self._handshakes.get(platform.name)
        if held and held[0] == endpoint:
            return held[1]
        made = SharingGateway(endpoint, platform.options, self._http).handshake
        self._handshakes[platform.name] = endpoint, made
        return made
