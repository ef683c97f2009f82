"""The line to one source: equal questions in flight are one call, a failing source is left to rest."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from connectors.asking import sameness
from connectors.contract import (
    Answer,
    ConnectorError,
    Crowded,
    Held,
    Inquiry,
    Interface,
    NotHeld,
    QuotaSpent,
    TimedOut,
    Unreachable,
)
from hub.china import CHINA
from hub.declarations.maintenance import resting_until
from hub.routing.breaker import BreakerRules, BreakerState
from hub.routing.gate import Gate
from hub.routing.pace import Pace, PaceRules
from hub.routing.retries import RetryBudget, RetryRules
from hub.routing.route import Source
from hub.tracing import UNTRACED, Call, Tracing

_TOGETHER = "batch"
"""The style of interfaces that take many questions in one call."""

Reply = Answer | ConnectorError
Fresh = dict[Hashable, Inquiry]
"""Questions that nobody has asked yet, by what makes them equal."""
Flights = dict[Hashable, "asyncio.Future[Reply]"]
Own = Callable[[Coroutine[object, None, None]], "asyncio.Task[None]"]


class Watch(Protocol):
    """Sees what goes over the lines."""

    def sent(self, source: Source, questions: int) -> None:
        """So many questions were sent together."""
        ...

    def joined(self, source: Source) -> None:
        """A question joined an equal one that was on its way."""
        ...

    def heard(self, source: Source, seconds: float, reply: Reply) -> None:
        """A question was replied to."""
        ...


class Resting(ConnectorError):
    """The source was not asked: it rests for `seconds` more."""

    def __init__(self, text: str, seconds: float = 0.0) -> None:
        super().__init__(text)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class LineRules:
    """How a line deals with its source; `quota_rest` is in seconds.

    A platform rests as a whole where it is silent at three of its interfaces at once.
    """

    breaker: BreakerRules = field(default_factory=BreakerRules)
    platform: BreakerRules = field(default_factory=lambda: BreakerRules(different=3))
    retries: RetryRules = field(default_factory=RetryRules)
    pace: PaceRules = field(default_factory=PaceRules)
    quota_rest: float = 60.0


@dataclass(frozen=True, slots=True)
class Flight:
    """A question on its way; `joined` where another asker had sent it.

    Wait for its reply with `asyncio.wait`: to cancel it would take it from all who wait.
    """

    reply: "asyncio.Future[Reply]"
    joined: bool


class Line:
    """Asks one interface of one platform; lives as long as the process, whoever asks.

    What was asked is heard to its end, also when nobody waits for it any more: `own` keeps the work.
    """

    def __init__(
        self,
        rules: LineRules,
        gate: Gate,
        own: Own,
        watch: Watch,
        clock: Callable[[], float],
        moment: Callable[[], datetime],
        draw: Callable[[], float] = random.random,
        tracing: Tracing = UNTRACED,
    ) -> None:
        self._gate = gate
        self.pace = Pace(rules.pace)
        self._retries = RetryBudget(rules.retries, draw)
        self._quota_rest = rules.quota_rest
        self._quota_spent_until = 0.0
        self._own = own
        self._watch = watch
        self._clock = clock
        self._moment = moment
        self._tracing = tracing
        self._flights: Flights = {}

    @property
    def in_flight(self) -> int:
        """How many questions are on their way."""
        return len(self._flights)

    def state(self) -> BreakerState:
        """Whether the source may be asked now."""
        spent = self._clock() < self._quota_spent_until
        return BreakerState.OPEN if spent else self._gate.state(self._clock())

    def send(self, source: Source, inquiries: Sequence[Inquiry], patience: float) -> list[Flight]:
        """Each question on its way, in order; one that equals another in flight joins it.

        `patience` bounds how long it may wait for its turn, in seconds.
        """
        flights = []
        fresh: Fresh = {}
        for inquiry in inquiries:
            key = (source, sameness(inquiry))
            reply = self._flights.get(key)
            flights.append(Flight(reply or self._begin(key), joined=reply is not None))
            if reply is None:
                fresh[key] = inquiry
            else:
                self._watch.joined(source)
                self._tracing.joined(reply)
        if admitted := self._admitted(source, fresh):
            begun = {key: self._flights[key] for key in admitted}
            call = self._tracing.call(source.name, source.interface.name, begun.values())
            with call:
                asking = self._own(self._ask(source, admitted, patience))
            asking.add_done_callback(partial(self._ended, begun, call))
        return flights

    def _begin(self, key: Hashable) -> "asyncio.Future[Reply]":
        reply = asyncio.get_running_loop().create_future()
        self._flights[key] = reply
        return reply

    def _admitted(self, source: Source, fresh: Fresh) -> Fresh:
        """Those that may be asked now; the others hear at once that the source rests."""
        now, moment = self._clock(), self._moment()
        if ends := resting_until(source.platform.maintenance, moment):
            why = f"it is in maintenance until {ends.astimezone(CHINA):%Y-%m-%d %H:%M} in China"
            return self._rest(fresh, why, (ends - moment).total_seconds())
        if now < self._quota_spent_until:
            return self._rest(fresh, "its quota is spent", self._quota_spent_until - now)
        count = self._gate.admits(len(fresh), now)
        if count == len(fresh):
            return fresh
        keys = list(fresh)
        left = {key: fresh[key] for key in keys[count:]}
        self._rest(left, "it did not answer of late", self._gate.rests(now))
        return {key: fresh[key] for key in keys[:count]}

    def _rest(self, fresh: Fresh, why: str, seconds: float) -> Fresh:
        text = f"not asked, as {why}; it may be asked again in {max(seconds, 1):.0f} s"
        for key in fresh:
            self._settle(key, Resting(text, seconds))
        return {}

    async def _ask(self, source: Source, asked: Fresh, patience: float) -> None:
        self._retries.call(len(asked))
        if lost := await self._round(source, asked, patience, self._retries):
            await asyncio.sleep(self._retries.pause())
            await self._round(source, lost, patience, None)

    async def _round(
        self, source: Source, asked: Fresh, patience: float, retries: RetryBudget | None
    ) -> Fresh:
        """Ask once; gives back those that got no connection and may be asked again."""
        keys, began = list(asked), self._clock()
        lost: Fresh = {}
        declared = source.interface

        def told(place: int, reply: Reply) -> None:
            key, seconds = keys[place], self._clock() - began
            self._hear(reply, declared.timeout, began)
            self._watch.heard(source, seconds, reply)
            if isinstance(reply, Unreachable) and retries and retries.grant(1):
                lost[key] = asked[key]
            else:
                self._settle(key, reply)

        interface = self._timed(declared, len(asked))
        self._watch.sent(source, len(asked))
        await source.connector.fetch(interface, list(asked.values()), patience, told)
        return lost

    def _timed(self, declared: Interface, questions: int) -> Interface:
        if declared.style == _TOGETHER and questions > 1:
            return declared  # of how long many take together, calls with one say nothing
        timeout = self.pace.timeout(declared.timeout)
        return declared if timeout == declared.timeout else replace(declared, timeout=timeout)

    def _hear(self, reply: Reply, declared: float, began: float) -> None:
        """Learn from a reply how the source is."""
        now = self._clock()
        self._gate.hear(reply, began, now)
        match reply:
            case QuotaSpent():
                self._quota_spent_until = now + self._quota_rest
            case Crowded():
                return  # the source was not asked
            case TimedOut():
                self.pace.given_up(declared)
            case Held() | NotHeld():
                self.pace.took(now - began)
            case _:
                return

    def _settle(self, key: Hashable, reply: Reply) -> None:
        self._flights.pop(key).set_result(reply)

    def _ended(self, begun: Flights, call: Call, asking: "asyncio.Task[None]") -> None:
        """Where the work was cut off nobody waits for ever, and a bug flies to who asked."""
        bug = None if asking.cancelled() else asking.exception()
        for key, reply in begun.items():
            if reply.done():
                continue  # and its question may be on its way anew
            del self._flights[key]
            if bug is None:
                reply.cancel()
            else:
                reply.set_exception(bug)
        call.end(bug=bug is not None)
