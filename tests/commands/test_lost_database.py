"""A hub whose database is taken away lets nothing leave, and goes on once it is back."""

from pathlib import Path

from tests.commands.conftest import Demo
from tests.commands.terminal import certhub, running, sourced
from tests.commands.test_lookup import PURPOSE, about


def move(source: Path, target: Path) -> None:
    """A database with its side files."""
    target.mkdir(exist_ok=True)
    for file in source.glob("certhub.db*"):
        file.rename(target / file.name)


def test_a_database_taken_away_and_put_back(tmp_path: Path) -> None:
    """Each lookup in between is refused as retryable, no empty database is made, none is lost."""
    data, away = tmp_path / "data", tmp_path / "away"
    with running(
        "demo", "--data", data, "--port", "0", "--sandbox-port", "0", at=tmp_path
    ) as begun:
        begun.says("Ctrl-C ends it")
        given = sourced(data / "environment")
        demo = Demo(begun, given["CERTHUB_URL"], given)
        words = ("lookup", "resident_id_card", *about(demo), *PURPOSE)
        before = certhub(*words, at=tmp_path, given=given)
        move(data, away)
        lost = [certhub(*words, at=tmp_path, given=given) for _ in range(2)]
        looked = certhub("doctor", at=tmp_path, given=given)
        made = list(data.glob("certhub.db*"))
        move(away, data)
        back = certhub(*words, at=tmp_path, given=given)

    assert before.code == 0, before.err
    for one in lost:
        assert one.code == 1
        assert "again" in one.err
        assert one.out == ""
    assert f"There is none at {data}/certhub.db." in looked.out
    assert made == []
    assert back.code == 0, back.err
    assert "database file lost" in begun.err
    assert "Traceback" not in begun.err
