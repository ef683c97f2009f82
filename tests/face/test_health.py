"""What operators ask: alive, ready, and the figures; nobody is named in any of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from hub.sandbox.dials import Dials, Latency
from tests.face.asking import ONE, given_person, one
from tests.stack import PURPOSE, Stack, open_stack

pytestmark = pytest.mark.asyncio(loop_scope="module")

Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("stack")) as up:
        yield up


async def figures(stack: Stack) -> Figures:
    async with stack.session.get(f"{stack.url}/metrics") as reply:
        assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await reply.text()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def grown(before: Figures, after: Figures, name: str, **labels: str) -> float:
    key = name, tuple(sorted(labels.items()))
    return after.get(key, 0.0) - before.get(key, 0.0)


async def test_a_hub_that_answers_is_alive(stack: Stack) -> None:
    """/health/live says so, without a key."""
    async with stack.session.get(f"{stack.url}/health/live") as reply:
        assert (reply.status, await reply.json()) == (200, {"live": True})


async def test_a_hub_that_can_record_and_route_is_ready(stack: Stack) -> None:
    """/health/ready says so, and is not to be kept."""
    async with stack.session.get(f"{stack.url}/health/ready") as reply:
        assert reply.headers["Cache-Control"] == "no-store"
        assert (reply.status, await reply.json()) == (200, {"ready": True, "trouble": []})


async def test_a_lookup_is_counted_by_outcome_tier_and_source(stack: Stack) -> None:
    """One lookup that the province does not hold and the municipality does."""
    someone = stack.sandbox.examples.held_only_at("household_register", "municipality")
    before = await figures(stack)

    outcome = await one(stack, given_person(someone), "household_register")
    after = await figures(stack)

    assert outcome["__typename"] == "Found"
    assert grown(before, after, "certhub_lookups_total", outcome="Found") == 1
    found = {"tier": "municipal", "source": "municipality"}
    assert grown(before, after, "certhub_found_total", **found) == 1
    for source, said in (("province", "not_held"), ("municipality", "held")):
        assert grown(before, after, "certhub_replies_total", source=source, said=said) == 1
        assert grown(before, after, "certhub_batch_questions_sum", source=source) == 1
        assert grown(before, after, "certhub_reply_seconds_count", source=source) == 1
    assert grown(before, after, "certhub_records_total") == 1
    assert grown(before, after, "certhub_record_commit_seconds_count") == 1
    assert grown(before, after, "certhub_disclosure_seconds_count") == 1


async def test_a_source_that_fails_shows_in_its_breaker(stack: Stack) -> None:
    """After five failures the province's interface is open, and its questions rest."""
    nobody = stack.sandbox.examples.held_nowhere("driving_licence")
    province = stack.sandbox.platform("province")
    line = {"source": "province", "interface": "driving_licence"}
    before = await figures(stack)
    province.turn(Dials(outage=True))
    try:
        for _ in range(4):
            outcome = await one(stack, given_person(nobody), "driving_licence")
    finally:
        province.turn(Dials())
    after = await figures(stack)

    assert outcome["trail"][0]["said"] == "RESTING"
    assert outcome["trail"][0]["reason"].startswith("not asked, as it did not answer of late")
    (state,) = [
        value
        for (name, labels), value in after.items()
        if name == "certhub_breaker_state" and dict(labels)["interface"].endswith("driving_licence")
        if dict(labels)["source"] == "province"
    ]
    assert state == 2, line
    assert grown(before, after, "certhub_lookups_total", outcome="Unavailable") == 4


async def test_equal_questions_of_two_callers_are_counted_as_joined(stack: Stack) -> None:
    """Two requests at the same time ask the province once, and each has its own record."""
    someone = stack.sandbox.examples.held_only_at("resident_id_card", "province")
    province = stack.sandbox.platform("province")
    before, calls = await figures(stack), province.counts.total
    province.turn(Dials(latency=Latency(ms=200)))
    try:
        first, second = await asyncio.gather(*(one(stack, given_person(someone)) for _ in range(2)))
    finally:
        province.turn(Dials())
    after = await figures(stack)

    assert province.counts.total - calls == 1
    assert first["record"] != second["record"]
    assert grown(before, after, "certhub_coalesced_total", source="province") == 1
    assert grown(before, after, "certhub_records_total") == 2


async def test_no_figure_names_a_person_a_unit_or_a_case(stack: Stack) -> None:
    """Labels hold sources, interfaces, tiers, outcomes and statuses only."""
    someone = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
    await one(stack, given_person(someone))

    async with stack.session.get(f"{stack.url}/metrics") as reply:
        text = await reply.text()

    for private in (someone.identifier, someone.name, *PURPOSE.values()):
        assert private not in text


async def test_with_a_lost_database_a_hub_is_not_ready(
    tmp_path: Path,
) -> None:
    """503, and what to do; it is ready again by itself once the database is back."""
    async with open_stack(tmp_path) as up:
        file = tmp_path / "data" / "certhub.db"
        hidden = file.with_suffix(".hidden")
        file.rename(hidden)
        async with up.session.get(f"{up.url}/health/ready") as reply:
            lost = reply.status, await reply.json()
        hidden.rename(file)
        await asyncio.sleep(1.1)
        async with up.session.get(f"{up.url}/health/ready") as reply:
            back = reply.status

    assert lost[0] == 503
    assert lost[1]["ready"] is False
    assert "the database takes no write" in lost[1]["trouble"][0]
    assert "certhub doctor" in lost[1]["trouble"][0]
    assert back == 200


async def test_a_denial_is_counted_and_asks_nobody(stack: Stack) -> None:
    """A refused lookup is counted as denied, and no source is asked."""
    someone = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
    before = await figures(stack)

    answer = await stack.ask(
        ONE,
        type="resident_id_card",
        subject=given_person(someone),
        purpose={**PURPOSE, "operator": "stranger"},
    )
    after = await figures(stack)

    assert answer["certificate"]["__typename"] == "Denied"
    assert grown(before, after, "certhub_lookups_total", outcome="Denied") == 1
    sent = [key for key in after if key[0] == "certhub_batch_questions_count"]
    assert [key for key in sent if after[key] != before.get(key, 0.0)] == []


async def test_the_state_of_an_interface_is_seen_in_sources(stack: Stack) -> None:
    """`sources` names the interfaces that were asked, and says which of them rests."""
    nobody = stack.sandbox.examples.held_nowhere("residence_permit")
    province = stack.sandbox.platform("province")
    province.turn(Dials(outage=True))
    try:
        for _ in range(4):
            await one(stack, given_person(nobody), "residence_permit")
    finally:
        province.turn(Dials())

    data = await stack.ask("{ sources { name interfaces { certificateType state inFlight } } }")

    (seen,) = [one for one in data["sources"] if one["name"] == "province"]
    states = {one["certificateType"]: (one["state"], one["inFlight"]) for one in seen["interfaces"]}
    assert states["residence_permit"] == ("OPEN", 0)


async def test_the_process_tells_its_memory_and_its_tasks(stack: Stack) -> None:
    """Bytes of memory, open descriptors, tasks of the loop."""
    seen = await figures(stack)

    assert seen["process_resident_memory_bytes", ()] > 20_000_000
    assert seen["process_open_fds", ()] > 5
    assert seen["certhub_tasks", ()] >= 1
