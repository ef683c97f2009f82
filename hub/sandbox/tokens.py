"""The platform's side of the MD5 handshake: pairs given out, signatures checked."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import md5

OK, BAD_TOKEN_SIGN, EXPIRED, BAD_DATA_SIGN = "00", "03", "11", "14"
_CLOCK_DIGITS = 13
MOST_SKEW = 600.0  # seconds between a call's requestTime and the platform's clock


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds that secrets live."""

    request: float = 15 * 60
    refresh: float = 48 * 3600


@dataclass(frozen=True, slots=True)
class Pair:
    """The two secrets in force and when they end, in seconds since 1970."""

    refresh_secret: str = field(repr=False)
    refresh_end: float
    request_secret: str = field(repr=False)
    request_end: float


class TokenOffice:
    """Gives out one pair at a time: a new one ends all before it."""

    def __init__(
        self, credential: Mapping[str, str], *, lower: bool, clock: Callable[[], float]
    ) -> None:
        self.lifetimes = Lifetimes()
        self._key, self._secret = credential["app_key"], credential["app_secret"]
        self._lower, self._clock = lower, clock
        self._pair: Pair | None = None

    def by_key(self, call: Mapping[str, str]) -> Pair | None:
        """A new pair for a call signed with the app secret."""
        return self._new_pair() if self._signed(call, self._secret) else None

    def by_sec(self, call: Mapping[str, str]) -> Pair | None:
        """A new pair for a call signed with the refresh secret in force."""
        pair = self._pair
        if pair is None or self._clock() >= pair.refresh_end:
            return None
        return self._new_pair() if self._signed(call, pair.refresh_secret) else None

    def verdict(self, call: Mapping[str, str]) -> str:
        """The code of a data call: 00, 11 where its secret has ended, or 14."""
        pair = self._pair
        if pair is None or not self._signed(call, pair.request_secret):
            return BAD_DATA_SIGN
        return OK if self._clock() < pair.request_end else EXPIRED

    def revoke(self) -> None:
        """Forget the pair, as a restart of the platform does."""
        self._pair = None

    def _signed(self, call: Mapping[str, str], secret: str) -> bool:
        at, sign = call.get("requestTime", ""), call.get("sign", "")
        if call.get("appKey") != self._key or not self._timely(at):
            return False
        return hmac.compare_digest(self._sign(secret, at).encode(), sign.encode())

    def _timely(self, at: str) -> bool:
        if len(at) != _CLOCK_DIGITS or not (at.isascii() and at.isdigit()):
            return False
        return abs(int(at) / 1000 - self._clock()) <= MOST_SKEW

    def _sign(self, secret: str, at: str) -> str:
        name = self._key + secret
        text = (name.lower() if self._lower else name) + at
        return md5(text.encode(), usedforsecurity=False).hexdigest()

    def _new_pair(self) -> Pair:
        now = self._clock()
        self._pair = Pair(
            secrets.token_hex(16).upper(),
            now + self.lifetimes.refresh,
            secrets.token_hex(16).upper(),
            now + self.lifetimes.request,
        )
        return self._pair
