"""`certhub desk`: the desk by itself, in a process of its own."""

import urllib.request
from pathlib import Path

import orjson
import pytest

from tests.commands.terminal import certhub, running

REGISTRY = """
[clients.hub]
units = "all"
states_items = true
[units.civil-affairs]
verifiers = ["vera"]
issues = ["no_marriage_record"]
"""
CREDENTIALS = """
[hub]
access_key = "key-hub"
secret = "secret-hub"
"""
NOTICE = """
year = 2027
source = "synthetic"
off = [2027-01-01]
"""


def test_it_answers_and_ends(tmp_path: Path) -> None:
    """It says where it answers, keeps its own database, and Ctrl-C exits 0."""
    (tmp_path / "desk.toml").write_text(REGISTRY)
    (tmp_path / "credentials.toml").write_text(CREDENTIALS)
    (tmp_path / "holidays").mkdir()
    (tmp_path / "holidays" / "2027.toml").write_text(NOTICE)

    with running("desk", "--data", tmp_path, "--port", "0", at=tmp_path) as begun:
        url = begun.says(r"The desk answers at (http://127\.0\.0\.1:\d+/api/v1/health)")[1]
        with urllib.request.urlopen(url, timeout=10) as reply:
            health = orjson.loads(reply.read())
        ended = begun.interrupt()

    assert health["status"] == "up"
    assert ended.code == 0
    assert ended.err.endswith("The desk has ended.\n")
    assert "Traceback" not in ended.err
    assert (tmp_path / "desk.db").exists()


def test_without_a_registry(tmp_path: Path) -> None:
    """It says which file is missing."""
    done = certhub("desk", "--data", tmp_path, at=tmp_path)

    assert done.code == 2
    assert "desk.toml" in done.err


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///{here}/desk.toml",
        "postgresql://nobody:hidden@127.0.0.1:1/none",
    ],
)
def test_a_database_that_is_none(tmp_path: Path, url: str) -> None:
    """It says where it looked, without the password, and which setting names another one."""
    (tmp_path / "desk.toml").write_text(REGISTRY)
    (tmp_path / "credentials.toml").write_text(CREDENTIALS)
    given = {"CERTHUB_DESK_DATABASE": url.format(here=tmp_path)}

    done = certhub("desk", "--data", tmp_path, "--port", "0", at=tmp_path, given=given)

    assert done.code == 1
    assert "can't be opened" in done.err
    assert "CERTHUB_DESK_DATABASE" in done.err
    assert "hidden" not in done.err
    assert "Traceback" not in done.err


def test_it_prints_its_interface(tmp_path: Path) -> None:
    """The OpenAPI document, as it is committed."""
    done = certhub("desk", "--openapi", at=tmp_path)

    assert (done.code, orjson.loads(done.out)["openapi"]) == (0, "3.1.0")
