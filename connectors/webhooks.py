"""The Standard Webhooks format: a signed POST that the receiver can check and tell repeats of."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from connectors.contract import Endpoint
from connectors.http import JSON, Call, Http

PREFIX = "whsec_"
_CONNECT = 3.0


@dataclass(frozen=True, slots=True)
class Post:
    """One message to one receiver; `message` stays the same however often it is sent."""

    webhook: str
    url: str = field(repr=False)
    secret: bytes = field(repr=False)
    message: str
    body: bytes = field(repr=False)


def shown_secret(secret: bytes) -> str:
    """A secret as its receiver is given it: `whsec_` and Base64."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message: v1, HMAC-SHA256 over id, time and body."""
    signed = f"{message}.{timestamp}.".encode() + body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


async def send(http: Http, post: Post, timestamp: int, seconds: float) -> int:
    """The status of the receiver's answer, within `seconds`; `timestamp` is now.

    Raises `ConnectorError` where there is no answer.
    """
    headers = {
        **JSON,
        "User-Agent": "certhub-webhooks",
        "webhook-id": post.message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(post.secret, post.message, timestamp, post.body),
    }
    endpoint = Endpoint(f"webhook {post.webhook}", post.url, {}, connect_timeout=_CONNECT)
    return await http.tell(Call(endpoint, "POST", post.url, seconds, headers, post.body))
