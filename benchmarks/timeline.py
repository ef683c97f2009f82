"""Latency over time while the first gateway hangs: an open loop of those who need it and those who don't."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import cycle
from time import perf_counter

from benchmarks.certhub import body
from benchmarks.contenders import Form, Way
from benchmarks.crowd import Answered, Crowd
from benchmarks.launching import Server
from benchmarks.measuring import Room
from benchmarks.mixture import Mixed
from benchmarks.results import Moment, OutageTold, percentile
from benchmarks.scenarios import ONE, SOURCES

NEEDING, HEALTHY = "needing", "healthy"
_RATE = 200.0
"""Requests in a second of each kind: far below what the hub can carry."""
_SLICE = 0.25
"""Seconds of a moment."""
_SHARES = (0.25, 0.60)
"""Of the time: when the gateway falls and when it heals."""


async def outage(room: Room, server: Server, key: str, seconds: float) -> OutageTold:
    """The whole timeline; the gateway is healed at its end, whatever happens."""
    fell, healed = (share * seconds for share in _SHARES)
    platform, crowd = SOURCES[Way.GATEWAY][0], Crowd(server.url, key)
    await room.platforms.turn_all({})
    began = perf_counter()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(crowd.come(NEEDING, _supply(room, Way.GATEWAY), _RATE, seconds))
            group.create_task(crowd.come(HEALTHY, _supply(room, Way.BATCH), _RATE, seconds))
            await asyncio.sleep(fell)
            await room.platforms.turn(platform, {"hang_rate": 1.0})
            await asyncio.sleep(healed - fell)
            await room.platforms.turn(platform, {})
    finally:
        await room.platforms.turn(platform, {})
        crowd.leave()
    return told(crowd.answers, began, seconds, fell, healed)


def told(
    answers: Sequence[Answered], began: float, seconds: float, fell: float, healed: float
) -> OutageTold:
    """The answers by the moment in which they were due."""
    return OutageTold(
        scenario="one lookup, gateway and batch, 0 ms",
        seconds=seconds,
        fell=fell,
        healed=healed,
        offered=2 * _RATE,
        needing=tuple(_moments(answers, NEEDING, began, seconds)),
        healthy=tuple(_moments(answers, HEALTHY, began, seconds)),
    )


def _moments(
    answers: Sequence[Answered], kind: str, began: float, seconds: float
) -> Iterator[Moment]:
    for number in range(max(round(seconds / _SLICE), 1)):
        since = began + number * _SLICE
        here = [one for one in answers if one.kind == kind and since <= one.due < since + _SLICE]
        took = [one.ms for one in here]
        yield Moment(
            at=(number + 0.5) * _SLICE,
            requests=len(here),
            found=sum(one.outcomes.get("Found", 0) for one in here),
            unavailable=sum(one.outcomes.get("Found", 0) == 0 for one in here),
            p50_ms=percentile(took, 0.5) if took else None,
            p99_ms=percentile(took, 0.99) if took else None,
        )


def _supply(room: Room, way: Way) -> Iterator[Mixed]:
    asked = room.supplies.people(ONE, way)
    return cycle([Mixed(body(Form.ONE, way, one), 1) for one in asked])
