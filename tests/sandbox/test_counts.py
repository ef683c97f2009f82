"""Counting is exact: every call, subject, batch and renewal, once."""

import asyncio

import aiohttp

from hub.sandbox.counts import Counts
from hub.sandbox.dials import Dials
from hub.sandbox.sandbox import Sandbox
from tests.sandbox.asking import ask, connected, inquiry

NOTHING = {
    "calls": {},
    "subjects": {},
    "batches": {},
    "renewals": {},
    "refused": 0,
    "total": 0,
    "asked": 0,
}


async def test_two_hundred_callers_are_counted_one_by_one(sandbox: Sandbox) -> None:
    """200 people asked at once of one gateway: 200 calls, 200 subjects, one handshake."""
    people = [sandbox.population.person(number) for number in range(200)]

    await ask(sandbox, "province", "marriage_registration", *people)

    assert sandbox.platform("province").counts == Counts(
        calls={"marriage_registration": 200},
        subjects={"marriage_registration": 200},
        renewals={"by_key": 1},
    )


async def test_batches_are_counted_by_size(sandbox: Sandbox) -> None:
    """250 subjects: three calls of the proof lookup, of 100, 100 and 50."""
    people = [sandbox.population.person(number) for number in range(250)]

    await ask(sandbox, "verification", "kinship_proof", *people)

    counts = sandbox.platform("verification").counts
    assert counts.calls == {"proofs/lookup": 3}
    assert counts.batches == {100: 2, 50: 1}
    assert (counts.total, counts.asked) == (3, 250)


async def test_platforms_count_for_themselves(sandbox: Sandbox) -> None:
    """A call to one platform is no call to another."""
    person = sandbox.population.person(0)

    await ask(sandbox, "municipality", "marriage_registration", person)

    totals = {name: sandbox.platform(name).counts.total for name in sandbox.urls}
    assert totals == dict.fromkeys(sandbox.urls, 0) | {"municipality": 1}


async def test_a_call_that_fails_is_counted_too(sandbox: Sandbox) -> None:
    """Called is called, answered or not; nobody was asked about, as the platform failed first."""
    sandbox.platform("municipal_integrated").turn(Dials(error_rate=1.0))
    person = sandbox.population.person(0)

    await ask(sandbox, "municipal_integrated", "vaccination_record", person)

    counts = sandbox.platform("municipal_integrated").counts
    assert (counts.calls, counts.asked) == ({"vaccination_record": 1}, 0)


async def test_a_call_in_an_outage_is_counted(sandbox: Sandbox) -> None:
    """The call came, though its line broke."""
    person = sandbox.population.person(0)
    interface = sandbox.platforms["province"].interfaces["marriage_registration"]
    async with connected(sandbox, "province") as connector:
        await connector.probe()
        sandbox.platform("province").turn(Dials(outage=True))
        await connector.fetch(interface, [inquiry(person)])

    counts = sandbox.platform("province").counts
    assert (counts.total, counts.asked, counts.renewals) == (1, 0, {"by_key": 1})


async def test_probes_ask_about_nobody(sandbox: Sandbox) -> None:
    """A probe of any platform is no data call."""
    for name in sandbox.urls:
        async with connected(sandbox, name) as connector:
            assert (await connector.probe()).reachable
        assert sandbox.platform(name).counts.total == 0


async def test_counts_are_read_and_reset_over_http(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    """GET shows the counts, DELETE begins at nothing."""
    people = [sandbox.population.person(number) for number in range(3)]
    await asyncio.gather(ask(sandbox, "verification", "kinship_proof", *people))
    url = f"{sandbox.urls['verification']}/sandbox/counts"

    async with http.get(url) as response:
        counted = await response.json()
    async with http.delete(url) as response:
        reset = await response.json()
    async with http.get(url) as response:
        after = await response.json()

    assert counted == NOTHING | {
        "calls": {"proofs/lookup": 1},
        "subjects": {"kinship_proof": 3},
        "batches": {"3": 1},
        "total": 1,
        "asked": 3,
    }
    assert reset == after == NOTHING
