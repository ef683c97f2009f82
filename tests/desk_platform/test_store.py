"""The desk's tables: migrated in place, histories only added to, values kept as they are."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from hub.china import CHINA
from hub.desk.desk import ATTEMPTS, DeskBusy
from hub.desk.doubts import Corrected, Recall, Receiver
from hub.desk.events import AttemptToDecline, Begin, Claim, Conclude, Event
from hub.desk.findings import Verified
from hub.desk.request import VerificationRequest
from hub.desk.sealing import NoSeals
from hub.desk.store.answers import Call, Told
from hub.desk.store.codec import decoded, encoded
from hub.desk.store.opening import open_desk_database
from hub.desk.store.requests import Stale, load, save
from hub.desk.words import Officer, State
from hub.notary.words import Content, Seal, Sealed, SealUse
from tests.desk_platform.ground import CIVIL, KEEPER, TEN, VERA, Ground, PaperSeals


def _differences(connection: Connection) -> list[object]:
    from hub.desk.store.tables import metadata  # noqa: PLC0415

    options = {"version_table": "desk_alembic_version"}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_migrations_and_tables_do_not_drift(ground: Ground) -> None:
    """What the migrations make is what the code declares."""
    async with ground.desk.database.reading() as connection:
        assert await connection.run_sync(_differences) == []


async def test_replicas_migrate_side_by_side(database: str) -> None:
    """Several may start at once on an empty database, beside the hub's own tables."""

    async def start() -> str:
        async with open_desk_database(database) as opened, opened.reading() as connection:
            found = await connection.execute(text("SELECT version_num FROM desk_alembic_version"))
            return str(found.scalar_one())

    assert await asyncio.gather(*(start() for _ in range(3))) == ["0003"] * 3


@pytest.mark.parametrize(
    "change", ["DELETE FROM desk_entries", "UPDATE desk_entries SET event = ''"]
)
async def test_histories_are_only_added_to(ground: Ground, change: str) -> None:
    """The database itself refuses to change a history."""
    await ground.hub.open()

    with pytest.raises(DBAPIError, match="only ever added to"):
        async with ground.desk.database.writing() as connection:
            await connection.exec_driver_sql(change)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "文",
        7,
        True,
        TEN,
        datetime(2025, 1, 1, tzinfo=UTC),
        date(2025, 1, 2),
        Decimal("1.20"),
        State.SENT,
        ("a", "b"),
        frozenset({"a", "b"}),
        frozenset({Officer("u", "n")}),
        Verified({"a": date(2025, 1, 2), "b": ("x",), "c": None, "of": "x", "is": "date"}),
        Claim(frozenset({"vera"})),
        Begin(),
        AttemptToDecline("不"),
        Conclude("r", Corrected(Recall("r", 1, "s", (Receiver("u", "r"),), TEN))),
    ],
)
def test_values_come_back_as_they_were(value: object) -> None:
    """What is kept as JSON is the same value when it is read."""
    assert decoded(encoded(value)) == value


@pytest.mark.parametrize("value", [1.5, b"x", object()])
def test_nothing_else_is_kept(value: object) -> None:
    """A value the desk doesn't know is a bug, told at once."""
    with pytest.raises(TypeError, match="is no value of the desk"):
        encoded(value)


async def test_requests_come_back_as_they_were(ground: Ground) -> None:
    """A request with its whole history is the same after it was read again."""
    request = await ground.hub.open()
    await ground.hub.to_sent(request)

    async with ground.desk.database.reading() as connection:
        kept = await load(connection, request)

    assert kept is not None
    assert decoded(encoded(kept)) == kept
    assert kept.due is not None
    assert kept.due.at.utcoffset() == TEN.astimezone(CHINA).utcoffset()


async def test_a_stale_request_is_not_saved(ground: Ground) -> None:
    """Who decided on an older version is told to decide again; nothing of it is kept."""
    request = await ground.hub.open()
    async with ground.desk.database.reading() as connection:
        before = await load(connection, request)
    await ground.hub.step(request, "claim", VERA)
    assert before is not None

    with pytest.raises(Stale):
        async with ground.desk.database.writing() as connection:
            await save(connection, before, before)


def _never(_: VerificationRequest) -> Event:
    raise Stale


async def test_a_desk_too_busy_says_so(small: Ground) -> None:
    """After some attempts the caller is asked to repeat the call later; no answer is kept."""
    request = await small.hub.open()
    tries = 0

    def event(_: VerificationRequest) -> Event:
        nonlocal tries
        tries += 1
        return _never(_)

    with pytest.raises(DeskBusy):
        await small.desk.act(
            Call("hub", "k", "f"), request, event, Officer(CIVIL, "vera"), lambda _: Told(200, b"")
        )

    assert tries == ATTEMPTS


class Interrupted(PaperSeals):
    """A sealer during whose work the draft is returned."""

    def __init__(self, ground: Ground, request: str) -> None:
        super().__init__()
        self._ground, self._request = ground, request

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> Sealed:
        """The document of a draft that was returned meanwhile."""
        await self._ground.hub.step(self._request, "return", KEEPER, reason="日期")
        return await super().seal(content, seal, use)


async def test_a_draft_that_changed_is_not_sealed(small: Ground) -> None:
    """Who seals one draft while another takes its place is told to look again: 503."""
    request = await small.hub.to_made()
    small.desk.sealer = Interrupted(small, request)

    reply = await small.hub.step(request, "seal", KEEPER)

    assert reply.status == 503
    assert "the draft changed" in reply.body["message"]


async def test_a_desk_without_seals(small: Ground) -> None:
    """It says so, and who can help: 409, and the draft stays a draft."""
    request = await small.hub.to_made()
    small.desk.sealer = NoSeals()

    reply = await small.hub.step(request, "seal", KEEPER)

    assert (reply.status, "has no seals" in reply.body["message"]) == (409, True)
    seen = await small.hub.get(f"requests/{request}?unit={CIVIL}")
    assert seen.body["state"] == "made"
