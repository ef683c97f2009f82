"""Admit, route, record, answer: nothing leaves unless it is on record."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec import structs

from connectors.contract import Answer, ConnectorError, Held, TimedOut, Value
from connectors.contract import NotHeld as WireNotHeld
from hub.catalogue.rows import (
    Catalogue,
    CatalogueContent,
    CatalogueRow,
    CatalogueVersion,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.disclosure import Disclosure, InForce
from hub.evidence import (
    DenialRule,
    Denied,
    Found,
    HolderKind,
    Lookup,
    NotHeld,
    Outcome,
    Purpose,
    Requester,
    Step,
    Subject,
    Terms,
    Tier,
    Unavailable,
)
from hub.records import Pseudonyms, Records
from hub.routing.kept import Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.retries import RetryRules
from hub.routing.route import RouteBook
from hub.routing.router import Router
from hub.routing.rules import LineRules
from hub.storage.engine import migrate, open_engine
from hub.storage.record_store import SqlRecords
from hub.trail.pseudonyms import pseudonym
from hub.trail.records import RecordsUnavailable
from hub.trail.writer import Trail
from tests.routing.scripted import Scripted, platform

TYPES = load_certificate_types(packaged_certificates())
CARD = TYPES["resident_id_card"]
PERSON = Subject(HolderKind.PERSON, "330203199001015678", "王示例")
ASKING = Requester("key1", "U1", frozenset({"op1"}))
VALUES: dict[str, Value | None] = {
    "name": "王示例",
    "address": "示例路1号",
    "ethnicity": "汉",
    "born_on": date(1990, 1, 1),
}
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def row(
    granted: frozenset[str] = frozenset(CARD.fields),
    measures: tuple[Measure, ...] = (Measure.SHARING, Measure.VERIFICATION),
    commitment: bool = False,
) -> CatalogueRow:
    return CatalogueRow(
        7, "U1", "I1", "resident_id_card", "示例公安局", measures, granted, None, None, commitment
    )


def catalogue(*rows: CatalogueRow) -> Catalogue:
    return Catalogue(
        CatalogueVersion(3, "2026", date(2026, 1, 1)),
        CatalogueContent(
            (Unit("U1", "示例单位", UnitKind.GOVERNMENT),),
            (ServiceItem("I1", "示例事项", "公安", "U1", True, None),),
            rows,
        ),
    )


@dataclass
class Stage:
    disclosure: Disclosure
    records: SqlRecords
    province: Scripted
    city: Scripted
    told: list[Outcome]


class Unwritable:
    """A record store whose disk is full."""

    async def append(self, records: object) -> None:
        raise RecordsUnavailable("disk full")


@asynccontextmanager
async def stage(
    folder: Path,
    catalogue_row: CatalogueRow,
    province: Mapping[str, Answer | ConnectorError] | None = None,
    city: Mapping[str, Answer | ConnectorError] | None = None,
    writable: bool = True,
) -> AsyncIterator[Stage]:
    engine = open_engine(f"sqlite+aiosqlite:///{folder / 'hub.db'}")
    await migrate(engine)
    platforms = [
        platform("province", Tier.PROVINCIAL, "resident_id_card"),
        platform("city", Tier.MUNICIPAL, "resident_id_card"),
    ]
    first, second = Scripted(province or {}), Scripted(city or {})
    book = RouteBook(platforms, {"province": first, "city": second})
    records = SqlRecords(engine)
    told: list[Outcome] = []
    rules = LineRules(retries=RetryRules(share=0.0))
    async with (
        Trail(records if writable else Unwritable()) as trail,
        Lines(Observatory(), rules) as lines,
    ):
        disclosure = Disclosure(
            TYPES,
            lambda: InForce(catalogue(catalogue_row), book),
            Router(lines, Kept(100_000, time.monotonic), lambda: NOW),
            Records(trail, Pseudonyms(b"secret")),
            5.0,
            lambda outcomes, _: told.extend(outcomes),
            lambda: NOW,
        )
        yield Stage(disclosure, records, first, second, told)
    await engine.dispose()


def lookup(
    *selected: str, operator: str = "op1", item: str = "I1", acting_for: Subject | None = None
) -> Lookup:
    purpose = Purpose(item, "case-9", operator, acting_for=acting_for)
    return Lookup("resident_id_card", PERSON, purpose, frozenset(selected) if selected else None)


async def test_what_is_selected_and_granted_is_disclosed_and_recorded(tmp_path: Path) -> None:
    """Fields granted by the row ∩ fields selected = fields disclosed = fields recorded."""
    limited = row(granted=frozenset({"name", "address"}))
    async with stage(tmp_path, limited, {PERSON.identifier: Held(VALUES)}) as on:
        (found,) = await on.disclosure.disclose(ASKING, [lookup("name", "ethnicity")], "req1")
        (record,) = await on.records.of_request("req1")

    assert isinstance(found, Found)
    assert found.disclosed == {"name": "王示例"}
    assert found.withheld == {"ethnicity"}
    assert (record.fields, record.source, record.outcome) == (("name",), "province", "found")
    assert (record.unit, record.operator, record.item, record.case) == (
        "U1",
        "op1",
        "I1",
        "case-9",
    )
    assert record.subject == pseudonym(b"secret", PERSON.identifier)
    assert (record.id, record.at, record.catalogue, record.row) == (found.record, NOW, 3, 7)


async def test_without_a_selection_every_granted_field_is_disclosed(tmp_path: Path) -> None:
    """`attributes` asks for all; the row still decides, and the rest is named as withheld."""
    limited = row(granted=frozenset({"name", "address"}))
    async with stage(tmp_path, limited, {PERSON.identifier: Held(VALUES)}) as on:
        (found,) = await on.disclosure.disclose(ASKING, [lookup()], "req1")

    assert isinstance(found, Found)
    assert found.disclosed == {"name": "王示例", "address": "示例路1号"}
    assert found.withheld == frozenset(CARD.fields) - {"name", "address"}


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (lookup(operator="stranger"), DenialRule.UNKNOWN_OPERATOR),
        (lookup(item="I2"), DenialRule.ITEM_NOT_IN_CATALOGUE),
    ],
)
async def test_a_denial_asks_nobody_and_is_recorded(
    tmp_path: Path, asked: Lookup, rule: DenialRule
) -> None:
    """A lookup that may not be answered reaches no platform, and the denial is on record."""
    async with stage(tmp_path, row(), {PERSON.identifier: Held(VALUES)}) as on:
        (denied,) = await on.disclosure.disclose(ASKING, [asked], "req1")
        (record,) = await on.records.of_request("req1")

    assert isinstance(denied, Denied)
    assert denied.rule is rule
    assert (on.province.asked, on.city.asked) == ([], [])
    assert (record.outcome, record.rule, record.fields, record.attempts) == (
        "denied",
        rule.value,
        (),
        (),
    )


async def test_silence_is_not_absence(tmp_path: Path) -> None:
    """One silent source and one that holds nothing: unavailable, never "not held"."""
    async with stage(tmp_path, row(), {PERSON.identifier: TimedOut("late")}) as on:
        (outcome,) = await on.disclosure.disclose(ASKING, [lookup()], "req1")
        (record,) = await on.records.of_request("req1")

    assert isinstance(outcome, Unavailable)
    assert outcome.silent == ("province",)
    assert [attempt["said"] for attempt in record.attempts] == ["timed_out", "not_held"]


async def test_a_lower_source_that_holds_it_is_found_with_the_silence_in_the_trail(
    tmp_path: Path,
) -> None:
    """The province is down, the city holds it: found, and the trail says why it came from there."""
    async with stage(
        tmp_path,
        row(),
        {PERSON.identifier: TimedOut("late")},
        {PERSON.identifier: Held(VALUES)},
    ) as on:
        (found,) = await on.disclosure.disclose(ASKING, [lookup()], "req1")

    assert isinstance(found, Found)
    assert [(one.source, one.reason) for one in found.trail] == [
        ("province", "late"),
        ("city", None),
    ]


async def test_not_held_says_what_is_still_possible(tmp_path: Path) -> None:
    """All answered, none holds it: verification, and commitment where the row allows it."""
    open_row = row(
        measures=(Measure.FACE, Measure.SHARING, Measure.VERIFICATION, Measure.COMMITMENT),
        commitment=True,
    )
    async with stage(tmp_path, open_row, {PERSON.identifier: WireNotHeld()}) as on:
        (outcome,) = await on.disclosure.disclose(ASKING, [lookup()], "req1")
        (by_agent,) = await on.disclosure.disclose(ASKING, [lookup(acting_for=PERSON)], "req2")

    assert isinstance(outcome, NotHeld)
    assert isinstance(by_agent, NotHeld)
    assert outcome.next == (Step.PRESENT_IN_PERSON, Step.VERIFICATION, Step.COMMITMENT)
    assert by_agent.next == (Step.VERIFICATION,)


async def test_what_is_possible_differs_for_the_applicant_and_for_others(tmp_path: Path) -> None:
    """In one call about several people, only the applicant may commit, and about itself."""
    open_row = row(measures=(Measure.SHARING, Measure.COMMITMENT), commitment=True)
    purpose = Purpose("I1", "case-9", "op1", applicant=PERSON)
    other = Subject(HolderKind.PERSON, "330203199001015679")
    async with stage(tmp_path, open_row) as on:
        outcomes = await on.disclosure.disclose(
            ASKING,
            [Lookup(CARD.name, about, purpose) for about in (PERSON, other, PERSON)],
            "req1",
        )

    steps = [one.next for one in outcomes if isinstance(one, NotHeld)]
    assert steps == [(Step.COMMITMENT,), (Step.BRING,), (Step.COMMITMENT,)]


async def test_a_row_without_a_serving_platform_is_unavailable(tmp_path: Path) -> None:
    """Where nobody could be asked, nobody said that it is not held."""
    only_desk = row(measures=(Measure.VERIFICATION,))
    async with stage(tmp_path, only_desk) as on:
        (outcome,) = await on.disclosure.disclose(ASKING, [lookup()], "req1")

    assert isinstance(outcome, Unavailable)
    assert (outcome.trail, outcome.silent, outcome.next) == ((), (), (Step.VERIFICATION,))


async def test_nothing_leaves_when_the_records_cannot_be_written(tmp_path: Path) -> None:
    """A full disk: the caller gets a retryable error and no field of the certificate."""
    async with stage(tmp_path, row(), {PERSON.identifier: Held(VALUES)}, writable=False) as on:
        with pytest.raises(RecordsUnavailable):
            await on.disclosure.disclose(ASKING, [lookup()], "req1")


async def test_the_time_of_lookups_began_with_their_request(tmp_path: Path) -> None:
    """The request came in five seconds ago, its lookups may take five: silence, on record."""
    async with stage(tmp_path, row(), {PERSON.identifier: Held(VALUES)}) as on:
        (late,) = await on.disclosure.disclose(ASKING, [lookup()], "req1", 5.0)
        (record,) = await on.records.of_request("req1")

    assert isinstance(late, Unavailable)
    assert late.silent == ("province", "city")
    assert record.outcome == "unavailable"


async def test_a_call_with_lookups_of_all_kinds_answers_each_as_alone(tmp_path: Path) -> None:
    """Several purposes, selections, times and people at once, and some that are refused."""
    other = Subject(HolderKind.PERSON, "330203199001015679")
    asked = [
        lookup("name"),
        structs.replace(lookup("name"), subject=other),
        lookup(operator="stranger"),
        structs.replace(lookup("address"), terms=Terms(within=1.0)),
        lookup("name", acting_for=other),
        structs.replace(lookup("name"), purpose=Purpose("I1", "case-8", "op1")),
        structs.replace(lookup("name"), subject=other),
    ]
    async with stage(tmp_path, row(), {PERSON.identifier: Held(VALUES)}) as on:
        together = await on.disclosure.disclose(ASKING, asked, "req1")
        alone = [
            one for each in asked for one in await on.disclosure.disclose(ASKING, [each], "req2")
        ]
        records = [await on.records.of_request(name) for name in ("req1", "req2")]

    assert [_shown(one) for one in together] == [_shown(one) for one in alone]
    assert [type(one) for one in together] == [Found, NotHeld, Denied, Found, Found, Found, NotHeld]
    first, second = ([(one.outcome, one.subject, one.case) for one in some] for some in records)
    assert sorted(first) == sorted(second)


def _shown(outcome: Outcome) -> object:
    """What does not depend on how lookups were put together."""
    match outcome:
        case Found():
            return outcome.holding.source, outcome.disclosed, outcome.withheld
        case NotHeld() | Unavailable():
            return [(one.source, one.said) for one in outcome.trail], outcome.next
        case Denied():
            return outcome.rule, outcome.article, outcome.remedy


async def test_no_lookups_are_no_outcomes(tmp_path: Path) -> None:
    """Nobody is asked, and nothing is on record."""
    async with stage(tmp_path, row()) as on:
        assert await on.disclosure.disclose(ASKING, [], "req1") == []
        assert await on.records.of_request("req1") == ()


async def test_equal_lookups_ask_once_and_leave_a_record_each(tmp_path: Path) -> None:
    """The same certificate under two selections: one upstream call, two records."""
    async with stage(tmp_path, row(), {PERSON.identifier: Held(VALUES)}) as on:
        first, second = await on.disclosure.disclose(
            ASKING, [lookup("name"), lookup("address")], "req1"
        )
        records = await on.records.of_request("req1")

    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert on.province.asked == [[PERSON.identifier]]
    assert sorted(record.fields for record in records) == [("address",), ("name",)]
    assert (first.trail[0].reused, second.trail[0].reused) == (False, True)


async def test_words_about_people_mask_themselves() -> None:
    """No repr of a lookup or outcome shows an identifier or a name."""
    shown = repr(lookup()) + repr(PERSON)

    assert PERSON.identifier not in shown
    assert "王示例" not in shown
