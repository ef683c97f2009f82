"""What one call disclosed is one row, and nothing of any of its lookups is lost in it."""

import json
from dataclasses import fields, replace
from datetime import datetime

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.catalogue.rows import CatalogueRow
from hub.evidence import (
    Attempt,
    DenialRule,
    Denied,
    Found,
    HolderKind,
    Holding,
    Lookup,
    NotHeld,
    Outcome,
    Purpose,
    Requester,
    Said,
    Subject,
    Tier,
    Unavailable,
)
from hub.records import Pseudonyms, batch_of, record_of
from hub.storage.record_store import SqlRecords
from hub.trail.batches import DisclosureBatch, alone, records_in
from hub.trail.records import DisclosureRecord, UnrecordableText
from tests.trail.sample import NOON, a_record

SECRET = Pseudonyms(b"secret")
ASKING = Requester("k1", "U1", frozenset({"op1"}))
MEI, LAN = (Subject(HolderKind.PERSON, number) for number in ("33020019900101002X", "1"))
SHOP = Subject(HolderKind.ORGANISATION, "91330200MA0000000X")
OURS = Purpose("许可-1", "C-1", "op1", applicant=MEI, acting_for=SHOP)
HELD = (Attempt("province", Tier.PROVINCIAL, Said.HELD, 1.23456),)
SILENT = (Attempt("city", Tier.MUNICIPAL, Said.TIMED_OUT, 300.0, "no answer"),)
ROW = CatalogueRow(7, "U1", "许可-1", "id_card", "示例", (), frozenset({"name", "sex"}))


def found(record: str, *names: str) -> Found:
    """Found in the province, with these fields handed over."""
    holding = Holding("province", Tier.PROVINCIAL, {})
    disclosed = dict.fromkeys(names, "x")
    return Found("id_card", holding, disclosed, frozenset(), HELD, NOON, "示例", None, record)


LOOKUPS = [
    Lookup("id_card", MEI, OURS),
    Lookup("id_card", LAN, OURS),
    Lookup("id_card", MEI, Purpose("许可-1", "C-2", "op1")),
    Lookup("id_card", LAN, OURS),
    Lookup("id_card", LAN, Purpose("许可-2", "C-1", "nobody")),
    Lookup("id_card", MEI, OURS),
]
OUTCOMES: list[Outcome] = [
    found("b-0", "sex", "name"),
    NotHeld("id_card", HELD + SILENT, (), "b-1"),
    found("b-2", "name"),
    Unavailable("id_card", SILENT, ("city",), (), "b-3"),
    Denied("id_card", DenialRule.UNKNOWN_OPERATOR, "Article 17", "", "b-4"),
    found("b-5", "sex", "name"),
]
ROWS = [ROW, ROW, ROW, ROW, None, ROW]


def made(lookups: list[Lookup] = LOOKUPS, at: datetime = NOON) -> DisclosureBatch:
    """The batch of the first outcomes."""
    rows, outcomes = ROWS[: len(lookups)], OUTCOMES[: len(lookups)]
    return batch_of(ASKING, lookups, 3, rows, outcomes, "r1", "b", at, SECRET)


def by_id(records: tuple[DisclosureRecord, ...]) -> list[DisclosureRecord]:
    return sorted(records, key=lambda one: one.id)


def test_a_batch_holds_the_record_of_each_lookup() -> None:
    """Taken apart it is what each record would be by itself, whatever they have in common."""
    alone_each = [
        record_of(ASKING, lookup, 3, row, outcome, "r1", NOON, SECRET)
        for lookup, row, outcome in zip(LOOKUPS, ROWS, OUTCOMES, strict=True)
    ]

    assert by_id(tuple(records_in(made()))) == alone_each


def test_what_lookups_have_in_common_is_written_once() -> None:
    """Two people found alike share one entry, by the number of their lookups."""
    entries = json.loads(made().entries)

    assert [[number for number, _ in one["subjects"]] for one in entries] == [
        [0, 5],
        [1],
        [2],
        [3],
        [4],
    ]


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfff"])
@pytest.mark.parametrize("name", ["item", "case", "operator"])
def test_a_text_no_database_keeps_is_refused_by_the_name_of_its_field(name: str, text: str) -> None:
    """The same as of a record alone, and the text is not repeated."""
    purpose = msgspec.structs.replace(OURS, **{name: text})

    with pytest.raises(UnrecordableText) as raised:
        made([LOOKUPS[0], Lookup("id_card", MEI, purpose)])

    assert str(raised.value) == f"{name} holds a NUL or half a surrogate pair: leave it out"


@pytest.mark.parametrize("name", ["id", "request_id", "key", "unit"])
def test_so_is_one_of_the_whole_batch(name: str) -> None:
    """What all lookups have in common is looked at, too."""
    record = replace(a_record("a"), fields=())
    object.__setattr__(record, name, "a\0b")

    with pytest.raises(UnrecordableText, match=f"^{name} holds a NUL"):
        alone(record)


def test_the_letters_of_an_escaped_nul_are_a_text_like_any_other() -> None:
    """A backslash, a u and four zeros: no NUL."""
    record = a_record("a", case=r"\u0000")

    assert tuple(records_in(alone(record))) == (record,)


def test_a_text_that_is_not_printable_is_kept_as_it_is() -> None:
    """Line ends, tabs and spaces of any kind are stored by every database."""
    record = a_record("a", request_id="r\t1", case="C\n1\u3000\x7f")

    assert tuple(records_in(alone(record))) == (record,)


def test_half_a_surrogate_in_what_is_no_text_of_the_caller_is_a_bug() -> None:
    """A platform's reason can't hold one: nothing is recorded, and the error is no caller's fault."""
    noted = {"source": "city", "reason": "x\udfff"}

    with pytest.raises(UnicodeEncodeError):
        alone(replace(a_record("a"), attempts=(noted,)))


def test_nor_is_a_nul_there() -> None:
    """PostgreSQL shows no disclosure at all any more where one of them holds it."""
    noted = {"source": "city", "reason": "x\0"}

    with pytest.raises(ValueError, match="an attempt holds a NUL") as raised:
        alone(replace(a_record("a"), attempts=(noted,)))

    assert not isinstance(raised.value, UnrecordableText)


def test_the_time_of_a_batch_needs_a_zone() -> None:
    """A naive time is refused when the batch is made."""
    with pytest.raises(ValueError, match="needs a zone"):
        made(at=NOON.replace(tzinfo=None))


def test_the_repr_of_a_batch_names_nobody_and_no_case() -> None:
    """Only its id and how many there are."""
    assert repr(made()) == "DisclosureBatch(b, 6 disclosures)"


async def test_a_batch_reads_back_from_the_database(engine: AsyncEngine) -> None:
    """By request, and each record by its own id; a number that is not there is nobody's."""
    store = SqlRecords(engine)
    await store.append([made()])

    each = by_id(tuple(records_in(made())))
    assert list(await store.of_request("r1")) == each
    assert [await store.get(one.id) for one in each] == each
    assert [await store.get(one) for one in ("b", "b-6", "c-0", "b-0-0")] == [None] * 4


async def test_the_view_shows_each_lookup_by_itself(engine: AsyncEngine) -> None:
    """Who reads by SQL finds a row for each disclosure, with every column it ever had."""
    single = a_record("s")
    await SqlRecords(engine).append([made(), alone(single)])

    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT * FROM disclosures ORDER BY id"))
        rows = [dict(row) for row in found.mappings()]

    expected = [*by_id(tuple(records_in(made()))), single]
    assert [list(row) for row in rows] == [[one.name for one in fields(single)]] * 7
    for row, record in zip(rows, expected, strict=True):
        for name in ("fields", "attempts"):
            told = json.loads(row[name]) if isinstance(row[name], str) else row[name]
            assert tuple(told) == getattr(record, name)
        rest = [one.name for one in fields(single) if one.name not in ("fields", "attempts", "at")]
        assert [row[name] for name in rest] == [getattr(record, name) for name in rest]
    assert str(rows[0]["at"]).startswith("2026-05-06 12:00:00.123456")
