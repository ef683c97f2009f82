"""A disk that is full, a database that is locked: nothing leaves unrecorded, and it recovers by itself."""

import json
import resource
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.commands.conftest import Demo
from tests.commands.terminal import Begun, running, sourced

ROOM = 200_000
"""Bytes up to which the hub may write into any one file: more than its log needs."""
QUERY = """
query ($subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) {
    __typename
    record
  }
}
"""


@contextmanager
def full_disk(process: int, room: int = ROOM) -> Iterator[None]:
    """No file of a process grows beyond what is allowed, as on a disk that is full."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)


def told(url: str, key: str | None = None, body: object = None) -> tuple[int, Any]:
    """Status and JSON of one request."""
    sent = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {key}"} if key else {}
    )
    request = urllib.request.Request(url, sent, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@dataclass
class Asking:
    """Asks one lookup again and again, and keeps the records of what was answered."""

    demo: Demo
    answered: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, begun: Begun, data: Path) -> "Asking":
        """About the person of GraphiQL's first example."""
        begun.says("Ctrl-C ends it")
        given = sourced(data / "environment")
        return cls(Demo(begun, given["CERTHUB_URL"].removesuffix("/graphql"), given))

    def once(self) -> str | None:
        """The code of the error, where there is one; else the answer's record is noted."""
        _, answer = told(f"{self.demo.url}/graphql", self.demo.key, self._body())
        if errors := answer.get("errors"):
            assert answer["data"] is None
            assert errors[0]["extensions"]["retryable"] is True
            code: str = errors[0]["extensions"]["code"]
            return code
        self.answered.append(answer["data"]["certificate"]["record"])
        return None

    def all_recorded(self) -> bool:
        """Whether every answer has its record, and none has another's."""
        with closing(sqlite3.connect(self.demo.data / "certhub.db")) as database:
            kept = {row[0] for row in database.execute("SELECT id FROM disclosures")}
        return set(self.answered) <= kept and len(self.answered) == len(set(self.answered))

    def _body(self) -> object:
        text = (self.demo.data / "demonstration.json").read_text("utf-8")
        shown = json.loads(text)["examples"]
        person = {"residentId": shown["resident_id"], "name": shown["resident_name"]}
        purpose = {name: shown[name] for name in ("item", "case", "operator")}
        return {"query": QUERY, "variables": {"subject": {"person": person}, "purpose": purpose}}


def test_a_full_disk_lets_nothing_leave_and_is_no_longer_full(tmp_path: Path) -> None:
    """Lookups are refused as retryable until there is room again, and each answer has its record."""
    data = tmp_path / "data"
    with running(
        "demo", "--data", data, "--port", "0", "--sandbox-port", "0", at=tmp_path
    ) as begun:
        asking = Asking.of(begun, data)
        assert asking.once() is None
        with full_disk(begun.process.pid):
            codes = [asking.once() for _ in range(120)]
            ready_when_full = told(f"{asking.demo.url}/health/ready")
            alive_when_full = told(f"{asking.demo.url}/health/live")
        after = [asking.once() for _ in range(3)]
        recorded = asking.all_recorded()

    assert codes[-1] == "RECORDS_UNAVAILABLE"
    assert set(codes) <= {None, "RECORDS_UNAVAILABLE"}
    assert ready_when_full[0] == 503
    assert "the database takes no write" in ready_when_full[1]["trouble"][0]
    assert alive_when_full == (200, {"live": True})
    assert after == [None, None, None]
    assert recorded
    assert "Traceback" not in begun.err


def test_a_database_that_another_process_locks_is_waited_for_and_then_told(tmp_path: Path) -> None:
    """While it is locked a lookup is refused as retryable; once it is free the next is answered."""
    data = tmp_path / "data"
    with running(
        "demo", "--data", data, "--port", "0", "--sandbox-port", "0", at=tmp_path
    ) as begun:
        asking = Asking.of(begun, data)
        with closing(sqlite3.connect(data / "certhub.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = asking.once()
            other.execute("ROLLBACK")
        freed = asking.once()
        recorded = asking.all_recorded()

    assert (locked, freed) == ("RECORDS_UNAVAILABLE", None)
    assert recorded
    assert "Traceback" not in begun.err
