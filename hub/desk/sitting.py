"""One transaction at the desk: request, history, timers and proofs are kept together or not."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.changes import Change, recalled, steps_taken
from hub.desk.clocks import Schedule
from hub.desk.doubts import Corrected, Recall
from hub.desk.objections import conclude
from hub.desk.request import VerificationRequest
from hub.desk.store import proofs, requests
from hub.desk.store.changes import publish
from hub.desk.store.timers import Reminder, drop_timer, remind, set_timers
from hub.desk.watching import watch
from hub.desk.words import Rejected, Role, State

RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the regulation leaves open: the timers' offsets, and how long a proof may be relied on."""

    schedule: Schedule = field(default_factory=Schedule)
    proof_life: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sitting:
    """An open transaction, and the moment it counts as."""

    connection: AsyncConnection
    rules: Rules
    now: datetime
    changed: list[Change] = field(default_factory=list)

    async def load(self, request_id: str) -> VerificationRequest | None:
        """The request as it is kept."""
        return await requests.load(self.connection, request_id)

    async def open(self, request: VerificationRequest) -> None:
        """Keep a new request and set its timers."""
        await requests.add(self.connection, request)
        new = watch(request, self.rules.schedule)
        await set_timers(self.connection, request.id, new)
        self.changed.extend(steps_taken(None, request))

    async def keep(self, before: VerificationRequest, after: VerificationRequest) -> None:
        """Keep what became of a request; raises `Stale` where somebody else was faster."""
        await requests.save(self.connection, before, after)
        self.changed.extend(steps_taken(before, after))
        await self._reset_timers(before, after)
        await self._keep_proofs(before, after)
        if after.review and after.state is State.SENT and before.state is not State.SENT:
            await self._conclude(after.review.of, after.review.delivery, after)

    async def _reset_timers(self, before: VerificationRequest, after: VerificationRequest) -> None:
        old = watch(before, self.rules.schedule)
        new = watch(after, self.rules.schedule)
        for timer in old:
            if timer not in new:
                await drop_timer(self.connection, after.id, timer)
        await set_timers(self.connection, after.id, [each for each in new if each not in old])

    async def _keep_proofs(self, before: VerificationRequest, after: VerificationRequest) -> None:
        for delivery in after.deliveries:
            earlier = before.delivery(delivery.number)
            if earlier is None:
                until = delivery.sent_at + self.rules.proof_life
                await proofs.add_proof(self.connection, after, delivery, until)
            elif delivery.recalled_by and earlier.recalled_by is None:
                number, by = delivery.number, delivery.recalled_by
                await proofs.recall_proof(self.connection, after.id, number, by)

    async def _conclude(self, objected_id: str, delivery: int, review: VerificationRequest) -> None:
        """End the objection that the review answers; tell every receiver where it is corrected."""
        objected = await self.load(objected_id)
        assert objected is not None
        await proofs.hold(self.connection, objected_id, delivery)
        others = await proofs.receivers_of(self.connection, objected_id, delivery)
        concluded = conclude(objected, review, others, self.now)
        if isinstance(concluded, Rejected):
            return
        await self.keep(objected, concluded.objected)
        if isinstance(concluded.ending, Corrected):
            await remind(self.connection, _told(concluded.ending.recall, self.now))
            self.changed.append(recalled(concluded.objected, concluded.ending.recall))

    async def publish(self) -> None:
        """Number what changed; the last thing before the commit, as it locks out all others."""
        await publish(self.connection, self.changed)


def _told(recall: Recall, now: datetime) -> list[Reminder]:
    return [
        Reminder(
            request=recall.request,
            kind=RECALL,
            at=recall.at,
            unit=receiver.unit,
            role=Role.OPERATOR.value,
            said_at=now,
            reference=receiver.reference,
        )
        for receiver in recall.receivers
    ]
