"""`certhub serve`, `certhub reload` and `certhub sandbox`."""

import re
import shutil
import signal
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.sandbox.sandbox import packaged_credentials, packaged_platforms
from tests.commands.terminal import Begun, Ended, certhub, running


@dataclass(frozen=True, slots=True)
class Place:
    """A hub that runs on a data folder of its own, with platforms that may be edited."""

    begun: Begun
    data: Path

    @property
    def platforms(self) -> Path:
        """The platform folders."""
        return self.data / "platforms"

    @property
    def interface(self) -> Path:
        """One interface file."""
        return self.platforms / "province" / "interfaces" / "resident_id_card.toml"

    def reload(self) -> Ended:
        """What `certhub reload` says."""
        return certhub("reload", "--data", self.data, at=self.data)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """`certhub serve` on a free port."""
    data = tmp_path / "data"
    shutil.copytree(packaged_platforms(), data / "platforms")
    shutil.copy(packaged_credentials(), data / "credentials.toml")
    with running("serve", "--data", data, "--port", "0", at=tmp_path) as begun:
        begun.says("Ctrl-C ends it")
        yield Place(begun, data)


def test_serve_answers_and_ends(place: Place) -> None:
    """It says where it answers, answers there, and Ctrl-C exits 0 without a traceback."""
    url = place.begun.says(r"certhub answers at (http://127\.0\.0\.1:\d+)/graphql")[1]
    with urllib.request.urlopen(f"{url}/graphiql", timeout=10) as page:
        assert page.status == 200

    ended = place.begun.interrupt()

    assert ended.code == 0
    assert ended.err.endswith("certhub has ended.\n")
    assert "Traceback" not in ended.err
    assert not (place.data / "hub.pid").exists()


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


def test_reload_of_a_hub_that_has_gone(tmp_path: Path) -> None:
    """A process number left behind is told apart from a hub that runs."""
    (tmp_path / "hub.pid").write_text("4194304")  # above the largest there can be

    done = certhub("reload", "--data", ".", at=tmp_path)

    assert done.code == 1
    assert done.err == "certhub: the hub (process 4194304) has gone; start it: certhub serve"


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
