"""Asking one by one: how many tasks it takes."""

import asyncio
from dataclasses import dataclass, field

from connectors.asking import OneByOne
from connectors.clocks import ServerClock
from connectors.contract import Endpoint, Health, Held, Inquiry, Interface
from connectors.decoding import Json
from tests.connectors.gateway_world import INTERFACE
from tests.connectors.people import inquiry, resident_id


@dataclass
class Noting:
    """A platform that holds everything, and notes who asks it."""

    clock: ServerClock = field(default_factory=ServerClock)
    tasks: list[asyncio.Task[object] | None] = field(default_factory=list)

    async def ask(self, _: Interface, asked: Inquiry, by: float) -> Json:
        self.tasks.append(asyncio.current_task())
        await asyncio.sleep(0)
        return {"datas": {"XM": asked.facts["subject.id"]}}

    async def health(self) -> Health:
        return Health(True, True, 0.0, "up")


async def test_one_question_needs_no_task() -> None:
    """One question, however often it is asked, is asked by whoever asks."""
    platform = Noting()
    connector = OneByOne(Endpoint("city", "http://h", {}), platform, coded=True)

    answers = await connector.fetch(INTERFACE, [inquiry(resident_id(1))] * 3)

    assert answers == [Held({"name": resident_id(1)})] * 3
    assert platform.tasks == [asyncio.current_task()]


async def test_no_more_tasks_than_slots() -> None:
    """Many questions are asked side by side by as many tasks as there are slots, each told once."""
    platform, told = Noting(), []
    connector = OneByOne(Endpoint("city", "http://h", {}, concurrency=3), platform, coded=True)
    people = [resident_id(serial) for serial in range(10)]

    answers = await connector.fetch(
        INTERFACE, [inquiry(one) for one in people], told=lambda place, _: told.append(place)
    )

    assert answers == [Held({"name": one}) for one in people]
    assert sorted(told) == list(range(10))
    assert len(platform.tasks) == 10
    assert len(set(platform.tasks)) == 3
