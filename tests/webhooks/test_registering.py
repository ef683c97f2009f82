"""Where a webhook may lie, and its secret."""

import re
from datetime import UTC, datetime

import pytest

from connectors.webhooks import shown_secret
from hub.webhooks.registering import (
    WrongAddress,
    checked_url,
    fingerprint,
    new_webhook,
    secret_of,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://hooks.example.cn/a?token=b", "https://hooks.example.cn/a?token=b"),
        (" https://hooks.example.cn:8443/办件#top ", "https://hooks.example.cn:8443/%E5%8A%9E%E4%BB%B6"),
        ("http://127.0.0.1:9000/hook", "http://127.0.0.1:9000/hook"),
        ("http://localhost:9000/hook", "http://localhost:9000/hook"),
        ("http://[::1]:9000/hook", "http://[::1]:9000/hook"),
    ],
)  # fmt: skip
def test_where_a_webhook_may_lie(given: str, kept: str) -> None:
    """https anywhere, plain http on this machine; percent-encoded, without a fragment."""
    assert checked_url(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "http://hooks.example.cn/a",
        "http://10.0.0.7/a",
        "http://127.0.0.1.example.cn/a",
        "ftp://127.0.0.1/a",
        "https://user:word@hooks.example.cn/a",
        "https:///a",
        "hooks.example.cn/a",
        "https://hooks.example.cn:99999/",
        "https://hooks.example.cn/" + "a" * 2000,
        "",
    ],
)
def test_where_it_may_not_lie(given: str) -> None:
    """The refusal says what is allowed."""
    with pytest.raises(WrongAddress, match=r"^Give a URL with https://, or with http:// where"):
        checked_url(given)


def test_the_secret_is_made_again_and_kept_nowhere() -> None:
    """Hub's secret and webhook's id make it; only a fingerprint is kept, the URL is not shown."""
    webhook, secret = new_webhook(
        "U-1", "https://hooks.example.cn/?token=tok", b"h" * 32, NOW, lambda size: b"\7" * size
    )

    assert webhook.id == "wh_0707070707070707"
    assert secret == secret_of(b"h" * 32, webhook.id) != secret_of(b"i" * 32, webhook.id)
    assert webhook.secret_hash == fingerprint(secret)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", shown_secret(secret))
    assert "tok" not in repr(webhook)
