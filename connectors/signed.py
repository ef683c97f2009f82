"""Calls signed with BG-HMAC, and what a refusal of the signature means."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from connectors.clocks import ServerClock
from connectors.contract import CredentialRefused, Endpoint, Garbled, QuotaSpent, Refused
from connectors.envelopes import at
from connectors.http import JSON, Call, Http, Reply
from connectors.signing import canonical_query, hmac_headers

_SKEWED = "Clock skew exceeded"
_CREDENTIAL = frozenset({"Invalid signature", "Invalid access key"})
_FORBIDDEN = "The route_id is forbidden."


class SignedCalls:
    """Signed calls to one endpoint, by its server's clock.

    A call takes `seconds` at most, and ends by `until` of the loop's clock where that is given.
    """

    def __init__(self, endpoint: Endpoint, http: Http, clock: ServerClock) -> None:
        self._endpoint = endpoint
        self._http = http
        self._clock = clock
        self._url = endpoint.url.rstrip("/")
        self._base = urlsplit(self._url).path
        self._signing: tuple[str, str, int] | None = None
        self._signature: Mapping[str, str] = {}

    async def get(
        self,
        path: str,
        parameters: Mapping[str, str],
        seconds: float,
        *,
        lookup: bool = False,
        until: float | None = None,
    ) -> Reply:
        """The reply of status 200 to a GET with those parameters in its query."""
        return _accepted(await self.read(path, parameters, seconds, lookup=lookup, until=until))

    async def post(
        self,
        path: str,
        body: bytes,
        seconds: float,
        *,
        lookup: bool = False,
        until: float | None = None,
    ) -> Reply:
        """The reply of status 200 to a POST of a JSON body."""
        return _accepted(await self.write(path, body, {}, seconds, lookup=lookup, until=until))

    async def read(
        self,
        path: str,
        parameters: Mapping[str, str],
        seconds: float,
        *,
        lookup: bool = False,
        until: float | None = None,
    ) -> Reply:
        """The reply to a GET, whatever its status."""
        query = canonical_query(parameters)
        return await self._by_its_clock(
            lambda: self._sent("GET", path, query, None, {}, seconds, lookup, until)
        )

    async def write(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        seconds: float,
        *,
        lookup: bool = False,
        until: float | None = None,
    ) -> Reply:
        """The reply to a POST of a JSON body under those headers, whatever its status."""
        return await self._by_its_clock(
            lambda: self._sent("POST", path, "", body, headers, seconds, lookup, until)
        )

    async def _by_its_clock(self, send: Callable[[], Awaitable[Reply]]) -> Reply:
        signed_with = self._clock.offset
        reply = await send()
        if _refusal(reply) == _SKEWED:
            self._clock.learn(reply.server_time())
            # Another call may have learned it while this one was under way.
            if self._clock.offset != signed_with:
                return await send()
        return reply

    async def _sent(
        self,
        method: str,
        path: str,
        query: str,
        body: bytes | None,
        more: Mapping[str, str],
        seconds: float,
        lookup: bool,
        until: float | None,
    ) -> Reply:
        url = f"{self._url}{path}?{query}" if query else f"{self._url}{path}"
        signed = self._signed(method, path, query)
        headers = {**signed, **more} if body is None else {**signed, **JSON, **more}
        call = Call(self._endpoint, method, url, seconds, headers, body, lookup, until)
        return await self._http.ask(call)

    def _signed(self, method: str, path: str, query: str) -> Mapping[str, str]:
        """The headers that sign a call; those of one second without a query share them."""
        second = int(self._clock.now())
        if query:  # may tell of a person, and is kept by nobody
            return self._headers(method, path, query, second)
        signing = method, path, second
        if signing != self._signing:
            self._signature = self._headers(method, path, query, second)
            self._signing = signing
        return self._signature

    def _headers(self, method: str, path: str, query: str, second: int) -> Mapping[str, str]:
        secret, key = self._endpoint.credential["secret"], self._endpoint.credential["access_key"]
        return hmac_headers(secret, key, method, self._base + path, query, second)


def _accepted(reply: Reply) -> Reply:
    require_accepted(reply)
    return reply


def require_accepted(reply: Reply) -> None:
    """Pass for status 200; else the failure that the status and the gateway's message say."""
    refusal = _refusal(reply)
    if refusal in _CREDENTIAL:
        raise CredentialRefused(f"status 401, {refusal}; check access_key and secret")
    if refusal == _SKEWED:
        raise Refused("status 401, clock skew exceeded; set this machine's clock by NTP")
    if refusal == _FORBIDDEN:
        raise Refused("status 401, the route is forbidden; apply to the platform for the interface")
    if reply.status == 429:
        raise QuotaSpent("HTTP status 429: the quota is used up; ask the platform to raise it")
    if reply.status != 200:
        raise Refused(f"HTTP status {reply.status}; check `endpoint` and `path`")


def _refusal(reply: Reply) -> str | None:
    if reply.status != 401:
        return None
    try:
        message = at(reply.document(), "message")
    except Garbled:
        return None
    return message if isinstance(message, str) else None
