"""The desk: takes requests and every step of their lives, once each, all or nothing."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from hub.desk.contents import Types, type_of, verified_content
from hub.desk.events import Event, Object, Seal
from hub.desk.feed import Feed
from hub.desk.lifecycle import apply, arrival, issue
from hub.desk.objections import raise_objection
from hub.desk.registry import Registry
from hub.desk.request import VerificationRequest
from hub.desk.sealing import SealedDocument, Sealer
from hub.desk.seals import chosen, document_number, keep_use, use_of
from hub.desk.shared import NothingShared, SharedInformation
from hub.desk.sitting import Rules, Sitting
from hub.desk.store.answers import Call, OtherBody, Told, keep_answer, told_before
from hub.desk.store.opening import DeskDatabase
from hub.desk.store.proofs import add_document, sealed_document
from hub.desk.store.requests import Stale
from hub.desk.timers import Alarm
from hub.desk.words import PLATFORM, Actor, Officer, Rejected, Role, Wanted
from hub.notary.words import SealKind
from hub.workdays.calendar import WorkingDays

ATTEMPTS = 20
"""How often a write decides anew when others change the same request at the same time."""


class DeskBusy(Exception):
    """Too many change the same request at once; the same write may be repeated later."""


@dataclass(frozen=True, slots=True)
class NoSuchRequest:
    """There is no request of this id, or none that this person has to do with."""


Outcome = VerificationRequest | Rejected | NoSuchRequest
Tell = Callable[[Outcome], Told]
"""How an outcome is put into words; what it gives is kept for repetitions."""

_Work = Callable[[Sitting], Awaitable[Outcome]]
_PROBE = "probe"
_VERIFIED = SealKind.VERIFICATION


class Desk:
    """The supplementary verification platform's one store of requests, and who may change it."""

    def __init__(
        self,
        database: DeskDatabase,
        registry: Registry,
        sealer: Sealer,
        calendar: WorkingDays,
        now: Callable[[], datetime],
        rules: Rules | None = None,
        *,
        pace: float = 1.0,
        types: Types | None = None,
        shared: SharedInformation | None = None,
    ) -> None:
        self.database = database
        self.registry = registry
        self.sealer = sealer
        self.calendar = calendar
        self.now = now
        self.rules = rules or Rules()
        self.types = types or {}
        self.shared = shared or NothingShared()
        self.feed = Feed(database)
        self.alarm = Alarm(database, self.rules, now, self.feed, pace)

    async def submit(
        self, call: Call, wanted: Wanted, issuer: str, by: Officer, tell: Tell
    ) -> Told | OtherBody:
        """Open a request; the desk is the issuer's system, so its clock starts at once."""

        async def work(sitting: Sitting) -> Outcome:
            actor = self.registry.actor(by)
            request = issue(fresh_id(), wanted, issuer, actor, sitting.now)
            if isinstance(request, Rejected):
                return request
            return await self._deliver(sitting, request)

        return await self._once(call, work, tell)

    async def act(
        self,
        call: Call,
        request_id: str,
        event: Callable[[VerificationRequest], Event],
        by: Officer,
        tell: Tell,
    ) -> Told | OtherBody:
        """Take one step of a request's life, unless a rule forbids it."""

        async def work(sitting: Sitting) -> Outcome:
            request = await self._of(sitting, request_id, by)
            if request is None:
                return NoSuchRequest()
            return await self._step(sitting, request, event(request), self.registry.actor(by))

        return await self._once(call, work, tell)

    async def seal(
        self, call: Call, request_id: str, seal: str | None, by: Officer, tell: Tell
    ) -> Told | OtherBody:
        """Render and seal the draft; document, use and step are kept together, or none of them.

        Without a seal named it is the only one this keeper may use; raises `SealRefused`.
        Sealing takes time, so it is done before the transaction, for the draft as it stands then.
        """
        async with self.database.reading() as connection:
            if before := await told_before(connection, call):
                return before
            seen = await self._of(Sitting(connection, self.rules, self.now()), request_id, by)
        sealed = None if seen is None else await self._sealed(seen, seal, by)

        async def work(sitting: Sitting) -> Outcome:
            request = await self._of(sitting, request_id, by)
            if seen is None or request is None:
                return NoSuchRequest()
            if isinstance(sealed, Rejected):
                return sealed
            if request.draft != seen.draft or sealed is None:
                raise DeskBusy("the draft changed while it was sealed; look at it and seal again")
            event = Seal(sealed.use.seal, sealed.document.digest)
            after = await self._step(sitting, request, event, self.registry.actor(by))
            if isinstance(after, VerificationRequest):
                await keep_use(sitting.connection, sealed.use, _VERIFIED, by)
                await add_document(sitting.connection, request.id, sealed.document)
            return after

        return await self._once(call, work, tell)

    async def find(self, request_id: str, unit: str) -> VerificationRequest | None:
        """The request, where the unit asked for it, has it or had it, or supervises."""
        async with self.database.reading() as connection:
            sitting = Sitting(connection, self.rules, self.now())
            request = await sitting.load(request_id)
        may = request and (self.registry.supervises(unit) or _concerns(request, unit))
        return request if may else None

    async def _once(self, call: Call, work: _Work, tell: Tell) -> Told | OtherBody:
        for _ in range(ATTEMPTS):
            try:
                return await self._written(call, work, tell)
            except (Stale, IntegrityError):
                continue
        raise DeskBusy("others are changing this request; repeat the same call in a second")

    async def _written(self, call: Call, work: _Work, tell: Tell) -> Told | OtherBody:
        async with self.database.writing() as connection:
            if before := await told_before(connection, call):
                return before
            sitting = Sitting(connection, self.rules, self.now())
            told = tell(await work(sitting))
            await keep_answer(connection, call, told, sitting.now)
            await sitting.publish()
        self.alarm.wake()
        self.feed.ring()
        return told

    async def _deliver(
        self, sitting: Sitting, request: VerificationRequest
    ) -> VerificationRequest | Rejected:
        event = arrival(request, self.calendar, sitting.now)
        delivered = apply(request, event, PLATFORM, sitting.now)
        if isinstance(delivered, VerificationRequest):
            await sitting.open(delivered)
        return delivered

    async def _of(
        self, sitting: Sitting, request_id: str, by: Officer
    ) -> VerificationRequest | None:
        request = await sitting.load(request_id)
        supervises = Role.SUPERVISOR in self.registry.actor(by).roles
        return request if request and (supervises or _concerns(request, by.unit)) else None

    async def _step(
        self, sitting: Sitting, request: VerificationRequest, event: Event, actor: Actor
    ) -> VerificationRequest | Rejected:
        if isinstance(event, Object):
            return await self._object(sitting, request, event, actor)
        after = apply(request, event, actor, sitting.now)
        if isinstance(after, VerificationRequest):
            await sitting.keep(request, after)
        return after

    async def _object(
        self, sitting: Sitting, request: VerificationRequest, event: Object, actor: Actor
    ) -> VerificationRequest | Rejected:
        raised = raise_objection(request, event, actor, sitting.now)
        if isinstance(raised, Rejected):
            return raised
        await sitting.keep(request, raised.objected)
        review = await self._deliver(sitting, raised.review)
        return review if isinstance(review, Rejected) else raised.objected

    async def _sealed(
        self, request: VerificationRequest, seal: str | None, by: Officer
    ) -> SealedDocument | Rejected:
        """The sealed draft, made only where the step could be taken now."""
        now = self.now()
        probe = Seal(seal or _PROBE, _PROBE)
        allowed = apply(request, probe, self.registry.actor(by), now)
        if isinstance(allowed, Rejected):
            return allowed
        async with self.database.reading() as connection:
            record = await chosen(connection, _VERIFIED, by, seal, now)
        number = document_number(_VERIFIED, now)
        use = use_of(record, _VERIFIED, by, number, now)
        kind = type_of(self.types, request.wanted.certificate)
        content = verified_content(request, kind, record.seal.unit, number)
        sealed = await self.sealer.seal(content, record.seal, use)
        return SealedDocument(sealed_document(sealed), use)


def fresh_id() -> str:
    """An id nobody can guess."""
    return secrets.token_hex(12)


def _concerns(request: VerificationRequest, unit: str) -> bool:
    return unit == request.requester.unit or unit in request.holders
