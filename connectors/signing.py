"""The signatures of the two families of gateways."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import quote, quote_plus

_PLUS = tuple(quote_plus(bytes([byte])) for byte in range(256))


def md5_sign(app_key: str, secret: str, request_time: str) -> str:
    """The handshake's `sign`; MD5 is the platforms' choice, not ours."""
    plain = f"{app_key}{secret}{request_time}".encode()
    return hashlib.md5(plain, usedforsecurity=False).hexdigest()


def form_encoded(parameters: Mapping[str, str]) -> str:
    """Parameters as a query or form, in order."""
    return "&".join([f"{plus_quoted(key)}={plus_quoted(text)}" for key, text in parameters.items()])


def plus_quoted(text: str) -> str:
    """What `quote_plus` gives; plain texts, which most are, are passed quickly."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(map(_PLUS.__getitem__, text.encode()))


def canonical_query(parameters: Mapping[str, str]) -> str:
    """The query as BG-HMAC signs it and as it is sent: percent-encoded (RFC 3986), sorted."""
    pairs = (f"{quote(key, safe='')}={quote(text, safe='')}" for key, text in parameters.items())
    return "&".join(sorted(pairs))


def hmac_signature(
    secret: str, access_key: str, method: str, path: str, query: str, date: str
) -> str:
    """BG-HMAC over method, path, canonical query, key and date; the body is not signed."""
    plain = f"{method}\n{path}\n{query}\n{access_key}\n{date}\n".encode()
    return base64.b64encode(hmac.digest(secret.encode(), plain, "sha256")).decode()


def hmac_headers(
    secret: str, access_key: str, method: str, path: str, query: str, now: float
) -> dict[str, str]:
    """The four BG-HMAC headers for a call at `now` (epoch seconds, the server's clock)."""
    date = formatdate(now, usegmt=True)
    return {
        "X-BG-HMAC-ACCESS-KEY": access_key,
        "X-BG-HMAC-ALGORITHM": "hmac-sha256",
        "X-BG-DATE-TIME": date,
        "X-BG-HMAC-SIGNATURE": hmac_signature(secret, access_key, method, path, query, date),
    }
