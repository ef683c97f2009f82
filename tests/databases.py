"""A fresh, migrated database for each test, once on SQLite and once on PostgreSQL.

PostgreSQL is asked at the URL in CERTHUB_TEST_POSTGRES, whose user may create databases.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.desk.store.opening import open_desk_database
from hub.storage.engine import migrate, open_engine

POSTGRES = os.environ.get("CERTHUB_TEST_POSTGRES")
WITHOUT_POSTGRES = "CERTHUB_TEST_POSTGRES is unset: give the URL of a PostgreSQL to test on it too"

_MIGRATED: dict[str, bytes] = {}

BACKENDS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skipif(POSTGRES is None, reason=WITHOUT_POSTGRES)),
]


@pytest.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/hub.db"
        return
    async with postgres_database() as url:
        yield url


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """A migrated database."""
    if file := make_url(database).database if database.startswith("sqlite") else None:
        await place_migrated(Path(file))
    engine = open_engine(database)
    await migrate(engine)
    yield engine
    await engine.dispose()


async def place_migrated(file: Path) -> None:
    """Put a migrated, empty SQLite there: made once for all tests of a process, since it takes time."""
    if "hub" not in _MIGRATED:
        engine = open_engine(f"sqlite:///{file}")
        await migrate(engine)
        await engine.dispose()
        _take("hub", file)
    _put("hub", file)


async def place_migrated_desk(database: str) -> None:
    """The same for a desk, where its database is to be a SQLite that is not there yet."""
    file = _new_file(database)
    if file is None:
        return
    if "desk" not in _MIGRATED:
        async with open_desk_database(database):
            pass
        _take("desk", file)
    _put("desk", file)


def _new_file(database: str) -> Path | None:
    file = make_url(database).database if database.startswith("sqlite") else None
    return None if file is None or Path(file).exists() else Path(file)


def _take(kind: str, file: Path) -> None:
    _MIGRATED[kind] = file.read_bytes()


def _put(kind: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_MIGRATED[kind])


@asynccontextmanager
async def postgres_database() -> AsyncIterator[str]:
    """The URL of a new PostgreSQL database, dropped afterwards."""
    assert POSTGRES is not None, WITHOUT_POSTGRES
    name = f"certhub_{secrets.token_hex(6)}"
    await _administer(POSTGRES, f"CREATE DATABASE {name}")
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    await _administer(POSTGRES, f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(url: str, statement: str) -> None:
    server = open_engine(url)
    async with server.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await outside.execute(text(statement))
    await server.dispose()
