"""API keys: shown once, stored hashed, revoked for good."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.evidence import Role
from hub.keys import KeyRecord, KeyTrouble, draw_key
from hub.storage.key_store import create_key, find, list_keys, revoke_key

NOW = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


async def test_a_key_opens_what_it_was_made_for(engine: AsyncEngine) -> None:
    """The plain key finds its unit and operators."""
    plain, record = await create_key(engine, "U-1", ["op-2", "op-1"], "window 3", NOW)

    assert plain.startswith(f"ch_{record.id}_")
    assert len(plain) == len("ch__") + 12 + 64
    operator = frozenset({Role.OPERATOR})
    assert record == KeyRecord(
        record.id, "U-1", {"op-1": operator, "op-2": operator}, "window 3", NOW
    )
    assert record.operators == {"op-1", "op-2"}
    assert await find(engine, plain, LATER) == record


async def test_a_key_of_people_in_several_roles(engine: AsyncEngine) -> None:
    """Each person has every role they were named for; who asks for nothing is no operator."""
    others = {Role.VERIFIER: ["vera", "op-1"], Role.SEAL_KEEPER: ["keeper"]}

    plain, _ = await create_key(engine, "U-1", ["op-1"], "", NOW, others=others)

    record = await find(engine, plain, LATER)
    assert isinstance(record, KeyRecord)
    assert record.people == {
        "op-1": {Role.OPERATOR, Role.VERIFIER},
        "vera": {Role.VERIFIER},
        "keeper": {Role.SEAL_KEEPER},
    }
    assert record.operators == {"op-1"}


async def test_the_secret_is_not_in_the_database(engine: AsyncEngine) -> None:
    """Only its hash is."""
    plain, _ = await create_key(engine, "U-1", ["op-1"], "", NOW)

    async with engine.connect() as connection:
        stored = repr((await connection.execute(text("SELECT * FROM api_keys"))).all())

    assert plain.rpartition("_")[2] not in stored


async def test_a_wrong_secret_learns_nothing(engine: AsyncEngine) -> None:
    """Wrong, malformed, unknown: all the same, also for a revoked key."""
    plain, record = await create_key(engine, "U-1", ["op-1"], "", NOW)
    await revoke_key(engine, record.id, NOW)
    wrong = f"ch_{record.id}_{'0' * 64}"

    for key in (wrong, f"ch_{'0' * 12}_{'0' * 64}", "", "ch_x_y", f"{plain}\n", plain[:-1], "密钥"):
        assert await find(engine, key, NOW) is KeyTrouble.UNKNOWN


async def test_a_revoked_key_stays_revoked(engine: AsyncEngine) -> None:
    """The first revocation stands; revoking again is harmless; others live on."""
    plain, record = await create_key(engine, "U-1", ["op-1"], "", NOW)
    other, _ = await create_key(engine, "U-1", ["op-1"], "", NOW)

    first = await revoke_key(engine, record.id, LATER)
    again = await revoke_key(engine, record.id, LATER + timedelta(days=1))

    assert first is not None
    assert first.revoked_at == LATER
    assert again == first
    assert await find(engine, plain, LATER) is KeyTrouble.REVOKED
    assert isinstance(await find(engine, other, LATER), KeyRecord)
    assert await revoke_key(engine, "nobody", LATER) is None


@pytest.mark.parametrize(("seconds", "opens"), [(-1, True), (0, False), (1, False)])
async def test_a_key_expires(engine: AsyncEngine, seconds: int, opens: bool) -> None:
    """From its moment on it opens nothing."""
    plain, record = await create_key(engine, "U-1", ["op-1"], "", NOW, expires_at=LATER)

    found = await find(engine, plain, LATER + timedelta(seconds=seconds))

    assert found == (record if opens else KeyTrouble.EXPIRED)


async def test_keys_are_listed_oldest_first(engine: AsyncEngine) -> None:
    """With what is known of them, secrets excepted."""
    _, second = await create_key(engine, "U-2", [], "b", LATER)
    _, first = await create_key(engine, "U-1", ["op-1"], "a", NOW)

    assert await list_keys(engine) == (first, second)


def test_a_key_keeps_its_secret_to_itself() -> None:
    """Its repr shows the id only."""
    key = draw_key(lambda size: b"\x07" * size)

    assert key.text == f"ch_{'07' * 6}_{'07' * 32}"
    assert repr(key) == "PlainKey(id='070707070707')"
