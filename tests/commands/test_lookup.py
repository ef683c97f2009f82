"""`certhub lookup` against a running hub."""

import json
import re
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.commands.conftest import Demo
from tests.commands.terminal import certhub

PURPOSE = ("--item", "许可-00757-000", "--case", "1", "--operator", "op-001")
NOBODY = "11010119900307123X"


def someone(demo: Demo) -> tuple[str, str]:
    """Id and name of the person of the worked query: their card is held by the municipality."""
    found = re.search(r'"residentId": "([0-9X]{18})", "name": "(\w+)"', demo.begun.out)
    assert found
    return found[1], found[2]


def about(demo: Demo) -> tuple[str, ...]:
    """The same person as options."""
    resident_id, name = someone(demo)
    return "--person", resident_id, "--name", name


def test_lookup_as_table(demo: Demo, tmp_path: Path) -> None:
    """Shows the certificate and who was asked, in order."""
    words = ("lookup", "resident_id_card", *about(demo), *PURPOSE)

    done = certhub(*words, at=tmp_path, given=demo.variables)

    assert done.code == 0, done.err
    assert done.out.startswith("Resident ID card 居民身份证: found 已查到 at municipality\n")
    assert re.search(rf"公民身份号码 .* {someone(demo)[0]}", done.out)
    assert re.search(r"province .*NOT_HELD.*\n.*municipality .*HELD", done.out)


def test_lookup_as_json(demo: Demo, tmp_path: Path) -> None:
    """`--json` is nothing but the outcome."""
    words = ("lookup", "resident_id_card", *about(demo), *PURPOSE, "--json")

    done = certhub(*words, at=tmp_path, given=demo.variables)

    outcome = json.loads(done.out)
    assert outcome["__typename"] == "Found"
    assert outcome["source"] == {"name": "municipality"}
    assert [tried["said"] for tried in outcome["trail"]] == ["NOT_HELD", "HELD"]


def test_lookup_without_a_name(demo: Demo, tmp_path: Path) -> None:
    """A platform that needs the name is not asked, and the trail says what it needs."""
    words = ("lookup", "resident_id_card", "--person", someone(demo)[0], *PURPOSE)

    done = certhub(*words, at=tmp_path, given=demo.variables)

    assert re.search(r"province .*INCOMPLETE.*needs subject.name", done.out)


def test_lookup_denied(demo: Demo, tmp_path: Path) -> None:
    """A denial is an answer: its article is shown and nobody was asked."""
    words = ("lookup", "academic_degree", *about(demo), *PURPOSE)

    done = certhub(*words, at=tmp_path, given=demo.variables)

    assert done.code == 0
    assert "Academic degree 学位证书: denied 不予查询" in done.out
    assert re.search(r"条款 article +Article 8", done.out)
    assert "nobody was asked" in done.out


def test_lookup_of_an_organisation(demo: Demo, tmp_path: Path) -> None:
    """A credit code that is none is refused, and not repeated."""
    words = ("lookup", "resident_id_card", "--organisation", "91330203MA2AEXXX13", *PURPOSE)

    done = certhub(*words, at=tmp_path, given=demo.variables)

    assert done.code == 1
    assert "统一社会信用代码" in done.err
    assert "91330203MA2AEXXX13" not in done.err


def test_wrong_key(demo: Demo, tmp_path: Path) -> None:
    """A key that is not known is told, with how to get one."""
    words = ("lookup", "resident_id_card", *about(demo), *PURPOSE)
    wrong = {**demo.variables, "CERTHUB_API_KEY": f"ch_{'0' * 12}_{'0' * 64}"}

    done = certhub(*words, at=tmp_path, given=wrong)

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "certhub: The API key is unknown, expired or revoked. Send `Authorization: Bearer ch_…`; "
        "`certhub keys create` makes a key for a unit."
    )


def test_no_key(demo: Demo, tmp_path: Path) -> None:
    """Without a key nothing is sent."""
    words = ("lookup", "resident_id_card", *about(demo), *PURPOSE)

    done = certhub(*words, at=tmp_path, given={"CERTHUB_URL": demo.variables["CERTHUB_URL"]})

    assert done.code == 1
    assert done.err == (
        "certhub: a lookup needs an API key: --key or CERTHUB_API_KEY. `certhub keys create` makes "
        "one."
    )


def test_mistyped_identifier(demo: Demo, tmp_path: Path) -> None:
    """A resident id whose check digit is wrong is refused, and not repeated."""
    words = ("lookup", "resident_id_card", "--person", NOBODY, *PURPOSE)

    done = certhub(*words, at=tmp_path, given=demo.variables)

    assert done.code == 1
    assert "公民身份号码" in done.err
    assert NOBODY not in done.err


@pytest.mark.parametrize(
    "subject", [(), ("--person", NOBODY, "--organisation", "91330203MA2AEXXX13")]
)
def test_not_one_subject(subject: tuple[str, ...], tmp_path: Path) -> None:
    """A lookup is about one subject."""
    words = ("lookup", "resident_id_card", *subject, *PURPOSE, "--key", "ch_x")

    done = certhub(*words, at=tmp_path)

    assert done.code == 1
    assert done.err == (
        "certhub: give one subject: --person ID or --organisation CODE, with --name."
    )


def test_no_hub_there(tmp_path: Path) -> None:
    """Where no hub answers it says how to start one."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/graphql"
    words = ("lookup", "resident_id_card", "--person", NOBODY, *PURPOSE, "--key", "ch_x")

    done = certhub(*words, "--url", url, at=tmp_path)

    assert done.code == 1
    assert done.err.startswith(f"certhub: no hub answers at {url} (")
    assert "certhub serve" in done.err


class Page(BaseHTTPRequestHandler):
    """A web server that is no hub."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def page() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_not_a_hub(page: str, tmp_path: Path) -> None:
    """Something else that answers is told apart from a hub."""
    words = ("lookup", "resident_id_card", "--person", NOBODY, *PURPOSE, "--key", "ch_x")

    done = certhub(*words, "--url", page, at=tmp_path)

    assert done.code == 1
    assert done.err.startswith(f"certhub: {page} answers, but not as a hub does.")
