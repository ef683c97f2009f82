"""The desk's side of BG-HMAC: who calls, or why they are not believed, in the gateway's words."""

import base64
import hmac
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl

from aiohttp import web

from connectors.signing import canonical_query
from hub.desk.registry import Client

MOST_SKEW = 90.0  # seconds

INVALID_KEY = "Invalid access key"
INVALID_SIGNATURE = "Invalid signature"
SKEWED = "Clock skew exceeded"


def signed_by(request: web.Request, clients: Mapping[str, Client], now: float) -> Client | str:
    """The client whose signature the call bears; else why it is refused."""
    headers = request.headers
    client = clients.get(headers.get("X-BG-HMAC-ACCESS-KEY", ""))
    if client is None:
        return INVALID_KEY
    if headers.get("X-BG-HMAC-ALGORITHM") != "hmac-sha256":
        return INVALID_SIGNATURE
    date = headers.get("X-BG-DATE-TIME", "")
    if not _near(date, now):
        return SKEWED
    given = headers.get("X-BG-HMAC-SIGNATURE", "")
    expected = _signature(request, client, date)
    right = hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
    return client if right else INVALID_SIGNATURE


def _near(date: str, now: float) -> bool:
    try:
        return abs(parsedate_to_datetime(date).timestamp() - now) <= MOST_SKEW
    except ValueError:
        return False


def _signature(request: web.Request, client: Client, date: str) -> str:
    pairs = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
    path, query = request.rel_url.raw_path, canonical_query(dict(pairs))
    lines = (request.method, path, query, client.access_key, date)
    text = "".join(f"{line}\n" for line in lines)
    return base64.b64encode(hmac.digest(client.secret.encode(), text.encode(), "sha256")).decode()
