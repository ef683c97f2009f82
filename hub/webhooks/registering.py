"""A new webhook: where it may lie, and the secret that only its receiver and the hub know."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from yarl import URL

from hub.storage.webhook_store import Webhook

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_LONGEST = 2000


class WrongAddress(ValueError):
    """The URL can't be a webhook's: says what is wrong with it and what is allowed."""


def new_webhook(
    unit: str, url: str, hub_secret: bytes, now: datetime, draw: Callable[[int], bytes]
) -> tuple[Webhook, bytes]:
    """A webhook and its secret, which is kept nowhere: the hub's own secret makes it again.

    Raises `WrongAddress`.
    """
    name = f"wh_{draw(8).hex()}"
    secret = secret_of(hub_secret, name)
    return Webhook(name, unit, checked_url(url), fingerprint(secret), now), secret


def secret_of(hub_secret: bytes, webhook: str) -> bytes:
    """The 32 bytes by which messages to a webhook are signed."""
    return hmac.new(hub_secret, f"certhub webhook {webhook}".encode(), hashlib.sha256).digest()


def fingerprint(secret: bytes) -> bytes:
    """By this the hub knows a secret again without keeping it."""
    return hashlib.sha256(secret).digest()


def checked_url(text: str) -> str:
    """The URL, percent-encoded: https, or plain http to this machine. Raises `WrongAddress`."""
    try:
        url = URL(text.strip())
        host, port = url.host, url.port
    except ValueError:
        raise WrongAddress(f"{_ALLOWED} This one can't be read.") from None
    if len(text) > _LONGEST or not host or port is None:
        raise WrongAddress(f"{_ALLOWED} This one has no host, or is longer than {_LONGEST} signs.")
    if url.user is not None or url.password is not None:
        raise WrongAddress(f"{_ALLOWED} Leave user and password out: messages are signed.")
    if url.scheme != "https" and not (url.scheme == "http" and host in _LOCAL):
        raise WrongAddress(f"{_ALLOWED} This one is {url.scheme or 'nothing'}://{host}.")
    return str(url.with_fragment(None))


_ALLOWED = "Give a URL with https://, or with http:// where the receiver runs on this machine."
