"""What must be in a desk's database after any number of deaths: everything, once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.clocks import Schedule, TimerKind
from hub.desk.request import VerificationRequest
from hub.desk.store.opening import DeskDatabase
from hub.desk.store.requests import load as load_request
from hub.desk.store.tables import changes, reminders, timers
from hub.desk.watching import watch
from tests.desk_platform.load import Follower, Load

ESCALATED = {
    TimerKind.HALF_TIME,
    TimerKind.LAST_CALL,
    TimerKind.TIME_UP,
    TimerKind.OVERDUE,
    TimerKind.COORDINATOR,
    TimerKind.SUPERVISION,
}
RECALL = "recall"
_Timer = tuple[str, TimerKind, datetime]


@dataclass(frozen=True, slots=True)
class Figures:
    """How much was there."""

    requests: int
    steps: int
    sealed: int
    extracted: int
    fired: int
    left: int
    recalls: int
    changes: int


async def everything_once(database: DeskDatabase, load: Load, follower: Follower) -> Figures:
    """Hold what is kept against what was told; raises `AssertionError`."""
    async with database.reading() as connection:
        requests = await _requests(connection, load)
        await _sealed_once(connection, load)
        fired, left = await _timers_once(connection, requests, load)
        recalls = await _recalled_once(connection, load)
        await _changes_once(connection, follower)
    return Figures(
        len(requests),
        sum(len(each.history) for each in requests.values()),
        len(load.sent),
        len(load.extracted),
        fired,
        left,
        recalls,
        len(follower.seen),
    )


async def _rows(connection: AsyncConnection, query: str) -> Sequence[Row[Any]]:
    return (await connection.execute(text(query))).all()


async def _column(connection: AsyncConnection, query: str) -> list[Any]:
    return [row[0] for row in await _rows(connection, query)]


async def _requests(connection: AsyncConnection, load: Load) -> Mapping[str, VerificationRequest]:
    """Every accepted request is there once, with every step that was told, once."""
    ids = await _column(connection, "SELECT id FROM desk_requests ORDER BY id")
    assert ids == sorted([*load.accepted.values(), *load.reviews])
    kept: dict[str, VerificationRequest] = {}
    for id_ in ids:
        request = await load_request(connection, id_)
        assert request is not None
        taken = Counter(type(entry.event).__name__ for entry in request.history)
        assert set(taken.values()) == {1}, taken
        assert len(request.history) >= load.versions[id_]
        kept[id_] = request
    versions = await _rows(connection, "SELECT id, version FROM desk_requests")
    assert {row.id: row.version for row in versions} == {
        id_: len(each.history) for id_, each in kept.items()
    }
    return kept


async def _sealed_once(connection: AsyncConnection, load: Load) -> None:
    """One proof, one document, one use of a seal for each that was sent; each extraction once."""
    proven = await _column(connection, "SELECT request FROM desk_proofs ORDER BY 1")
    documents = await _column(connection, "SELECT request FROM desk_documents ORDER BY 1")
    assert proven == documents == sorted(load.sent)
    numbers = await _column(connection, "SELECT number FROM desk_documents ORDER BY 1")
    used = "SELECT document_number FROM desk_seal_uses ORDER BY 1"
    assert numbers == await _column(connection, used)
    made = await _rows(connection, "SELECT key, document_number FROM desk_extractions")
    assert sorted((row.key, row.document_number) for row in made) == sorted(load.extracted.items())
    assert set(load.extracted.values()) <= set(numbers)


async def _timers_once(
    connection: AsyncConnection, requests: Mapping[str, VerificationRequest], load: Load
) -> tuple[int, int]:
    """Each timer fired once or stands once: those the law sets for the request, and no others."""
    said = await connection.execute(reminders.select().where(reminders.c.kind != RECALL))
    fired = [(row.request, TimerKind(row.kind), row.at) for row in said]
    standing = await connection.execute(timers.select())
    left = [(row.request, TimerKind(row.kind), row.at) for row in standing]
    assert len({(request, kind) for request, kind, _ in fired}) == len(fired)
    assert not set(fired) & set(left)
    assert set(left) == _due(requests) - set(fired)
    for request in set(load.accepted.values()) - load.sent:
        assert {kind for of, kind, _ in fired if of == request} == ESCALATED
    return len(fired), len(left)


def _due(requests: Mapping[str, VerificationRequest]) -> set[_Timer]:
    return {
        (id_, timer.kind, timer.at)
        for id_, request in requests.items()
        for timer in watch(request, Schedule())
    }


async def _recalled_once(connection: AsyncConnection, load: Load) -> int:
    """Each review that was sent recalled the one proof, and its one receiver was told once."""
    recalled = await _rows(
        connection, "SELECT request, recalled_by FROM desk_proofs WHERE recalled_by IS NOT NULL"
    )
    expected = {review: of for review, of in load.reviews.items() if review in load.sent}
    assert {row.recalled_by: row.request for row in recalled} == expected
    told = "SELECT request FROM desk_reminders WHERE kind = 'recall' ORDER BY 1"
    assert await _column(connection, told) == sorted(expected.values())
    return len(recalled)


async def _changes_once(connection: AsyncConnection, follower: Follower) -> None:
    """One change for each entry, reminder and recall; the follower saw each, once, in order."""
    kept = (await connection.execute(changes.select().order_by(changes.c.sequence))).all()
    assert [row.sequence for row in kept] == list(range(1, len(kept) + 1))
    assert [(row.sequence, row.request, row.event) for row in kept] == [
        (each["sequence"], each["request"], each["event"]) for each in follower.seen
    ]
    steps = "SELECT request, number, event FROM desk_entries ORDER BY 1, 2"
    assert _of(kept, "step") == sorted(tuple(row) for row in await _rows(connection, steps))
    said = "SELECT request, kind FROM desk_reminders WHERE kind != 'recall' ORDER BY 1, 2"
    fired = sorted((row.request, row.kind) for row in await _rows(connection, said))
    assert [(request, event) for request, _, event in _of(kept, "reminder")] == fired
    told = "SELECT request FROM desk_reminders WHERE kind = 'recall' ORDER BY 1"
    recalls = [request for request, _, _ in _of(kept, "recall")]
    assert recalls == await _column(connection, told)


def _of(kept: Sequence[Row[Any]], kind: str) -> list[tuple[str, int, str]]:
    found = [(row.request, row.version, row.event) for row in kept if row.kind == kind]
    return sorted(found, key=lambda each: (each[0], each[1] if kind == "step" else 0, each[2]))
