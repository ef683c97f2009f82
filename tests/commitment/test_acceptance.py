"""Acceptances: on record before they are told, once, and never changed."""

import asyncio
from dataclasses import replace

import pytest
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.commitment.commitments import Commitments
from hub.commitment.words import Accepted, KeyTaken, Manner, NotOffered, Offered, TextChanged
from hub.records import Pseudonyms
from hub.storage.commitment_store import SqlCommitments
from hub.storage.engine import open_engine
from hub.trail.records import RecordsUnavailable
from tests.commitment.ground import (
    ANOTHER,
    APPLICANT,
    LOOKUP,
    NOW,
    REQUESTER,
    ROW,
    SECRET,
    commitments,
    for_purpose,
)


def digest_of(desk: Commitments) -> str:
    """The digest of the text in force."""
    told = desk.offer(REQUESTER, LOOKUP)
    assert isinstance(told, Offered)
    return told.text.digest


async def count(engine: AsyncEngine) -> int:
    """How many acceptances are on record."""
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT count(*) FROM commitments"))
        return int(found.scalar_one())


async def test_an_acceptance_is_on_record(engine: AsyncEngine) -> None:
    """Unit, operator, item, case, applicant as a pseudonym, certificate, text, moment, manner."""
    desk = commitments(engine)

    came = await desk.accept(REQUESTER, LOOKUP, digest_of(desk), Manner.PAPER)

    assert isinstance(came, Accepted)
    assert not came.repeated
    kept = await SqlCommitments(engine).get(came.record.id)
    assert kept == came.record
    assert (kept.at, kept.api_key, kept.unit, kept.operator) == (NOW, "k1", "U-1", "op-1")
    assert (kept.item, kept.case, kept.certificate) == ("许可-1", "办-1", "card")
    assert (kept.catalogue, kept.row, kept.manner) == (1, 7, Manner.PAPER)
    assert kept.applicant == Pseudonyms(SECRET).of(APPLICANT)
    assert kept.digest == digest_of(desk)


async def test_the_same_again_is_the_same_acceptance(engine: AsyncEngine) -> None:
    """Without a key the matter itself is the key, whichever operator repeats it."""
    desk = commitments(engine)
    digest = digest_of(desk)

    first = await desk.accept(REQUESTER, LOOKUP, digest, Manner.PAPER)
    again = await desk.accept(REQUESTER, for_purpose(operator="op-2"), digest, Manner.PAPER)
    other = await desk.accept(REQUESTER, LOOKUP, digest, Manner.APP)

    assert isinstance(first, Accepted)
    assert again == Accepted(first.record, repeated=True)
    assert isinstance(other, Accepted)
    assert not other.repeated
    assert await count(engine) == 2


async def test_twenty_at_once_are_one_acceptance(engine: AsyncEngine) -> None:
    """Equal calls of one moment write one record; one of them is the first."""
    desk = commitments(engine)
    digest = digest_of(desk)
    calls = (desk.accept(REQUESTER, LOOKUP, digest, Manner.APP, "key-1") for _ in range(20))

    came = await asyncio.gather(*calls)

    assert len({one.record.id for one in came if isinstance(one, Accepted)}) == 1
    assert await count(engine) == 1


async def test_a_key_names_one_acceptance(engine: AsyncEngine) -> None:
    """The same key is the same acceptance; for another applicant it is refused."""
    desk = commitments(engine)
    digest = digest_of(desk)
    first = await desk.accept(REQUESTER, LOOKUP, digest, Manner.PAPER, "key-1")

    again = await desk.accept(REQUESTER, LOOKUP, digest, Manner.PAPER, "key-1")
    other = await desk.accept(
        REQUESTER, structs.replace(LOOKUP, subject=ANOTHER), digest, Manner.PAPER, "key-1"
    )

    assert isinstance(first, Accepted)
    assert again == Accepted(first.record, repeated=True)
    assert other == KeyTaken()
    assert await count(engine) == 1


async def test_a_text_that_changed_is_told(engine: AsyncEngine) -> None:
    """A digest of another text is not accepted: nothing is on record, the one in force is told."""
    former = commitments(engine)
    digest = digest_of(former)
    desk = commitments(engine, replace(ROW, issuer_zh="示例公安局"))

    came = await desk.accept(REQUESTER, LOOKUP, digest, Manner.PAPER)

    assert isinstance(came, TextChanged)
    assert came.offered.text.digest == digest_of(desk) != digest
    assert await count(engine) == 0


async def test_an_acceptance_is_found_again_after_the_text_changed(engine: AsyncEngine) -> None:
    """Repeating what was accepted in time is harmless, even where it isn't offered any more."""
    before = commitments(engine)
    digest = digest_of(before)
    first = await before.accept(REQUESTER, LOOKUP, digest, Manner.PAPER, "key-1")
    after = commitments(engine, replace(ROW, commitment_allowed=False))

    again = await after.accept(REQUESTER, LOOKUP, digest, Manner.PAPER, "key-1")
    new = await after.accept(REQUESTER, LOOKUP, digest, Manner.PAPER, "key-2")

    assert isinstance(first, Accepted)
    assert again == Accepted(first.record, repeated=True)
    assert isinstance(new, NotOffered)


async def test_what_is_not_offered_is_not_accepted(engine: AsyncEngine) -> None:
    """An agent with the right digest, or a stranger with a known key, gets nothing on record."""
    desk = commitments(engine)
    digest = digest_of(desk)
    await desk.accept(REQUESTER, LOOKUP, digest, Manner.PAPER, "key-1")

    agent = await desk.accept(REQUESTER, for_purpose(acting_for=ANOTHER), digest, Manner.APP)
    stranger = await desk.accept(
        REQUESTER, for_purpose(operator="stranger"), digest, Manner.PAPER, "key-1"
    )

    assert isinstance(agent, NotOffered)
    assert isinstance(stranger, NotOffered)
    assert await count(engine) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE commitments SET unit = 'x'", "DELETE FROM commitments"]
)
async def test_acceptances_can_not_be_changed(engine: AsyncEngine, statement: str) -> None:
    """The database itself refuses to change or delete one."""
    desk = commitments(engine)
    came = await desk.accept(REQUESTER, LOOKUP, digest_of(desk), Manner.PAPER)

    with pytest.raises(DBAPIError, match="commitments are only ever added to"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))

    assert isinstance(came, Accepted)
    assert await SqlCommitments(engine).get(came.record.id) == came.record


async def test_without_its_table_nothing_is_accepted(database: str) -> None:
    """A database that does not take it: retryable, in words, without a person."""
    engine = open_engine(database)
    desk = commitments(engine)

    with pytest.raises(RecordsUnavailable, match="certhub doctor says what is wrong") as raised:
        await desk.accept(REQUESTER, LOOKUP, digest_of(desk), Manner.PAPER)

    assert APPLICANT.identifier not in str(raised.value)
    await engine.dispose()
