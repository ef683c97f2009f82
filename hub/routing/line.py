"""The line to one source: equal questions in flight are one call, a failing source is left to rest."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from connectors.asking import sameness
from connectors.contract import (
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
from hub.routing.breaker import BreakerState
from hub.routing.gate import Gate
from hub.routing.pace import Pace
from hub.routing.retries import RetryBudget
from hub.routing.route import Source
from hub.routing.rules import LineRules, Watch
from hub.routing.sending import CutOff, Flight, Reply, Resting, Sending, all_answered
from hub.routing.turns import Told, Turns
from hub.tracing import UNTRACED, Call, Tracing

_TOGETHER = "batch"
"""The style of interfaces that take many questions in one call."""

Underway = dict[Hashable, Flight]
"""The questions on their way, by what makes them equal."""
Own = Callable[[Coroutine[object, None, None]], "asyncio.Task[None]"]


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
        self._underway: dict[Source, Underway] = {}  # by what was declared when they were sent
        # Where calls are traced, each is its asker's own, so that it is part of that one's trace.
        self._gathers = tracing is UNTRACED
        self._gathering: Sending | None = None
        self._hastened: tuple[Interface, Interface] | None = None

    @property
    def in_flight(self) -> int:
        """How many questions are on their way."""
        return sum(map(len, self._underway.values()))

    def state(self) -> BreakerState:
        """Whether the source may be asked now."""
        spent = self._clock() < self._quota_spent_until
        return BreakerState.OPEN if spent else self._gate.state(self._clock())

    def send(self, source: Source, inquiries: Sequence[Inquiry], patience: float) -> list[Flight]:
        """Each question on its way, in order; one that equals another in flight joins it.

        `patience` bounds how long it may wait for its turn, in seconds; of several askers whose
        questions go together, the most patient one decides.
        """
        sending = self._sending(source, patience)
        underway = self._underway.setdefault(source, {})
        flights, joined, keys, new = [], [], list[Hashable](), list[Inquiry]()
        place = len(sending.keys)
        for inquiry in inquiries:
            key = sameness(inquiry)
            flight = underway.get(key)
            if flight is None:
                flight = underway[key] = Flight(sending, place)
                place += 1
                keys.append(key)
                new.append(inquiry)
            else:
                flight = Flight(flight.sending, flight.place, joined=True)
                joined.append(flight.sending)
            flights.append(flight)
        sending.add(keys, new)
        if joined:
            self._join(source, joined)
        if sending is not self._gathering:
            self._begin(sending)
        elif sending.is_full:
            self._send_gathered(sending)
        return flights

    def _sending(self, source: Source, patience: float) -> Sending:
        """What is gathered in this tick of the loop, if anything is, else a new one."""
        gathering = self._gathering
        if gathering is None or gathering.source is not source or not self._is_open():
            return Sending(source, patience)
        gathering.patience = max(gathering.patience, patience)
        return gathering

    def _is_open(self) -> bool:
        return self._gate.closed and self._clock() >= self._quota_spent_until

    def _join(self, source: Source, joined: Sequence[Sending]) -> None:
        self._watch.joined(source, len(joined))
        for sending in dict.fromkeys(joined):
            self._tracing.joined(sending)

    def _begin(self, sending: Sending) -> None:
        """Ask what may be asked now; the others hear at once that the source rests."""
        if not sending.keys:
            return
        sending.began = self._clock()
        sending.asked = self._admitted(sending, sending.began)
        if self._may_gather(sending):
            if self._gathering is not None:  # it was declared otherwise
                self._send_gathered(self._gathering)
            self._gathering = sending
            asyncio.get_running_loop().call_soon(self._send_gathered, sending)
        elif sending.asked:
            self._send(sending)

    def _may_gather(self, sending: Sending) -> bool:
        """Whether what is asked in this tick of the loop is to go with it, in as few calls as can be."""
        return (
            self._gathers
            and sending.source.interface.style == _TOGETHER
            and not sending.is_full
            and sending.asked == len(sending.keys)
            and self._gate.closed
        )

    def _send_gathered(self, sending: Sending) -> None:
        """Send what was gathered, unless it went as it was full."""
        if self._gathering is sending:
            self._gathering = None
            sending.asked = len(sending.keys)
            self._send(sending)

    def _send(self, sending: Sending) -> None:
        source = sending.source
        call = self._tracing.call(source.name, source.interface.name, sending)
        with call:
            asking = self._own(self._ask(sending))
        asking.add_done_callback(partial(self._ended, sending, call))

    def _admitted(self, sending: Sending, now: float) -> int:
        """How many may be asked now, the first ones of all; the others are replied to."""
        if windows := sending.source.platform.maintenance:
            moment = self._moment()
            if ends := resting_until(windows, moment):
                why = f"it is in maintenance until {ends.astimezone(CHINA):%Y-%m-%d %H:%M} in China"
                return self._rest(sending, 0, why, (ends - moment).total_seconds())
        if now < self._quota_spent_until:
            return self._rest(sending, 0, "its quota is spent", self._quota_spent_until - now)
        count = self._gate.admits(len(sending.keys), now)
        if count == len(sending.keys):
            return count
        return self._rest(sending, count, "it did not answer of late", self._gate.rests(now))

    def _rest(self, sending: Sending, asked: int, why: str, seconds: float) -> int:
        text = f"not asked, as {why}; it may be asked again in {max(seconds, 1):.0f} s"
        resting: Reply = Resting(text, seconds)
        left = range(asked, len(sending.keys))
        self._settle(sending, dict.fromkeys(left, resting), self._clock())
        return asked

    async def _ask(self, sending: Sending) -> None:
        self._retries.call(sending.asked)
        places = range(sending.asked)
        if lost := await self._round(sending, places, sending.began, self._retries):
            await asyncio.sleep(self._retries.pause())
            await self._round(sending, lost, self._clock(), None)

    async def _round(
        self, sending: Sending, places: Sequence[int], began: float, retries: RetryBudget | None
    ) -> list[int]:
        """Ask once; gives back the places of those that got no connection and may be asked again."""
        declared = sending.source.interface
        lost: list[int] = []
        first = retries is not None  # then each stands where it stood; who was lost may not

        def hear(told: Told, moment: float) -> None:
            said = told if first else {places[place]: reply for place, reply in told.items()}
            lost.extend(self._hear(sending, said, began, moment, retries))

        turns = Turns(hear, self._clock, len(places))
        self._watch.sent(sending.source, len(places))
        interface = self._timed(declared, len(places))
        inquiries = [sending.inquiries[place] for place in places]
        try:
            await sending.source.connector.fetch(interface, inquiries, sending.patience, turns.told)
        finally:
            turns.end()
        return lost

    def _timed(self, declared: Interface, questions: int) -> Interface:
        if declared.style == _TOGETHER and questions > 1:
            return declared  # of how long many take together, calls with one say nothing
        timeout = self.pace.timeout(declared.timeout)
        if timeout == declared.timeout:
            return declared
        known, hastened = self._hastened or (None, declared)
        if known is not declared or hastened.timeout != timeout:
            hastened = replace(declared, timeout=timeout)
            self._hastened = declared, hastened
        return hastened

    def _hear(
        self,
        sending: Sending,
        said: Told,
        began: float,
        moment: float,
        retries: RetryBudget | None,
    ) -> list[int]:
        """Take in what was said in one turn; gives back the places of who may be asked again."""
        replies, seconds = list(said.values()), moment - began
        answered, lost = all_answered(replies), list[int]()
        if answered:
            self._gate.hear_answers(len(replies), began, moment)
            self.pace.took(seconds, len(replies))
        else:
            for reply in replies:
                self._learn(reply, sending.source.interface.timeout, began, moment)
        self._watch.heard(sending.source, seconds, replies)
        if retries is not None and not answered:
            lost = [place for place, reply in said.items() if _is_lost(reply, retries)]
            for place in lost:
                del said[place]
        self._settle(sending, said, moment)
        return lost

    def _learn(self, reply: Reply, declared: float, began: float, now: float) -> None:
        """Learn from a reply how the source is."""
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

    def _settle(self, sending: Sending, said: Told, moment: float) -> None:
        """Those questions are no longer on their way, and who waits for them is woken."""
        self._forget(sending, said)
        sending.hear(said, moment)
        sending.tell()

    def _forget(self, sending: Sending, places: Iterable[int]) -> None:
        underway = self._underway[sending.source]
        for place in places:
            del underway[sending.keys[place]]
        if not underway:
            del self._underway[sending.source]

    def _ended(self, sending: Sending, call: Call, asking: "asyncio.Task[None]") -> None:
        """Where the work was cut off nobody waits for ever, and a bug flies to who asked."""
        bug = None if asking.cancelled() else asking.exception()
        if sending.open and bug is None:
            self._settle(sending, dict.fromkeys(sending.left(), _cut_off(sending)), self._clock())
        elif sending.open:
            self._forget(sending, sending.left())
            sending.fail(bug)
        call.end(bug=bug is not None)


def _is_lost(reply: Reply, retries: RetryBudget) -> bool:
    """Whether it got no connection, and may be asked again."""
    return isinstance(reply, Unreachable) and retries.grant(1) == 1


def _cut_off(sending: Sending) -> Reply:
    name = f"{sending.source.name}/{sending.source.interface.name}"
    return CutOff(f"{name}: cut off, as the hub is stopping; ask again")
