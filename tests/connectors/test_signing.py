"""Signatures, against values worked out by hand with other tools."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as some

from connectors.signing import canonical_query, form_encoded, hmac_headers, hmac_signature, md5_sign


def test_md5_sign() -> None:
    """md5(appKey + secret + requestTime), in lower case: `printf AS1 | md5sum`."""
    assert md5_sign("A", "S", "1") == "cf0ac41ddff111e8299e51e12417f7bf"


@given(some.dictionaries(some.text(), some.text()))
def test_form_encoded(parameters: dict[str, str]) -> None:
    """Plain or not, texts are encoded as everybody does."""
    assert form_encoded(parameters) == urlencode(parameters)


def test_canonical_query() -> None:
    """Sorted, percent-encoded by RFC 3986."""
    assert canonical_query({"b": "中 a", "a": "1&2/~"}) == "a=1%262%2F~&b=%E4%B8%AD%20a"
    assert canonical_query({}) == ""


def test_hmac_signature() -> None:
    """HMAC-SHA256 over five lines, the last one ended too: `openssl dgst -sha256 -hmac secret`."""
    date = "Wed, 01 Jan 2025 00:00:00 GMT"
    assert hmac_signature("secret", "hub", "GET", "/api/x", "a=1", date) == (
        "StnNmw2cOViePHklJBEF75cINKdUIO/FP2gaJSuqjh0="
    )


def test_hmac_headers() -> None:
    """The four headers, the date in RFC 1123."""
    headers = hmac_headers("secret", "hub", "GET", "/api/x", "a=1", 1735689600.9)

    assert headers == {
        "X-BG-HMAC-ACCESS-KEY": "hub",
        "X-BG-HMAC-ALGORITHM": "hmac-sha256",
        "X-BG-DATE-TIME": "Wed, 01 Jan 2025 00:00:00 GMT",
        "X-BG-HMAC-SIGNATURE": hmac_signature(
            "secret", "hub", "GET", "/api/x", "a=1", "Wed, 01 Jan 2025 00:00:00 GMT"
        ),
    }
