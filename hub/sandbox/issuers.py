"""The sandbox's issuers: they answer what is asked of them by themselves, through the desk's calls."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from random import Random

import structlog

from connectors.assisted import AssistedVerification
from connectors.assisted_words import Change, RequestView, StepRejected
from connectors.contract import ConnectorError
from hub.sandbox.issuer_dials import IssuerDials
from hub.sandbox.issuer_findings import Registers
from hub.sandbox.issuer_steps import NextStep, next_step
from hub.sandbox.issuing_units import IssuingUnit

WAIT = 25.0
"""Seconds that one call waits for changes."""
AFTER_TROUBLE = 1.0
MOST_AT_ONCE = 8

_log = structlog.get_logger("certhub.sandbox.issuers")


class Issuers:
    """Everybody who works at the issuing units, as long as `run` runs."""

    def __init__(
        self, desk: AssistedVerification, units: Sequence[IssuingUnit], registers: Registers
    ) -> None:
        self._desk = desk
        self._units: Mapping[str, IssuingUnit] = {unit.code: unit for unit in units}
        self._registers = registers
        self._dials = IssuerDials()
        self._dice = Random(str(registers.archive.population.seed))
        self._hands = asyncio.Semaphore(MOST_AT_ONCE)
        self._waiting: dict[str, str] = {}  # unit by request that there is news of
        self._attended: set[str] = set()
        self._turned = asyncio.Event()

    @property
    def dials(self) -> IssuerDials:
        """The dials in force."""
        return self._dials

    @property
    def units(self) -> frozenset[str]:
        """The codes of the units."""
        return frozenset(self._units)

    def turn(self, dials: IssuerDials) -> None:
        """Set all dials at once; whoever worked by hand may begin to work by themselves."""
        self._dials = dials
        self._turned.set()

    async def run(self) -> None:
        """Work for ever: first on what lies there, then on what comes."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._for_ever(self._follow, tasks), name="issuers' news")
            tasks.create_task(self._for_ever(self._look_around, tasks), name="issuers' inboxes")

    async def _for_ever(
        self, work: Callable[[asyncio.TaskGroup], Awaitable[None]], tasks: asyncio.TaskGroup
    ) -> None:
        while True:
            try:
                await work(tasks)
            except ConnectorError as trouble:
                _log.warning("issuers wait", trouble=type(trouble).__name__)
                await asyncio.sleep(AFTER_TROUBLE)

    async def _follow(self, tasks: asyncio.TaskGroup) -> None:
        last = (await self._desk.changes(None, 0)).last
        self._turned.set()  # what came before is found by looking around
        while True:
            news = await self._desk.changes(last, WAIT)
            last = news.last
            for change in news.changes:
                self._attend(tasks, change)

    async def _look_around(self, tasks: asyncio.TaskGroup) -> None:
        await self._turned.wait()
        self._turned.clear()
        await self._sweep(tasks)

    async def _sweep(self, tasks: asyncio.TaskGroup) -> None:
        """Attend to all that lies with the units."""
        for unit in self._units:
            after: str | None = None
            while True:
                page = await self._desk.inbox(unit, after)
                for request in page.requests:
                    self._look(tasks, request.id, unit)
                if (after := page.next) is None:
                    break

    def _attend(self, tasks: asyncio.TaskGroup, change: Change) -> None:
        if change.holder in self._units:
            self._look(tasks, change.request, change.holder)

    def _look(self, tasks: asyncio.TaskGroup, request: str, unit: str) -> None:
        if unit in self._dials.by_hand:
            return
        self._waiting[request] = unit
        if request not in self._attended:
            self._attended.add(request)
            tasks.create_task(self._work(request), name="issuer at work")

    async def _work(self, request: str) -> None:
        """Take steps until it is somebody else's turn; news that came meanwhile are looked at."""
        try:
            async with self._hands:
                while (unit := self._waiting.pop(request, None)) is not None:
                    await self._steps(request, self._units[unit])
        except ConnectorError as trouble:
            _log.warning("an issuer could not work", trouble=type(trouble).__name__)
            await asyncio.sleep(AFTER_TROUBLE)
            self._turned.set()
        finally:
            self._attended.discard(request)

    async def _steps(self, request: str, unit: IssuingUnit) -> None:
        seen = await self._desk.request(request, unit.code)
        while seen is not None:
            step = next_step(seen, unit, self._registers, self._dials)
            if step is None:
                return
            await asyncio.sleep(self._dials.delay.seconds(self._dice))
            seen = await self._taken(request, step)

    async def _taken(self, request: str, step: NextStep) -> RequestView | None:
        for officer in step.by:
            key = secrets.token_hex(12)
            taken = await self._desk.step(request, step.name, officer, step.parts, key)
            if not isinstance(taken, StepRejected):
                return taken
            _log.info("a step was not taken", step=step.name, reason=taken.reason)
        return None


@asynccontextmanager
async def at_work(issuers: Issuers) -> AsyncIterator[None]:
    """The issuers work as long as this is open; a step that was begun is finished or not begun."""
    working = asyncio.create_task(issuers.run(), name="sandbox issuers")
    try:
        yield
    finally:
        working.cancel()
        await asyncio.wait([working])
