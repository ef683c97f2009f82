"""Settings: read once from the environment, checked, and passed down by hand."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub.declarations.words import ConfigurationError
from hub.guidance import close_matches

PREFIX = "CERTHUB_"
CREDENTIAL_PREFIX = "CERTHUB_CREDENTIAL_"
KNOWN = {
    "DATA": "folder of everything the hub keeps, default .certhub",
    "DATABASE": "SQLAlchemy URL, default SQLite in the data folder",
    "PLATFORMS": "folder with one folder per platform, default <data>/platforms",
    "CERTIFICATES": "folder of further certificate types, beside the packaged ones",
    "CREDENTIALS": "TOML file of the platforms' credentials, default <data>/credentials.toml",
    "ENDPOINTS": "base URLs that override the platforms' own: name=url,name=url",
    "SECRET": "secret for pseudonyms in the records; default: made once in the data folder",
    "PATIENCE": "longest one batch of one source may take, in seconds, default 10",
    "MAX_LOOKUPS": "lookups in one request, default 1000",
    "DEMONSTRATION": "file that fills in GraphiQL's key and examples; the sandbox only",
    "API_KEY": "key of `certhub lookup`; the hub itself does not read it",
    "URL": "GraphQL URL of `certhub lookup`; the hub itself does not read it",
    "TEST_POSTGRES": "PostgreSQL URL for the tests; the hub itself does not read it",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the hub is told from outside; times in seconds."""

    data: Path
    database: str
    platforms: Path
    certificates: Path | None
    credentials: Path | None
    endpoints: Mapping[str, str]
    patience: float
    max_lookups: int
    environ: Mapping[str, str] = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    demonstration: Path | None = None


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
        database=given.get("DATABASE", f"sqlite+aiosqlite:///{data / 'certhub.db'}"),
        platforms=Path(given.get("PLATFORMS", data / "platforms")),
        certificates=Path(given["CERTIFICATES"]) if "CERTIFICATES" in given else None,
        credentials=credentials,
        endpoints=_endpoints(given.get("ENDPOINTS", "")),
        patience=_positive("PATIENCE", given.get("PATIENCE", "10")),
        max_lookups=int(_positive("MAX_LOOKUPS", given.get("MAX_LOOKUPS", "1000"))),
        environ=environ,
        secret=given.get("SECRET"),
        demonstration=Path(given["DEMONSTRATION"]) if "DEMONSTRATION" in given else None,
    )


def _endpoints(text: str) -> dict[str, str]:
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    for pair in pairs:
        if "=" not in pair:
            raise ConfigurationError(
                f"environment: {PREFIX}ENDPOINTS holds {pair!r}. Allowed: name=url,name=url"
            )
    return dict(pair.split("=", 1) for pair in pairs)


def _positive(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise ConfigurationError(
            f"environment: {PREFIX}{name} is {text!r}. Allowed: a number above 0"
        )
    return number


def pseudonym_secret(settings: Settings) -> bytes:
    """The secret of the pseudonyms: as set, or made once and kept in the data folder (mode 0600)."""
    if settings.secret:
        return settings.secret.encode()
    file = settings.data / "secret"
    if not file.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), "ascii")
    return file.read_text("ascii").encode()
