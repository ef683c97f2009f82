"""`certhub demo`, with its worked queries and its end."""

import json
import re
import shutil
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.commands.conftest import Demo
from tests.commands.terminal import certhub, running

IDENTIFIER = re.compile(r"\b[1-9]\d{16}[0-9X]\b")


def test_demo_once(tmp_path: Path) -> None:
    """`--once` shows eight worked queries and one verification, checks all, exits 0, logs nobody."""
    done = certhub("demo", "--once", at=tmp_path)

    assert done.code == 0, done.err
    titles = re.findall(r"^── (\d+)\. (.+)$", done.out, re.MULTILINE)
    assert [int(number) for number, _ in titles] == list(range(1, 15))
    assert "found 已查到 at province" in done.out
    assert "found 已查到 at municipality" in done.out
    assert "found 已查到 at verification" in done.out
    assert re.search(r"下一步 next +VERIFICATION, COMMITMENT", done.out)
    assert re.search(r"province +│ PROVINCIAL +│ UNREACHABLE", done.out)
    assert re.search(r"未应答 silent +province", done.out)
    assert re.search(r"条款 article +Article 8", done.out)
    assert re.search(r"\d+ of 12 found", done.out)
    assert "公共租赁住房承租资格确认: 11 of 12 found at once" in done.out
    assert re.search(r"by subscription: .*IN_VERIFICATION → MADE → SEALED → SENT$", done.out, re.M)
    assert done.out.count("VERIFICATION seal, 19 of 19 checks passed") == 3
    assert "│ USE_RECORDED 用章记录             │ ✓ 通过" in done.out
    assert re.search(r"the objection ended CORRECTED; review [0-9a-f]{24}", done.out)
    assert "unit of op-101, by subscription: recalled at " in done.out
    assert "unit of op-101, by query: recalled, case 2026-000342" in done.out
    assert re.search(r"corrected 更正: \w+: .+ → .+", done.out)
    assert done.out.endswith("All 8 worked queries and the verification came out as they must.")
    assert (tmp_path / ".certhub" / "demo" / "catalogue.xlsx").is_file()
    assert "catalogue in force" in done.err
    assert IDENTIFIER.search(done.err) is None


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_worked_curl_answers_as_shown(demo: Demo) -> None:
    """The printed curl, copied as it stands, gives the printed answer."""
    said = demo.begun.out
    shown_at = said.index("curl -s ")
    curl, _, answer = said[shown_at:].partition("\n\n")
    expected = json.loads(answer[: answer.rindex("}") + 1])

    done = subprocess.run(["bash", "-c", curl], capture_output=True, check=True, timeout=30)

    given = json.loads(done.stdout)
    found = given["data"]["certificate"]
    assert found["__typename"] == "Found"
    assert [(one["source"]["name"], one["said"]) for one in found["trail"]] == [
        ("province", "NOT_HELD"),
        ("municipality", "HELD"),
    ]
    assert found["certificate"] == expected["data"]["certificate"]["certificate"]


def test_demo_says_where_to_look(demo: Demo) -> None:
    """GraphiQL, GraphQL, key and every platform's address are told, and GraphiQL is there."""
    said = demo.begun.out

    assert f"{demo.url}/graphiql " in said
    assert demo.key in said
    assert all(url in said for url in demo.platforms.values())
    with urllib.request.urlopen(f"{demo.url}/graphiql/config.json", timeout=10) as page:
        assert demo.key in page.read().decode()


def test_ctrl_c_ends_the_demo(tmp_path: Path) -> None:
    """Ctrl-C exits 0 without a traceback, and the demo's key is revoked."""
    words = ("demo", "--data", "data", "--port", "0", "--sandbox-port", "0")
    with running(*words, at=tmp_path) as begun:
        begun.says("Ctrl-C ends it")
        ended = begun.interrupt()

    keys = certhub("keys", "list", "--data", "data", at=tmp_path)

    assert ended.code == 0
    assert ended.err.endswith("The demo has ended.\n")
    assert "Traceback" not in ended.err
    assert "revoked" in keys.out
    assert "in force" not in keys.out


def test_demo_on_a_taken_port(tmp_path: Path) -> None:
    """A taken port is told with what to do, and nothing is made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = certhub("demo", "--port", port, at=tmp_path)

    assert done.code == 1
    assert done.err == (
        f"certhub: port {port} on 127.0.0.1 is taken by another process. Choose another one with "
        f"--port, or end that process (`ss -ltnp 'sport = :{port}'` names it)."
    )
    assert not (tmp_path / ".certhub").exists()


def test_demo_with_a_taken_sandbox_port(tmp_path: Path) -> None:
    """A taken sandbox port is told with the platform it was for."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ("demo", "--once", "--sandbox-port", str(port))
        done = certhub(*words, at=tmp_path)

    assert done.code == 2
    assert "of 127.0.0.1 is taken, so the sandbox platform " in done.err
    assert "Traceback" not in done.err
