"""`certhub keys`: create, list, revoke."""

import re
from pathlib import Path

from tests.commands.terminal import certhub

CREATE = ("keys", "create", "--unit", "U-1", "--operator", "op-1", "--operator", "op-2")


def test_a_key_from_birth_to_revocation(tmp_path: Path) -> None:
    """A key is shown once, alone on stdout; the list never shows it; revoked it stays listed."""
    made = certhub(*CREATE, "--label", "window 3", at=tmp_path)
    listed = certhub("keys", "list", at=tmp_path)
    form = re.fullmatch(r"ch_([0-9a-f]{12})_([0-9a-f]{64})", made.out)
    assert form
    revoked = certhub("keys", "revoke", form[1], at=tmp_path)
    after = certhub("keys", "list", at=tmp_path)

    assert "can't be shown again" in made.err
    assert re.search(rf"{form[1]} +│ U-1 +│ op-1, op-2 +│ window 3 +│ .* │ in force", listed.out)
    assert form[2] not in listed.out
    assert revoked.out == f"key {form[1]} of unit U-1 is revoked."
    assert re.search(rf"{form[1]} .* │ revoked \d{{4}}-", after.out)


def test_people_in_their_roles(tmp_path: Path) -> None:
    """A key may have people of any roles and no operator; the list shows who plays which."""
    roles = ("--verifier", "vera", "--seal-keeper", "vera", "--coordinator", "chief")
    made = certhub("keys", "create", "--unit", "U-1", *roles, at=tmp_path)
    listed = certhub("keys", "list", at=tmp_path)

    assert made.code == 0
    people = "chief (coordinator), vera (verifier, seal keeper)"
    assert f"for unit U-1, {people}:" in made.err
    assert people in listed.out


def test_a_key_of_nobody(tmp_path: Path) -> None:
    """A key without people is refused with the options that name them."""
    done = certhub("keys", "create", "--unit", "U-1", at=tmp_path)

    assert (done.code, done.out) == (1, "")
    assert "--verifier, --seal-keeper" in done.err


def test_a_unit_that_no_catalogue_names(tmp_path: Path) -> None:
    """The key is made all the same, with a remark."""
    made = certhub(*CREATE, at=tmp_path)

    assert made.code == 0
    assert "no catalogue in force names unit U-1" in made.err


def test_revoking_an_unknown_key(tmp_path: Path) -> None:
    """An unknown id is told with where to look."""
    done = certhub("keys", "revoke", "000000000000", at=tmp_path)

    assert done.code == 1
    assert done.err == ("certhub: there is no key 000000000000. `certhub keys list` shows them.")


def test_a_database_that_is_away(tmp_path: Path) -> None:
    """A database that does not answer is told without its password."""
    away = {"CERTHUB_DATABASE": "postgresql+asyncpg://hub:hunter2@127.0.0.1:1/certhub"}

    done = certhub("keys", "list", at=tmp_path, given=away)

    assert done.code == 1
    assert done.err == (
        "certhub: the database postgresql+asyncpg://hub:***@127.0.0.1:1/certhub can't be opened "
        "(ConnectionRefusedError). Check that PostgreSQL runs there and takes this user and "
        "password (CERTHUB_DATABASE)."
    )


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A SQLite file that is none is told."""
    (tmp_path / "certhub.db").write_text("not a database, but long enough to be looked at" * 40)

    done = certhub("keys", "list", "--data", ".", at=tmp_path)

    assert done.code == 1
    assert done.err.startswith("certhub: the database sqlite+aiosqlite:///certhub.db can't be ")
    assert "Traceback" not in done.err


def test_a_database_of_another_kind(tmp_path: Path) -> None:
    """A URL of another database is wrong configuration: exit 2."""
    done = certhub("keys", "list", at=tmp_path, given={"CERTHUB_DATABASE": "mysql://x/y"})

    assert done.code == 2
    assert "allowed: sqlite+aiosqlite:///FILE or postgresql+asyncpg://" in done.err
