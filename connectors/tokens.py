"""The MD5 handshake: request secrets, renewed early, once for everybody who waits."""

import asyncio
import math
import re
from dataclasses import replace

from connectors.clocks import ServerClock
from connectors.contract import ConnectorError, CredentialRefused, Endpoint, Garbled
from connectors.decoding import Json
from connectors.envelopes import at
from connectors.gateway_codes import SIGN_REFUSED, coded, require_ok
from connectors.http import FORM, Call, Http, Reply
from connectors.renewals import Renewed, Secrets
from connectors.signing import form_encoded, md5_sign

BY_KEY = "/gateway/app/refreshTokenByKey.htm"
BY_REFRESH = "/gateway/app/refreshTokenBySec.htm"

_TIMEOUT = 5.0  # seconds for one handshake call
_EPOCH_MS = re.compile(r"\d{1,15}", re.ASCII)
_EARLY = 150.0  # seconds before its end a secret is renewed …
_EARLY_SHARE = 0.2  # … but no more than this share of its life
_RETRY_EARLY = 10.0  # seconds until an early renewal that failed is tried again
_REST = 30.0  # seconds a refused key is not tried again
_USUAL_LIFE = 900.0  # seconds a request secret lives
_REFUSED = (
    "code 03: the platform does not accept the key; check app_key and app_secret; "
    f"it is tried again after {_REST:g} s"
)


class Signer:
    """Signs with the credential's key, lower-cased first where the platform wants it so."""

    def __init__(self, endpoint: Endpoint, clock: ServerClock, lower_case: bool) -> None:
        self.app_key = endpoint.credential["app_key"]
        self._clock = clock
        self._lower_case = lower_case

    def signed(self, secret: str) -> dict[str, str]:
        """`appKey`, `sign` and a fresh `requestTime`."""
        time = self._clock.now_ms()
        key, secret = self._cased(self.app_key), self._cased(secret)
        return {"appKey": self.app_key, "sign": md5_sign(key, secret, time), "requestTime": time}

    def _cased(self, text: str) -> str:
        return text.lower() if self._lower_case else text


class Handshake:
    """The one holder of a credential's secrets, as every renewal makes the older ones fail.

    Where the endpoint's renewals are done elsewhere, they are asked for there.
    """

    def __init__(self, endpoint: Endpoint, http: Http, clock: ServerClock, signer: Signer) -> None:
        self._endpoint = endpoint
        self._http = http
        self._clock = clock
        self._signer = signer
        self._app_secret = endpoint.credential["app_secret"]
        self._secrets: Secrets | None = None
        self._renewing: asyncio.Task[Secrets] | None = None
        self._refused_at = -math.inf  # when the key was, by the server's clock

    @property
    def held(self) -> Secrets | None:
        """Secrets good for a call now, if there are any that need not be renewed yet."""
        held = self._secrets
        return held if held and self._clock.now() < held.renew_at else None

    async def secrets(self) -> Secrets:
        """Secrets good for a call now; renewed early, kept to their end where that fails."""
        if good := self.held:
            return good
        held = self._secrets
        try:
            return await self.after(held)
        except CredentialRefused:
            raise
        except ConnectorError:
            if not held or self._clock.now() >= held.request_until:
                raise
            self._put_off(held)
            return held

    async def after(self, stale: Secrets | None) -> Secrets:
        """Secrets newer than `stale`; whoever asks meanwhile shares the one renewal.

        A waiter that is cancelled leaves the renewal running for the others.
        """
        held = self._secrets
        if held and (stale is None or held.request != stale.request):
            return held
        if self._renewing is None or self._renewing.done():
            self._renewing = self._http.own(self._renew())
        return await asyncio.shield(self._renewing)

    async def renew(self) -> Secrets:
        """New secrets, whatever is held."""
        return await self.after(self._secrets)

    def _put_off(self, held: Secrets) -> None:
        if self._secrets is held:
            self._secrets = replace(held, renew_at=self._clock.now() + _RETRY_EARLY)

    async def renewed(self, stale: str | None) -> Renewed:
        """Secrets whose request secret is not `stale`, good for a call now, with our clock."""
        held = self._secrets
        good = held if held and held.request != stale else None
        fresh = await (self.secrets() if good else self.after(held))
        return Renewed(fresh, self._clock.offset)

    async def _renew(self) -> Secrets:
        held, elsewhere = self._secrets, self._endpoint.renewals
        if elsewhere is not None:
            told = await elsewhere.newer(self._endpoint.platform, held.request if held else None)
            self._clock.offset = told.clock_offset
            self._secrets = told.secrets
            return told.secrets
        newer = await self._by_secret(held) if held else None
        newer = self._secrets = newer or await self._by_key()
        if newer is None:
            raise CredentialRefused(_REFUSED)
        return newer

    async def _by_key(self) -> Secrets | None:
        """The new pair, or `None` where the key is refused, or was a moment ago."""
        if 0 <= self._clock.now() - self._refused_at < _REST:
            return None
        newer = await self._asked(BY_KEY, self._app_secret)
        if newer is None:
            self._refused_at = self._clock.now()
        return newer

    async def _by_secret(self, held: Secrets) -> Secrets | None:
        if self._clock.now() >= held.refresh_until:
            return None
        return await self._asked(BY_REFRESH, held.refresh)

    async def _asked(self, path: str, secret: str) -> Secrets | None:
        """The new pair, or `None` where the signature is refused by a clock that is right."""
        reply, code, document = await self._said(path, secret)
        if code in SIGN_REFUSED and self._clock.learn(reply.server_time()):
            reply, code, document = await self._said(path, secret)
        if code in SIGN_REFUSED:
            return None
        require_ok(code)
        return self._pair(reply, document)

    async def _said(self, path: str, secret: str) -> tuple[Reply, str, Json]:
        body = form_encoded(self._signer.signed(secret)).encode()
        url = self._endpoint.url.rstrip("/") + path
        reply = await self._http.ask(Call(self._endpoint, "POST", url, _TIMEOUT, FORM, body))
        return reply, *coded(reply)

    def _pair(self, reply: Reply, document: Json) -> Secrets:
        request_until = _until(document, "requestSecretEndTime")
        self._clock.learn(reply.server_time() or request_until - _USUAL_LIFE)
        life = request_until - self._clock.now()
        return Secrets(
            request=_text(document, "requestSecret"),
            refresh=_text(document, "refreshSecret"),
            renew_at=request_until - min(_EARLY, life * _EARLY_SHARE),
            request_until=request_until,
            refresh_until=_until(document, "refreshSecretEndTime"),
        )


def _text(document: Json, name: str) -> str:
    found = at(document, f"datas.{name}")
    if isinstance(found, str) and found:
        return found
    raise Garbled(f"the handshake's answer lacks {name}; tell the platform")


def _until(document: Json, name: str) -> float:
    found = at(document, f"datas.{name}")
    if isinstance(found, int | str) and _EPOCH_MS.fullmatch(str(found)):
        return int(found) / 1000
    raise Garbled(f"the handshake's answer lacks {name}; tell the platform")
