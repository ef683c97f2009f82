"""Where a platform is reached: its endpoint, and its replicas, which are other addresses of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hub.declarations.reading import Table, complaint

EMBEDDED = "embedded"
"""The endpoint of a verification platform that runs in the hub's own process."""
URL_FORM = "a URL such as https://share.example or http://127.0.0.1:9101"
_REPLICAS_FORM = (
    "URLs of other servers of the same platform, each with the endpoint's path, such as "
    '["https://share-2.example"]'
)
_BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class Addresses:
    """A platform's endpoint and its replicas, without slashes at their ends."""

    endpoint: str
    replicas: tuple[str, ...] = ()


def declared_addresses(root: Table) -> Addresses:
    """The addresses that a platform file declares."""
    endpoint, replicas = root.text("endpoint"), root.texts("replicas")
    if endpoint != EMBEDDED:
        _check_url(endpoint, root.file, "endpoint")
    return _checked(endpoint, replicas, root.file, "replicas")


def given_addresses(text: str, folder: Path, platform: str) -> Addresses:
    """Addresses given from outside: the endpoint, then its replicas, parted by `|`."""
    endpoint, *replicas = (part.strip() for part in text.split(_BETWEEN))
    key = f"(endpoint of {platform})"
    if endpoint != EMBEDDED:
        _check_url(endpoint, folder, key)
    return _checked(endpoint, replicas, folder, key)


def _checked(endpoint: str, replicas: Sequence[str], file: Path, key: str) -> Addresses:
    bare = endpoint.rstrip("/")
    taken = [bare]
    for replica in replicas:
        if problem := _problem(replica, taken):
            raise complaint(file, key, problem, _REPLICAS_FORM)
        taken.append(replica.rstrip("/"))
    return Addresses(bare, tuple(taken[1:]))


def _problem(replica: str, taken: Sequence[str]) -> str | None:
    """What is wrong with a replica, beside the endpoint and the replicas before it."""
    endpoint = taken[0]
    if endpoint == EMBEDDED:
        return "an embedded platform has no other address"
    if not _is_plain_http(replica):
        return f"given {_shown(replica)}"
    if urlsplit(replica.rstrip("/")).path != urlsplit(endpoint).path:
        return f'the path of "{replica}" is not the endpoint\'s, and signatures cover it'
    if replica.rstrip("/") in taken:
        return f'"{replica}" is an address already'
    return None


def _check_url(url: str, file: Path, key: str) -> None:
    if not _is_plain_http(url):
        raise complaint(file, key, f"given {_shown(url)}", URL_FORM)


def _shown(url: str) -> str:
    """The URL; not one with a user in it, as it holds a secret."""
    return "a URL with a user in it" if "@" in url else f'"{url}"'


def _is_plain_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        extras = parts.query or parts.fragment or "@" in parts.netloc or parts.port == 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not extras
