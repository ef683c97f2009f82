"""Records of an older certhub are moved into the table of batches, each as it was."""

import json
from dataclasses import asdict, replace
from datetime import UTC

from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.engine import MIGRATIONS, migrate, open_engine, writing
from hub.storage.record_store import SqlRecords
from hub.storage.upgrading import migration_config
from hub.trail.batches import alone
from hub.trail.records import DisclosureRecord
from tests.trail.sample import a_record

OLD = (
    a_record("1f-0", case='"C" \\ 办件'),
    replace(a_record("1f-1"), row=None, source=None, catalogue=None, fields=(), attempts=()),
    replace(a_record("2e", request_id="r2"), outcome="denied", rule="not_by_lookup", acting_for=""),
)

JSON = ("fields", "attempts")


def _as_it_was(connection: Connection) -> None:
    config = migration_config(MIGRATIONS)
    config.attributes["connection"] = connection
    command.upgrade(config, "0006")


async def _put(connection: AsyncConnection, record: DisclosureRecord) -> None:
    values = asdict(record)
    values |= {name: json.dumps(values[name]) for name in JSON}
    lite = connection.dialect.name == "sqlite"
    if lite:
        values["at"] = f"{record.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    columns = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(
        f"CAST(:{name} AS json)" if name in JSON and not lite else f":{name}" for name in values
    )
    await connection.execute(text(f"INSERT INTO disclosures ({columns}) VALUES ({places})"), values)


async def test_every_record_is_there_after_migrating(database: str) -> None:
    """Each field of each record, by its id, by its request and in the view; new ones go on."""
    engine = open_engine(database)
    async with writing(engine) as connection:
        await connection.run_sync(_as_it_was)
        for record in OLD:
            await _put(connection, record)

    await migrate(engine)

    store = SqlRecords(engine)
    await store.append([alone(a_record("3d"))])
    assert [await store.get(one.id) for one in OLD] == list(OLD)
    assert await store.of_request("r1") == (*OLD[:2], a_record("3d"))
    async with engine.connect() as connection:
        shown = await connection.execute(text("SELECT id FROM disclosures ORDER BY id"))
        ids = shown.scalars().all()
        tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
    await engine.dispose()
    assert ids == ["1f-0", "1f-1", "2e", "3d"]
    assert "disclosures" not in tables


async def test_a_moved_record_is_not_written_again(database: str) -> None:
    """Its id still makes a repeated write harmless."""
    engine = open_engine(database)
    async with writing(engine) as connection:
        await connection.run_sync(_as_it_was)
        await _put(connection, OLD[0])
    await migrate(engine)

    store = SqlRecords(engine)
    await store.append([alone(replace(OLD[0], case="another"))])

    assert await store.of_request("r1") == OLD[:1]
    await engine.dispose()
