"""`certhub serve` and `certhub sandbox`."""

import re
import shutil
import socket
import urllib.request
from pathlib import Path

from hub.sandbox.sandbox import packaged_platforms
from tests.commands.conftest import Place
from tests.commands.terminal import certhub, running


def test_serve_answers_and_ends(place: Place) -> None:
    """It says where it answers, answers there, and Ctrl-C exits 0 without a traceback."""
    url = place.begun.says(r"certhub answers at (http://127\.0\.0\.1:\d+)/graphql")[1]
    with urllib.request.urlopen(f"{url}/graphiql", timeout=10) as page:
        assert page.status == 200

    ended = place.begun.interrupt()

    assert ended.code == 0
    assert ended.err.endswith("certhub has ended.\n")
    assert "Traceback" not in ended.err
    assert (place.data / "hub.pid").read_text() == ""


def test_a_second_serve_on_the_same_data_is_refused(place: Place) -> None:
    """One hub per data folder: exit 2, with how replicas are run; the first goes on."""
    second = certhub("serve", "--data", place.data, "--port", "0", at=place.data)

    process = place.begun.process.pid
    assert second.code == 2
    assert second.err.splitlines()[-1] == (
        f"certhub: a hub runs on the data folder {place.data} already (process {process}). End it "
        "first, or give this one a data folder of its own with --data; several replicas have one "
        "each, and share CERTHUB_DATABASE (PostgreSQL) and CERTHUB_SECRET."
    )
    assert place.reload().out == "reloaded, nothing had changed"


def test_serve_after_a_crash(place: Place) -> None:
    """A process number left behind by a killed hub is in nobody's way."""
    place.begun.process.kill()
    place.begun.process.wait()
    at = place.data.parent / "again"

    with running("serve", "--data", place.data, "--port", "0", at=at) as again:
        again.says("Ctrl-C ends it")

        assert place.reload().out == "reloaded, nothing had changed"
        assert (place.data / "hub.pid").read_text() == str(again.process.pid)


def test_serve_on_a_taken_port(tmp_path: Path) -> None:
    """A taken port is told before anything is made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = certhub("serve", "--port", port, at=tmp_path)

    assert done.code == 1
    assert done.err.startswith(f"certhub: port {port} on 127.0.0.1 is taken by another process.")
    assert not (tmp_path / ".certhub").exists()


def test_serve_on_an_address_that_is_not_ours(tmp_path: Path) -> None:
    """An address of another machine is told."""
    done = certhub("serve", "--host", "192.0.2.1", "--port", "0", at=tmp_path)

    assert done.code == 1
    assert done.err == (
        "certhub: 192.0.2.1 is not an address of this machine. Give another one with --host."
    )


def test_serve_with_a_misspelt_setting(tmp_path: Path) -> None:
    """A misspelt variable is wrong configuration: exit 2, with what it may have meant."""
    done = certhub("serve", at=tmp_path, given={"CERTHUB_PLATFROMS": "x"})

    assert done.code == 2
    assert "CERTHUB_PLATFROMS is not a setting. Did you mean PLATFORMS" in done.err


def test_serve_without_platforms(tmp_path: Path) -> None:
    """Without platforms it says where to put them: exit 2."""
    done = certhub("serve", "--port", "0", at=tmp_path)

    assert done.code == 2
    assert done.err == (
        "certhub: .certhub/platforms: there is no such folder. Put one folder per platform there, "
        "or set CERTHUB_PLATFORMS; `certhub demo` runs with platforms of its own."
    )


def test_serve_without_a_credential(tmp_path: Path) -> None:
    """A missing credential ends it before it listens: exit 2, with what to write."""
    shutil.copytree(packaged_platforms(), tmp_path / "platforms")

    done = certhub("serve", "--data", ".", "--port", "0", at=tmp_path)

    assert done.code == 2
    assert "CERTHUB_CREDENTIAL_" in done.err
    assert "Traceback" not in done.err


def test_sandbox_alone(tmp_path: Path) -> None:
    """The sandbox says where its platforms are, keeps its dials there, and Ctrl-C exits 0."""
    with running("sandbox", "--port", "0", "--size", "100", at=tmp_path) as begun:
        url = begun.says(r"province +(http://\S+)")[1]
        with urllib.request.urlopen(f"{url}/sandbox/dials", timeout=10) as answer:
            assert answer.status == 200
        ended = begun.interrupt()

    assert ended.code == 0
    assert "export CERTHUB_ENDPOINTS=" in ended.out
    assert ended.err.endswith("The sandbox has ended.\n")


def test_sandbox_on_a_taken_port(tmp_path: Path) -> None:
    """A taken port is told with the platform it was for: exit 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = certhub("sandbox", "--port", port, at=tmp_path)

    assert done.code == 2
    assert "of 127.0.0.1 is taken, so the sandbox platform " in done.err


def test_help_names_every_command(tmp_path: Path) -> None:
    """`--help` names every command, in English with the Chinese term."""
    done = certhub("--help", at=tmp_path)

    assert done.code == 0
    for name in (
        *("demo", "lookup", "sandbox", "serve", "reload", "doctor"),
        *("catalogue", "keys", "schema"),
    ):
        assert re.search(rf"^│ {name} .*", done.out, re.MULTILINE)
    assert "无证件(证明)办事查询枢纽" in done.out
