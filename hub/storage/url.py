"""Reads the URL of the database: SQLite or PostgreSQL, with options that their drivers know."""

import inspect
from importlib import import_module

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from hub.declarations.words import ConfigurationError
from hub.guidance import close_matches

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def database_url(url: str) -> URL:
    """The URL with the driver we use; one that names no such database is wrong configuration."""
    allowed = "sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE"
    try:
        where = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"the database URL can't be read; allowed: {allowed}") from None
    if where.drivername not in _DRIVERS:
        given = f'the database URL begins with "{where.drivername}"'
        raise ConfigurationError(f"{given}; allowed: {allowed}")
    if where.port is not None and not 0 < where.port < 65536:
        raise ConfigurationError(f"the database URL has port {where.port}; allowed: 1 to 65535")
    where = where.set(drivername=_DRIVERS[where.drivername])
    if where.get_backend_name() == "postgresql":
        _check_options(where)
    return where


def _check_options(where: URL) -> None:
    """Hold the options against those of the driver, which is loaded only here: SQLite needs none."""
    connect = import_module("asyncpg").connect
    allowed = [*inspect.signature(connect).parameters, "prepared_statement_cache_size"]
    for name in where.query:
        if name not in allowed:
            raise ConfigurationError(
                f"the database URL has an option {name}. {close_matches(name, allowed)} TLS is "
                "asked for by ssl=require or ssl=verify-full."
            )
