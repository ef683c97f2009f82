"""Intents: on record before the platform is asked, never changed, one opening of a matter at a time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.engine import open_engine
from hub.storage.opening_store import SqlIntents
from hub.storage.tables import intents
from hub.trail.intents import Came, Conclusion, Intent, Opening
from hub.trail.records import RecordsUnavailable, UnrecordableText

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPENING = Opening(
    matter="m-1",
    turn=1,
    certificate="household_register",
    item="许可-00001-000",
    case="办-1",
    subject="f" * 64,
    catalogue=1,
    row=7,
    fields=("address", "name"),
    immediate=False,
    promised=date(2026, 3, 9),
    issuer=None,
    client_key="key-1",
)
INTENT = Intent("i-1", NOON, "k", "NB-TEST-01", "op-001", "submit", "desk-key", None, OPENING)


async def test_an_intent_is_read_back_as_it_was_written(engine: AsyncEngine) -> None:
    """The newest opening of a matter comes back whole; before the answer nothing is concluded."""
    store = SqlIntents(engine)

    assert await store.add(INTENT)

    kept = await store.newest("m-1")
    assert kept is not None
    assert (kept.intent, kept.opening, kept.conclusion) == (INTENT, OPENING, None)
    assert await store.newest("m-2") is None
    assert await store.under_key("NB-TEST-01", "key-1") == kept
    assert await store.under_key("NB-TEST-02", "key-1") is None


async def test_one_turn_of_a_matter_is_one_intent(engine: AsyncEngine) -> None:
    """Of two openings of one matter and turn the second is not taken; the next turn is."""
    store = SqlIntents(engine)
    await store.add(INTENT)

    assert not await store.add(replace(INTENT, id="i-2", key="other"))

    again = replace(OPENING, turn=2)
    assert await store.add(replace(INTENT, id="i-3", opening=again))
    newest = await store.newest("m-1")
    assert newest is not None
    assert newest.intent.id == "i-3"


async def test_what_was_taken_counts_more_than_silence(engine: AsyncEngine) -> None:
    """After a lost answer and a repetition that was taken the request is known."""
    store = SqlIntents(engine)
    await store.add(INTENT)
    await store.conclude(Conclusion("i-1", NOON, Came.SILENT, reason="TimedOut"))
    later = NOON + timedelta(seconds=1)
    await store.conclude(Conclusion("i-1", later, Came.TAKEN, "r-1"))
    await store.conclude(Conclusion("i-1", later, Came.SILENT, reason="TimedOut"))

    kept = await store.newest("m-1")
    assert kept is not None
    assert (kept.request, kept.rejected) == ("r-1", False)
    assert await store.of_request("r-1") == kept
    assert await store.of_request("r-2") is None


async def test_a_step_is_no_opening(engine: AsyncEngine) -> None:
    """Steps are on record too, as often as they are repeated, and say nothing of how it was opened."""
    store = SqlIntents(engine)
    for number in (1, 2):
        step = Intent(f"s-{number}", NOON, "k", "NB-TEST-01", "op-001", "cancel", "same", "r-1")
        assert await store.add(step)
        await store.conclude(Conclusion(step.id, NOON, Came.TAKEN, "r-1"))

    assert await store.of_request("r-1") is None


@pytest.mark.parametrize("change", [update(intents).values(unit="x"), delete(intents)])
async def test_intents_are_only_ever_added_to(engine: AsyncEngine, change: object) -> None:
    """Neither changing nor deleting is possible, not even by hand."""
    store = SqlIntents(engine)
    await store.add(INTENT)

    with pytest.raises(DBAPIError, match="only ever added to"):
        async with engine.begin() as connection:
            await connection.execute(change)  # type: ignore[call-overload]  # update or delete


async def test_a_database_that_fails_is_told_as_such() -> None:
    """Without tables there is no record: the caller hears `RecordsUnavailable`, with no content."""
    bare = open_engine("sqlite+aiosqlite://")

    with pytest.raises(RecordsUnavailable, match=r"the database did not answer \(\w+\)"):
        await SqlIntents(bare).add(INTENT)
    await bare.dispose()


def test_what_no_database_stores_is_refused() -> None:
    """A NUL in a text is named by its field, before anything is asked."""
    with pytest.raises(UnrecordableText, match="case"):
        replace(INTENT, opening=replace(OPENING, case="办\0"))


def test_an_intent_shows_nobody() -> None:
    """Neither the clerk nor the case stands in its repr."""
    assert "op-001" not in repr(INTENT)
    assert "办-1" not in repr(INTENT)
