"""The lines to all sources, and the work they do."""

import asyncio
import random
from collections.abc import Callable, Container, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import Self

from connectors.contract import Inquiry
from hub.routing.breaker import Breaker, BreakerState
from hub.routing.gate import Gate
from hub.routing.line import Line
from hub.routing.route import Source
from hub.routing.rules import LineRules, Watch
from hub.routing.sending import Flight
from hub.tracing import UNTRACED, Tracing


@dataclass(frozen=True, slots=True)
class LineState:
    """How the line to one interface of one platform is now."""

    platform: str
    interface: str
    state: BreakerState
    in_flight: int


class Lines:
    """One line for each interface, kept through reloads; while this is open, they may be asked.

    In the end what is still under way is cut off, and so is what is asked afterwards.
    """

    def __init__(
        self,
        watch: Watch,
        rules: LineRules | None = None,
        moment: Callable[[], datetime] = lambda: datetime.now(UTC),
        tracing: Tracing = UNTRACED,
    ) -> None:
        self._watch = watch
        self._tracing = tracing
        self._moment = moment
        self._rules = rules or LineRules()
        self._lines: dict[tuple[str, str], Line] = {}
        self._platforms: dict[str, Breaker] = {}
        self._works: set[asyncio.Task[None]] = set()
        self._ended = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended = True
        works = list(self._works)
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)

    def __iter__(self) -> Iterator[LineState]:
        for (platform, interface), line in self._lines.items():
            yield LineState(platform, interface, line.state(), line.in_flight)

    def among(self, served: Container[tuple[str, str]]) -> list[LineState]:
        """The states of lines to those platforms and interfaces; a reload may have taken others away."""
        return [one for one in self if (one.platform, one.interface) in served]

    def send(self, source: Source, inquiries: Sequence[Inquiry], patience: float) -> list[Flight]:
        """See `Line.send`."""
        return self.of(source).send(source, inquiries, patience)

    def of(self, source: Source) -> Line:
        """The line to a source."""
        name = source.name, source.interface.name
        line = self._lines.get(name)
        if line is None:
            line = Line(
                self._rules,
                self._gate(*name),
                self._own,
                self._watch,
                monotonic,  # uvloop tells milliseconds only, and those of the last turn
                self._moment,
                tracing=self._tracing,
            )
            self._lines[name] = line
        return line

    def _gate(self, platform: str, interface: str) -> Gate:
        whole = self._platforms.get(platform)
        if whole is None:
            whole = self._platforms[platform] = Breaker(self._rules.platform, random.random)
        return Gate(interface, Breaker(self._rules.breaker, random.random), whole)

    def _own(self, work: Coroutine[object, None, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._works.add(task)
        task.add_done_callback(self._works.discard)
        if self._ended:
            task.cancel()
        return task
