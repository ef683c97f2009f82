"""Settings: read once from the environment, checked, and passed down by hand."""

import math
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from hub.declarations.words import ConfigurationError
from hub.guidance import close_matches

PREFIX = "CERTHUB_"
CREDENTIAL_PREFIX = "CERTHUB_CREDENTIAL_"
SHORTEST_SECRET = 32
"""Characters of the secret of the pseudonyms."""
KNOWN = {
    "DATA": "folder of everything the hub keeps, default .certhub",
    "DATABASE": "SQLAlchemy URL, default SQLite in the data folder",
    "DESK_DATABASE": "SQLAlchemy URL of the desk's own database, default SQLite in the data folder",
    "DESK_PORT": "port on 127.0.0.1 of the desk in the hub's own process, default any free one",
    "DESK_PACE": "how fast that desk's clock runs, default 1; more than 1 in demonstrations only",
    "NOTARY_ROOTS": "folder of the roots that proofs are checked by, default <data>/notary/roots",
    "PLATFORMS": "folder with one folder per platform, default <data>/platforms",
    "CERTIFICATES": "folder of further certificate types, beside the packaged ones",
    "CREDENTIALS": "TOML file of the platforms' credentials, default <data>/credentials.toml",
    "ENDPOINTS": "base URLs that override the platforms' own: name=url,name=url|replica",
    "SECRET": "secret for pseudonyms in the records; default: made once in the data folder",
    "WITHIN": "seconds in which a query is answered where it says nothing itself, default 3",
    "WITHIN_MOST": "most seconds that a query may ask for, default 10",
    "KEPT_BYTES": "memory for answers that may be used again, in bytes, default 32000000",
    "IN_FLIGHT": "requests that may be served at once, default 512; more are turned away with 503",
    "RATE": "requests of one key in a time, such as 200/second; default: as many as it wants",
    "QUOTA": "lookups of one key in a time, such as 1000000/day; default: as many as it wants",
    "MAX_LOOKUPS": "lookups in one request, default 1000",
    "PLAN": "`off` has every operation run by graphql-core, none by a plan; default on",
    "DOCUMENTS": "`strict` has only registered documents run; default any",
    "OTLP": "URL of an OpenTelemetry collector that takes traces; default: nothing is traced",
    "DEMONSTRATION": "file that fills in GraphiQL's key and examples; the sandbox only",
    "API_KEY": "key of `certhub lookup`; the hub itself does not read it",
    "URL": "GraphQL URL of `certhub lookup`; the hub itself does not read it",
    "TEST_PLAN": "CERTHUB_PLAN of the tests' hubs; the hub itself does not read it",
    "TEST_POSTGRES": "PostgreSQL URL for the tests; the hub itself does not read it",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the hub is told from outside; times in seconds."""

    data: Path
    notary_roots: Path
    database: str
    platforms: Path
    certificates: Path | None
    credentials: Path | None
    endpoints: Mapping[str, str]
    within: float
    within_most: float
    kept_bytes: int
    in_flight: int
    rate: str | None
    quota: str | None
    max_lookups: int
    environ: Mapping[str, str] = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    demonstration: Path | None = None
    desk_database: str = "sqlite+aiosqlite://"
    desk_port: int = 0
    desk_pace: float = 1.0
    otlp: str | None = None
    plan: bool = True
    strict_documents: bool = False


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from `CERTHUB_…` variables; an unknown one is an error, since it is a misspelling."""
    given = {
        name.removeprefix(PREFIX): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and not name.startswith(CREDENTIAL_PREFIX)
    }
    for name in given:
        if name not in KNOWN:
            raise ConfigurationError(
                f"environment: {PREFIX}{name} is not a setting. {close_matches(name, KNOWN)} "
                f"Allowed: {', '.join(PREFIX + known for known in KNOWN)}"
            )
    data = Path(given.get("DATA", ".certhub"))
    credentials = Path(given["CREDENTIALS"]) if "CREDENTIALS" in given else None
    default_credentials = data / "credentials.toml"
    if credentials is None and default_credentials.is_file():
        credentials = default_credentials
    return Settings(
        data=data,
        notary_roots=Path(given.get("NOTARY_ROOTS", data / "notary" / "roots")),
        database=given.get("DATABASE", f"sqlite+aiosqlite:///{data / 'certhub.db'}"),
        platforms=Path(given.get("PLATFORMS", data / "platforms")),
        certificates=Path(given["CERTIFICATES"]) if "CERTIFICATES" in given else None,
        credentials=credentials,
        endpoints=_endpoints(given.get("ENDPOINTS", "")),
        within=_positive("WITHIN", given.get("WITHIN", "3")),
        within_most=_positive("WITHIN_MOST", given.get("WITHIN_MOST", "10")),
        kept_bytes=_whole("KEPT_BYTES", given.get("KEPT_BYTES", "32000000")),
        in_flight=_whole("IN_FLIGHT", given.get("IN_FLIGHT", "512")),
        rate=given.get("RATE"),
        quota=given.get("QUOTA"),
        max_lookups=_whole("MAX_LOOKUPS", given.get("MAX_LOOKUPS", "1000")),
        environ=environ,
        secret=given.get("SECRET"),
        demonstration=Path(given["DEMONSTRATION"]) if "DEMONSTRATION" in given else None,
        desk_database=given.get("DESK_DATABASE", f"sqlite+aiosqlite:///{data / 'desk.db'}"),
        desk_port=_port("DESK_PORT", given.get("DESK_PORT", "0")),
        desk_pace=_positive("DESK_PACE", given.get("DESK_PACE", "1")),
        otlp=_collector(given["OTLP"]) if "OTLP" in given else None,
        strict_documents=_one_of("DOCUMENTS", given.get("DOCUMENTS", "any"), ("any", "strict"))
        == "strict",
        plan=_one_of("PLAN", given.get("PLAN", "on"), ("on", "off")) == "on",
    )


def _endpoints(text: str) -> dict[str, str]:
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    for pair in pairs:
        if "=" not in pair:
            raise ConfigurationError(
                f"environment: {PREFIX}ENDPOINTS holds {pair!r}. Allowed: name=url,name=url"
            )
    return dict(pair.split("=", 1) for pair in pairs)


def _one_of(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise ConfigurationError(
            f"environment: {PREFIX}{name} is {text!r}. Allowed: {', '.join(allowed)}"
        )
    return text


def _collector(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@?#]+[^\s@?#]*", text):
        raise ConfigurationError(
            f"environment: {PREFIX}OTLP is no plain URL of a collector. Allowed: a URL such as "
            "http://127.0.0.1:4318, without a user or query in it"
        )
    return text


def _positive(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise ConfigurationError(
            f"environment: {PREFIX}{name} is {text!r}. Allowed: a number above 0"
        )
    return number


def _port(name: str, text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise ConfigurationError(
            f"environment: {PREFIX}{name} is {text!r}. Allowed: a port from 1 to 65535, or 0 for "
            "any free one"
        )
    return int(text)


def _whole(name: str, text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,8}", text):
        raise ConfigurationError(
            f"environment: {PREFIX}{name} is {text!r}. Allowed: a whole number from 1 on"
        )
    return int(text)


def pseudonym_secret(settings: Settings) -> bytes:
    """The secret of the pseudonyms: as set, or made once and kept in the data folder (mode 0600).

    An empty or short one raises `ConfigurationError`: people could be recomputed from the records.
    """
    if settings.secret is not None:
        return _long_enough(
            settings.secret,
            f"environment: {PREFIX}SECRET",
            "Make one with `openssl rand -hex 32`, or leave the variable out.",
        )
    file = settings.data / "secret"
    if not file.exists():
        _make_secret(file)
    return _long_enough(
        file.read_text("ascii", errors="replace"),
        str(file),
        "Put the secret back from a backup; where nothing was recorded yet, delete the file and a "
        "new one is made. With another secret the pseudonyms of older records match nobody.",
    )


def _make_secret(file: Path) -> None:
    # Complete under another name first, then linked: of two processes one makes it, both read it.
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="ascii", dir=file.parent, prefix=".secret-") as fresh:
        fresh.write(secrets.token_hex(32))
        fresh.flush()
        os.fsync(fresh.fileno())
        with suppress(FileExistsError):
            os.link(fresh.name, file)


def _long_enough(secret: str, where: str, mend: str) -> bytes:
    if len(secret.strip()) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"{where} has {len(secret.strip())} characters; a secret needs {SHORTEST_SECRET} or "
            f"more. {mend}"
        )
    return secret.encode()
