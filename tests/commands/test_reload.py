"""`certhub reload`: one hub is asked, every asker gets its own answer, what can't be taken is told."""

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from hub.catalogue.rows import CatalogueContent
from hub.commands.reload import changes, refusals
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.live import ReloadReport
from hub.holding import holding
from hub.reloading import NotReloaded, ask_to_reload
from hub.storage.catalogue_store import save_version
from hub.storage.engine import open_engine
from tests.commands.conftest import Place
from tests.commands.terminal import certhub
from tests.stack import catalogue_for


def save(database: Path, content: CatalogueContent, name: str) -> None:
    """An edition in force since January."""

    async def work() -> None:
        engine = open_engine(f"sqlite:///{database}")
        await save_version(engine, content, name, date(2026, 1, 1), datetime.now(UTC))
        await engine.dispose()

    asyncio.run(work())


def content() -> CatalogueContent:
    """A small catalogue over the packaged certificate types."""
    return catalogue_for(load_certificate_types(packaged_certificates()))


def test_reload_good_then_bad(place: Place) -> None:
    """An edited interface is taken in; a bad edit is refused with its reason, and changed back."""
    good = place.interface.read_text("utf-8")
    nothing = place.reload()
    place.interface.write_text("timeout = 1.25\n" + re.sub(r"(?m)^timeout.*\n", "", good))
    changed = place.reload()
    place.interface.write_text("tiemout = 1.25\n" + good)
    refused = place.reload()
    place.interface.write_text(good)
    back = place.reload()

    assert (nothing.code, nothing.out) == (0, "reloaded, nothing had changed")
    assert (changed.code, changed.out) == (
        0,
        "reloaded\ninterfaces changed: province/resident_id_card",
    )
    assert refused.code == 1
    assert refused.err.startswith("certhub: not reloaded, the old set stays in force:\n")
    assert "resident_id_card.toml" in refused.err
    assert "tiemout" in refused.err
    assert back.out == "reloaded\ninterfaces changed: province/resident_id_card"


def test_hangup_reloads(place: Place) -> None:
    """SIGHUP alone does the same, and the log tells."""
    shutil.rmtree(place.platforms / "verification")

    place.begun.process.send_signal(signal.SIGHUP)

    assert place.begun.says(r"reloaded +.*platforms=\('verification',\)")


def test_reload_without_a_hub(tmp_path: Path) -> None:
    """Where no hub runs it says how to start one."""
    done = certhub("reload", at=tmp_path)

    assert done.code == 1
    assert done.err == (
        "certhub: no hub runs on the data folder .certhub; start it: certhub serve, or set "
        "CERTHUB_DATA"
    )


def test_a_new_edition_is_named(place: Place) -> None:
    """A reload that takes in an edition says which; the next one has nothing to say."""
    save(place.data / "certhub.db", content(), "spring")

    first, second = place.reload(), place.reload()

    assert (first.code, first.out) == (0, 'reloaded\ncatalogue edition now in force: "spring"')
    assert second.out == "reloaded, nothing had changed"


def test_an_edition_that_can_not_be_used_holds_up_no_platform(place: Place) -> None:
    """It is refused with its reason at once, and the platforms are reloaded all the same."""
    [row, *_] = content().rows
    save(
        place.data / "certhub.db", replace(content(), rows=(replace(row, certificate="nix"),)), "x"
    )
    shutil.rmtree(place.platforms / "verification")

    done = place.reload()

    assert done.code == 1
    assert "platforms changed: verification" in done.out
    assert done.err == (
        "certhub: the catalogue was not reloaded, the old edition stays in force:\ncatalogue 'x' "
        "names certificate types that are not declared: nix. Declare them (CERTHUB_CERTIFICATES) "
        "or import an edition without them."
    )


def test_a_database_that_does_not_answer_holds_up_no_platform(place: Place) -> None:
    """It is told by its kind alone, and the platforms are reloaded all the same."""
    with sqlite3.connect(place.data / "certhub.db") as database:
        database.execute("ALTER TABLE catalogue_versions RENAME TO elsewhere")
    database.close()
    shutil.rmtree(place.platforms / "verification")

    done = place.reload()

    assert done.code == 1
    assert "platforms changed: verification" in done.out
    assert done.err == (
        "certhub: the catalogue was not reloaded, the old edition stays in force:\nthe database "
        "did not answer (OperationalError); certhub doctor says what is wrong"
    )
    assert "Traceback" not in place.begun.err


def test_several_askers_at_once_have_an_answer_each(place: Place) -> None:
    """Nobody takes another's report away, and what changed is told to whoever asked first."""
    place.reload()
    shutil.rmtree(place.platforms / "verification")

    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(lambda _: ask_to_reload(place.data), range(24)))

    assert all(report.taken for report in reports)
    assert ("verification",) in [report.platforms for report in reports]


def test_a_stranger_is_not_signalled(tmp_path: Path) -> None:
    """A number left behind may be another process's by now: nothing is sent to it."""
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (tmp_path / "hub.pid").write_text(str(stranger.pid))

    done = certhub("reload", "--data", tmp_path, at=tmp_path)

    assert done.code == 1
    assert done.err == (
        f"certhub: no hub runs on the data folder {tmp_path}; start it: certhub serve, or set "
        "CERTHUB_DATA"
    )
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@contextmanager
def held_by(process: int, data: Path) -> Iterator[None]:
    """A data folder that is held, in the name of some process."""
    with holding(data):
        (data / "hub.pid").write_text(str(process))
        yield


def test_a_hub_that_is_not_seen_from_here(tmp_path: Path) -> None:
    """A number that this machine does not know: the hub runs in a container."""
    with (
        held_by(4194304, tmp_path),  # above the largest there can be
        pytest.raises(NotReloaded, match=r"process 4194304\) is not seen from here; run this on"),
    ):
        ask_to_reload(tmp_path)


def test_a_hub_that_does_not_answer(tmp_path: Path) -> None:
    """Who asks does not wait for ever."""
    heard = []
    before = signal.signal(signal.SIGHUP, lambda *_: heard.append("hangup"))

    with (
        held_by(os.getpid(), tmp_path),
        pytest.raises(NotReloaded, match=r"did not answer within 0\.1 s; its log says why"),
    ):
        ask_to_reload(tmp_path, 0.1)

    signal.signal(signal.SIGHUP, before)
    assert heard == ["hangup"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_the_hub_of_another_user() -> None:
    """Who may not signal it is told who may, without a traceback."""
    code = (
        "import encodings.ascii, os, pathlib\n"  # what it may not read later
        "from hub.reloading import NotReloaded, ask_to_reload\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try: ask_to_reload(pathlib.Path(os.environ['FOLDER']))\n"
        "except NotReloaded as reason: print(reason)\n"
    )
    with TemporaryDirectory() as made, held_by(1, folder := Path(made)):
        folder.chmod(0o755)
        (folder / "hub.pid").chmod(0o644)
        said = _output(code, folder)
        (folder / "hub.pid").chmod(0o600)
        unread = _output(code, folder)

    assert said == "the hub (process 1) is another user's; run this as the user that it runs as\n"
    assert unread == (
        f"the data folder {folder} may not be read; run this as the user that the hub runs as\n"
    )


def _output(code: str, folder: Path) -> str:
    words = [sys.executable, "-c", code]
    given = {**os.environ, "FOLDER": str(folder)}
    return subprocess.run(words, env=given, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_many_names_are_shortened() -> None:
    """Ten are enough to see what it was about."""
    names = tuple(f"city/{n:02}" for n in range(25))

    assert changes(ReloadReport(None, interfaces=names)) == [
        "interfaces changed: " + ", ".join(names[:10]) + " and 15 more"
    ]
    assert changes(ReloadReport(None, interfaces=names[:10])) == [
        "interfaces changed: " + ", ".join(names[:10])
    ]


def test_platforms_that_are_refused_keep_no_edition_secret() -> None:
    """Each half of a reload is told for itself."""
    report = ReloadReport("province: no", edition="spring")

    assert changes(report) == ['catalogue edition now in force: "spring"']
    assert refusals(report) == ["not reloaded, the old set stays in force:\nprovince: no"]


def test_a_hub_that_is_stopped_amid_reloads_ends(place: Place) -> None:
    """Ctrl-C right after a burst of hangups: the reload that runs ends first, then the hub."""
    place.reload()

    for _ in range(24):
        place.begun.process.send_signal(signal.SIGHUP)

    assert place.begun.interrupt().code == 0
