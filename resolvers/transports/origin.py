"""Whether a browser's page may open a socket here: only one that came from here."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

DEFAULT_PORTS = {80, 443}


def same_origin(headers: Headers) -> bool:
    """Whether Origin is of the host that was asked; programs send none and are welcome.

    The scheme is not compared: behind a proxy that ends TLS only the browser knows it.
    """
    origin = headers.get("origin")
    if origin is None:
        return True
    place = _place(origin)
    return place is not None and place == _place(f"//{headers.get('host', '')}")


def _place(address: str) -> tuple[str, int | None] | None:
    """Host and port, without a port that goes without saying."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.hostname, None if port in DEFAULT_PORTS else port
