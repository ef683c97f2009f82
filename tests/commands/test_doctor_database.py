"""What is wrong with the database is told in words, and `certhub doctor` leaves it as it is."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from tests.commands.terminal import certhub
from tests.databases import POSTGRES, WITHOUT_POSTGRES, postgres_database


def made(folder: Path) -> Path:
    """A database with our tables."""
    assert certhub("keys", "list", "--data", folder, at=folder).code == 0
    return folder / "certhub.db"


def looked(folder: Path, **given: str) -> str:
    """What the doctor says of the database, and how to mend it."""
    done = certhub("doctor", "--data", folder, at=folder, given=given)
    assert done.code == 1
    assert "Traceback" not in done.err
    lines = done.out.splitlines()
    at = next(n for n, line in enumerate(lines) if "database 数据库" in line)
    assert lines[at] == "✗ database 数据库: can't be used"
    return lines[at + 1].removeprefix("    → ")


def test_a_locked_database_is_told_as_locked(tmp_path: Path) -> None:
    """Not the folder's rights but the other process is to blame, for `doctor` and for `serve`."""
    file = made(tmp_path)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    said = looked(tmp_path)
    served = certhub("serve", "--data", tmp_path, "--port", "0", at=tmp_path)

    other.close()
    assert said == (
        f"the database sqlite+aiosqlite:///{file} is locked by another process. Wait until it has "
        f"ended (an import, a backup), or find it: fuser -v {file}"
    )
    assert (served.code, served.err) == (1, f"certhub: {said}")


def test_a_database_without_tables(tmp_path: Path) -> None:
    """An empty file stays empty, and what makes the tables is told."""
    (tmp_path / "certhub.db").touch()

    assert looked(tmp_path).startswith("It has no tables yet. `certhub catalogue import FILE")
    with sqlite3.connect(tmp_path / "certhub.db") as database:
        assert database.execute("SELECT * FROM sqlite_master").fetchall() == []
    database.close()


def test_a_database_of_a_newer_certhub(tmp_path: Path) -> None:
    """It is left as it is, by `doctor` and by `serve`."""
    file = made(tmp_path)
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    served = certhub("serve", "--data", tmp_path, "--port", "0", at=tmp_path)

    assert (
        looked(tmp_path) == "Its tables are of a newer certhub. Run that one, or one newer still."
    )
    assert (served.code, served.err) == (
        2,
        "certhub: the database has the tables of a newer certhub: run that one, or one newer still",
    )


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Told without a traceback, and not overwritten."""
    file = tmp_path / "certhub.db"
    file.write_bytes(b"x" * 8192)

    assert "is a SQLite database" in looked(tmp_path)
    assert file.read_bytes() == b"x" * 8192


def test_a_database_that_lost_a_table(tmp_path: Path) -> None:
    """What fails after the first look is told, too."""
    with sqlite3.connect(made(tmp_path)) as database:
        database.execute("DROP TABLE catalogue_versions")
    database.close()

    done = certhub("doctor", "--data", tmp_path, at=tmp_path)

    assert done.code == 1
    assert "(OperationalError)" in done.out
    assert "Traceback" not in done.err


@pytest.fixture
async def postgres() -> AsyncIterator[str]:
    """The URL of an empty PostgreSQL database."""
    if POSTGRES is None:
        pytest.skip(WITHOUT_POSTGRES)
    async with postgres_database() as url:
        yield url


WRONG: dict[str, Callable[[URL], URL]] = {
    "password": lambda url: url.set(password="hunter2"),
    "database": lambda url: url.set(database="nowhere"),
    "port": lambda url: url.set(port=1),
}


@pytest.mark.parametrize("detail", WRONG)
def test_a_wrong_postgres_url(tmp_path: Path, postgres: str, detail: str) -> None:
    """A wrong password, database or port ends `serve` and `doctor` in words, without a password."""
    url = WRONG[detail](make_url(postgres)).render_as_string(hide_password=False)

    said = looked(tmp_path, CERTHUB_DATABASE=url)
    served = certhub(
        "serve", "--data", tmp_path, "--port", "0", at=tmp_path, given={"CERTHUB_DATABASE": url}
    )

    assert "Check that PostgreSQL runs there and takes this user and password" in said
    assert (served.code, served.err) == (1, f"certhub: {said}")
    assert str(make_url(url).password) not in said
