"""A platform at two addresses, seen from outside: answers, `sources` and `/metrics`."""

from pathlib import Path
from typing import Any

from hub.sandbox.dials import Dials
from tests.face.asking import MANY, given_person
from tests.stack import PURPOSE, Stack, open_stack

SEEN = "{ sources { name addresses addressesPassedOver hedged } }"


async def asked(stack: Stack, first: int, end: int) -> list[Any]:
    """The outcomes of lookups of the people from one number to another."""
    people = [stack.sandbox.population.person(number) for number in range(first, end)]
    lookups = [{"type": "resident_id_card", "subject": given_person(one)} for one in people]
    data = await stack.ask(MANY, lookups=lookups, purpose=PURPOSE)
    outcomes: list[Any] = data["certificates"]
    return outcomes


async def figures(stack: Stack) -> dict[str, float]:
    """What is told of the province's addresses."""
    async with stack.session.get(f"{stack.url}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    wanted = "certhub_hedged_total", "certhub_failed_over_total", "certhub_addresses_passed_over"
    told = (line.split('{source="province"} ') for line in lines if not line.startswith("#"))
    return {name: float(value) for name, *values in told for value in values if name in wanted}


async def test_an_address_that_hangs_is_seen_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    """All are answered as before, the address is passed over, and the two faces tell the same."""
    async with open_stack(tmp_path, twice=("province",)) as up:
        for number in range(0, 200, 10):
            await asked(up, number, number + 10)
        before, (healthy, *others) = await figures(up), (await up.ask(SEEN))["sources"]
        up.sandbox.platform("province").turn(Dials(hang_rate=1.0))
        outcomes = [
            one for number in range(200, 210) for one in await asked(up, number, number + 1)
        ]
        after, (seen, *_) = await figures(up), (await up.ask(SEEN))["sources"]
        up.sandbox.platform("province").turn(Dials())
        again = [one for number in range(200, 210) for one in await asked(up, number, number + 1)]

    assert [one["__typename"] for one in outcomes] == [one["__typename"] for one in again]
    assert not [one for one in outcomes if one["__typename"] == "Unavailable"]
    assert (healthy["name"], healthy["addresses"], seen["addresses"]) == ("province", 2, 2)
    assert {one["addresses"] for one in others} == {1}
    assert seen["addressesPassedOver"] == after["certhub_addresses_passed_over"] == 1
    assert seen["hedged"] == after["certhub_hedged_total"]
    assert before["certhub_hedged_total"] + 3 <= after["certhub_hedged_total"] <= 10
    assert after["certhub_failed_over_total"] == 0
