"""The platform's side of BG-HMAC: refuses what is not signed, in the gateway's own words."""

import base64
import hmac
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import parse_qsl, quote

from aiohttp import web

MOST_SKEW = 90.0  # seconds

INVALID_KEY = "Invalid access key"
INVALID_SIGNATURE = "Invalid signature"
SKEWED = "Clock skew exceeded"
NO_ROUTE = "The route_id is forbidden."


def refusal(request: web.Request, credential: Mapping[str, str], now: float) -> str | None:
    """Why the call is refused; `None` where its signature holds."""
    headers = request.headers
    if headers.get("X-BG-HMAC-ACCESS-KEY") != credential["access_key"]:
        return INVALID_KEY
    if headers.get("X-BG-HMAC-ALGORITHM") != "hmac-sha256":
        return INVALID_SIGNATURE
    date = headers.get("X-BG-DATE-TIME", "")
    skew = _skew(date, now)
    if skew is None or abs(skew) > MOST_SKEW:
        return SKEWED
    expected = _signature(request, credential, date)
    given = headers.get("X-BG-HMAC-SIGNATURE", "")
    return None if hmac.compare_digest(expected.encode(), given.encode()) else INVALID_SIGNATURE


def _skew(date: str, now: float) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() - now
    except ValueError:
        return None


def _signature(request: web.Request, credential: Mapping[str, str], date: str) -> str:
    lines = (request.method, request.path, _sorted_query(request), credential["access_key"], date)
    text = "".join(f"{line}\n" for line in lines)
    code = hmac.new(credential["secret"].encode(), text.encode(), sha256)
    return base64.b64encode(code.digest()).decode()


def _sorted_query(request: web.Request) -> str:
    pairs = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
    return "&".join(
        sorted(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    )
