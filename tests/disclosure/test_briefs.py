"""What is remembered of a lookup for those after it gives nobody anything that is not theirs."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.contract import (
    PATIENCE,
    Answer,
    ConnectorError,
    Held,
    Inquiry,
    Interface,
    Told,
    untold,
)
from hub.brief import Briefs
from hub.catalogue.admission import Refusal, admit
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
from hub.china import TodayInChina, date_in_china
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
    Tier,
)
from hub.records import Pseudonyms, Records
from hub.routing.kept import Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.route import RouteBook
from hub.routing.router import Router
from hub.storage.engine import migrate, open_engine
from hub.storage.record_store import SqlRecords
from hub.trail.writer import Trail
from tests.disclosure.test_disclosure import ASKING, CARD, PERSON, TYPES, VALUES, lookup
from tests.routing.scripted import Scripted, platform

FIRM = Subject(HolderKind.ORGANISATION, "91330212MA2AAAAA1X")
MIDNIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)  # of the 24th, in China
UNITS = (Unit("U1", "示例单位", UnitKind.GOVERNMENT), Unit("U2", "另一单位", UnitKind.BANK))
ROW = CatalogueRow(
    7, "U1", "I1", CARD.name, "示例公安局", (Measure.SHARING,), frozenset(CARD.fields)
)


def edition(*rows: CatalogueRow) -> Catalogue:
    items = tuple(ServiceItem("I1", "示例事项", "公安", one.code, True, None) for one in UNITS)
    return Catalogue(
        CatalogueVersion(3, "2026", date(2026, 1, 1)), CatalogueContent(UNITS, items, rows)
    )


def served(connector: Scripted) -> RouteBook:
    return RouteBook([platform("province", Tier.PROVINCIAL, CARD.name)], {"province": connector})


@dataclass
class Dated(Scripted):
    """Also keeps the month that it was told."""

    months: list[str] = field(default_factory=list)

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        self.months += [one.facts["today.month"] for one in inquiries]
        return await super().fetch(interface, inquiries, patience, told)


@dataclass
class Stage:
    """A disclosure whose catalogue, sources and time a test may change."""

    province: Scripted = field(default_factory=lambda: Scripted({PERSON.identifier: Held(VALUES)}))
    in_force: InForce = field(init=False)
    now: datetime = MIDNIGHT
    disclosure: Disclosure = field(init=False)

    def __post_init__(self) -> None:
        self.in_force = InForce(edition(ROW), served(self.province))

    async def ask(self, asked: Lookup, requester: Requester = ASKING) -> Outcome:
        (outcome,) = await self.disclosure.disclose(requester, [asked], "req")
        return outcome


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    engine = open_engine(f"sqlite+aiosqlite:///{folder / 'hub.db'}")
    await migrate(engine)
    on = Stage()
    async with Trail(SqlRecords(engine)) as trail, Lines(Observatory()) as lines:
        on.disclosure = Disclosure(
            TYPES,
            lambda: on.in_force,
            Router(lines, Kept(1000, time.monotonic), lambda: on.now),
            Records(trail, Pseudonyms(b"secret")),
            5.0,
            lambda _outcomes, _seconds: None,
            lambda: on.now,
        )
        yield on
    await engine.dispose()


async def test_an_operator_is_judged_by_the_key_that_names_it(tmp_path: Path) -> None:
    """The same lookup, admitted a moment ago for one key of the unit, is denied to the other."""
    other = structs.replace(ASKING, key="key2", operators=frozenset({"op2"}))
    async with stage(tmp_path) as on:
        outcomes = [
            await on.ask(lookup(operator=operator), requester)
            for operator in ("op1", "op2")
            for requester in (ASKING, other, ASKING)
        ]

    kinds = [type(one) for one in outcomes]
    assert kinds == [Found, Denied, Found, Denied, Found, Denied]
    assert {one.rule for one in outcomes if isinstance(one, Denied)} == {
        DenialRule.UNKNOWN_OPERATOR
    }


async def test_a_unit_has_what_its_own_row_grants(tmp_path: Path) -> None:
    """Two units ask the same after one another: each has its own fields, and each its own rule."""
    bank = structs.replace(ASKING, key="key2", unit="U2")
    few = replace(ROW, number=8, unit="U2", granted=frozenset({"name"}))
    async with stage(tmp_path) as on:
        first = await on.ask(lookup("name", "address"))
        denied = await on.ask(lookup("name", "address"), bank)
        on.in_force = InForce(edition(ROW, few), on.in_force.sources)
        second = await on.ask(lookup("name", "address"), bank)

    assert isinstance(first, Found)
    assert isinstance(denied, Denied)
    assert denied.rule is DenialRule.CERTIFICATE_NOT_IN_CATALOGUE
    assert isinstance(second, Found)
    assert (set(first.disclosed), set(second.disclosed)) == ({"name", "address"}, {"name"})
    assert second.withheld == {"address"}


async def test_whom_it_is_about_is_judged_each_time(tmp_path: Path) -> None:
    """A firm has no resident identity card, also where one was just asked for a person."""
    async with stage(tmp_path) as on:
        found = await on.ask(lookup())
        denied = await on.ask(structs.replace(lookup(), subject=FIRM))

    assert isinstance(found, Found)
    assert isinstance(denied, Denied)
    assert denied.rule is DenialRule.WRONG_HOLDER_KIND


async def test_a_new_edition_and_new_sources_are_in_force_at_once(tmp_path: Path) -> None:
    """What was granted before is withheld after, who was asked before is not asked any more."""
    async with stage(tmp_path) as on:
        before = await on.ask(lookup("name", "address"))
        limited = replace(ROW, granted=frozenset({"name"}))
        on.in_force = InForce(edition(limited), on.in_force.sources)
        after = await on.ask(lookup("name", "address"))
        new = Scripted({PERSON.identifier: Held({"name": "王二"})})
        on.in_force = InForce(on.in_force.catalogue, served(new))
        elsewhere = await on.ask(lookup("name", "address"))
        on.in_force = InForce(edition(), on.in_force.sources)
        gone = await on.ask(lookup("name", "address"))

    assert isinstance(before, Found)
    assert isinstance(after, Found)
    assert isinstance(elsewhere, Found)
    assert not before.withheld
    assert after.withheld == {"address"}
    assert elsewhere.disclosed == {"name": "王二"}
    assert isinstance(gone, Denied)
    assert (len(on.province.asked), len(new.asked)) == (2, 1)


async def test_what_is_possible_is_told_for_each_purpose(tmp_path: Path) -> None:
    """For oneself, by an agent and for another, one request after the other and back again."""
    open_row = replace(
        ROW, measures=(Measure.FACE, Measure.SHARING, Measure.COMMITMENT), commitment_allowed=True
    )
    other = Subject(HolderKind.PERSON, "330203199001015679")
    own = Purpose("I1", "case-9", "op1")
    purposes = (own, structs.replace(own, acting_for=other), structs.replace(own, applicant=other))
    async with stage(tmp_path) as on:
        on.in_force = InForce(edition(open_row), served(Scripted()))
        outcomes = [
            await on.ask(Lookup(CARD.name, PERSON, one)) for one in (*purposes, *reversed(purposes))
        ]

    steps = [one.next for one in outcomes if isinstance(one, NotHeld)]
    alone = [
        (Step.PRESENT_IN_PERSON, Step.COMMITMENT),
        (Step.BRING,),
        (Step.PRESENT_IN_PERSON,),
    ]
    assert steps == [*alone, *reversed(alone)]


async def test_the_day_that_platforms_are_told_is_today(tmp_path: Path) -> None:
    """Before and after midnight in China at the end of a month."""
    last, first = (
        datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 30, 16, tzinfo=UTC),
    )
    province = Dated()
    async with stage(tmp_path) as on:
        on.in_force = InForce(edition(ROW), served(province))
        for now in (last, last, first):
            on.now = now
            await on.ask(lookup())

    assert province.months == ["11", "11", "12"]


purposes = st.builds(Purpose, st.sampled_from(["I1", "I2"]), st.just("c"), st.sampled_from("ab"))
lookups = st.builds(
    Lookup,
    st.just(CARD.name),
    st.sampled_from([PERSON, FIRM]),
    purposes,
    st.sampled_from([None, frozenset({"name"}), frozenset[str]()]),
)
requesters = st.builds(
    Requester,
    st.just("k"),
    st.sampled_from(["U1", "U2", "U3"]),
    st.frozensets(st.sampled_from("ab")),
)


@given(st.lists(st.tuples(requesters, lookups), max_size=30))
def test_who_is_admitted_does_not_depend_on_who_asked_before(
    asked: list[tuple[Requester, Lookup]],
) -> None:
    """Each verdict is the one that admission gives by itself."""
    catalogue = edition(ROW)
    briefs = Briefs(TYPES, catalogue, served(Scripted()), date(2026, 11, 23))

    for requester, one in asked:
        verdict = admit(catalogue, requester, one, CARD.holders)
        brief = briefs.of(requester, one)
        if isinstance(verdict, Refusal):
            assert brief == verdict
        else:
            assert not isinstance(brief, Refusal)
            assert brief.row is verdict.row


def test_so_many_are_remembered_and_no_more() -> None:
    """Whoever selects ever something else makes the hub forget, not grow."""
    briefs = Briefs(TYPES, edition(ROW), served(Scripted()), date(2026, 11, 23))

    for number in range(5000):
        briefs.of(ASKING, lookup(f"x{number}"))
        assert len(briefs) <= 4096

    assert len(briefs) == 5000 - 4096


@given(st.lists(st.timedeltas(timedelta(days=-3), timedelta(days=3))))
def test_today_is_the_date_in_china_whatever_the_clock_does(steps: list[timedelta]) -> None:
    """Forward, backward and over midnight."""
    today, now = TodayInChina(), MIDNIGHT

    for step in steps:
        now += step
        assert today.of(now) == date_in_china(now)
