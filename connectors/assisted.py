"""Assisted verification (协助核实): every call to a verification platform but its lookups, typed."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import msgspec

from connectors.asking import Slots, until_after
from connectors.assisted_parts import Officer
from connectors.assisted_replies import (
    History,
    Reminders,
    SealRecord,
    absent,
    read,
    read_changes,
    read_proofs,
    rejection,
)
from connectors.assisted_words import (
    Changes,
    EntryView,
    Extraction,
    PageView,
    ReminderView,
    RequestView,
    SealedProof,
    SealOnDocument,
    StepRejected,
    Submission,
)
from connectors.contract import PATIENCE, ConnectorError, Garbled, TimedOut, Unreachable
from connectors.http import Reply
from connectors.signed import SignedCalls

T = TypeVar("T")

REQUESTS = "/api/v1/requests"
REMINDERS = "/api/v1/reminders"
EXTRACT = "/api/v1/proofs/extract"
SEALS = "/api/v1/seals"
CHANGES = "/api/v1/changes"

GRACE = 5.0  # seconds that a long poll may take beyond its wait
LONGEST_WAIT = 30.0  # seconds
MOST_CHANGES = 100

_LATER = frozenset({502, 503, 504})
_ID = re.compile(r"(?!(?:in|out)box\Z)[A-Za-z0-9_-][A-Za-z0-9._~-]{0,99}", re.ASCII)
_PLAIN_KEY = re.compile(r"[!-~]{1,200}", re.ASCII)
_NO_SUCH = StepRejected(404, None, "no request of this id concerns this unit; check both")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for a call, for one that draws and seals documents, and before a write is repeated."""

    usual: float = 10.0
    drawing: float = 30.0
    rest: float = 1.0


class AssistedVerification:
    """One platform's requests and proofs.

    What the platform itself says can't be done is a `StepRejected`; all other trouble is a
    `ConnectorError`, its text beginning with platform and call. A write whose answer got lost is
    repeated once under the same key, so it is done once; `key` may be any text, new for each write.
    """

    def __init__(self, calls: SignedCalls, slots: Slots, pace: Pace | None = None) -> None:
        self._calls = calls
        self._slots = slots
        self._pace = pace or Pace()

    async def submit(self, submission: Submission, key: str) -> RequestView | StepRejected:
        """Open a request; its clock starts at once."""
        taken = self._taken(REQUESTS, submission.body(), key, self._pace.usual)
        return await self._named("submit", taken)

    async def step(
        self, request: str, step: str, by: Officer, parts: Mapping[str, object], key: str
    ) -> RequestView | StepRejected:
        """Take one step of a request's life; `parts` are the step's own, beside who acts."""
        if not _ID.fullmatch(request):
            return _NO_SUCH
        seconds = self._pace.drawing if step == "seal" else self._pace.usual
        path = f"{REQUESTS}/{request}/{step}"
        return await self._named(step, self._taken(path, {"by": by, **parts}, key, seconds))

    async def request(self, request: str, unit: str) -> RequestView | None:
        """One request as that unit sees it; `None` where none of this id concerns it."""
        if not _ID.fullmatch(request):
            return None
        path = f"{REQUESTS}/{request}"
        return await self._named("request", self._if_any(path, {"unit": unit}, RequestView))

    async def history(self, request: str, unit: str) -> tuple[EntryView, ...] | None:
        """Every step of a request, oldest first; `None` where none of this id concerns the unit."""
        if not _ID.fullmatch(request):
            return None
        path = f"{REQUESTS}/{request}/history"
        told = await self._named("history", self._if_any(path, {"unit": unit}, History))
        return None if told is None else told.entries

    async def inbox(self, unit: str, after: str | None = None, count: int = 50) -> PageView:
        """What lies with a unit to be answered, soonest due first."""
        return await self._named("inbox", self._page("inbox", unit, after, count))

    async def outbox(self, unit: str, after: str | None = None, count: int = 50) -> PageView:
        """What a unit asked for, oldest first."""
        return await self._named("outbox", self._page("outbox", unit, after, count))

    async def reminders(
        self, unit: str, since: datetime | None, count: int, kind: str | None = None
    ) -> tuple[ReminderView, ...]:
        """What a unit was told from a moment on: reminders, escalations, recalls, oldest first.

        A platform that doesn't know `kind` tells all of them.
        """
        parameters = {"unit": unit, "count": str(count)}
        if kind is not None:
            parameters["kind"] = kind
        if since is not None:
            parameters["since"] = since.isoformat()
        told = await self._named("reminders", self._one(REMINDERS, parameters, Reminders))
        return told.reminders

    async def extract(
        self, extraction: Extraction, key: str
    ) -> tuple[SealedProof, ...] | StepRejected | None:
        """Sealed proofs, endorsed for this purpose; `None` where there is nothing to extract."""
        return await self._named("extract", self._extracted(extraction, key))

    async def seal(self, seal: str, unit: str, document: str) -> SealOnDocument | None:
        """The ledger record of a seal with its use on one document; `None` for no such."""
        path = f"{SEALS}/{quote(seal, safe='')}"
        parameters = {"unit": unit, "document": document}
        told = await self._named("seals", self._if_any(path, parameters, SealRecord))
        return None if told is None else SealOnDocument(told.seal.encode(), told.recalled)

    async def changes(self, after: int | None, wait: float) -> Changes:
        """The changes after a sequence, as soon as there are any, at the latest after `wait` seconds.

        Without `after`, at once and none of them: only where the changes end at present. Raises
        `ChangesLost` where the platform doesn't know `after`. It takes none of the slots of other
        calls; `wait` is 30 s at most.
        """
        return await self._named("changes", self._changed(after, wait))

    async def _changed(self, after: int | None, wait: float) -> Changes:
        parameters = {"count": str(MOST_CHANGES)}
        if after is not None:
            wait = round(min(wait, LONGEST_WAIT), 3)
            parameters |= {"after": str(after), "wait": str(wait)}
        return read_changes(await self._calls.read(CHANGES, parameters, wait + GRACE), after)

    async def _taken(
        self, path: str, body: Mapping[str, object], key: str, seconds: float
    ) -> RequestView | StepRejected:
        reply = await self._written(path, body, key, seconds)
        return rejection(reply) or read(reply, RequestView)

    async def _extracted(
        self, extraction: Extraction, key: str
    ) -> tuple[SealedProof, ...] | StepRejected | None:
        reply = await self._written(EXTRACT, extraction.body(), key, self._pace.drawing)
        if absent(reply):
            return None
        return rejection(reply) or read_proofs(reply) or None

    async def _page(self, box: str, unit: str, after: str | None, count: int) -> PageView:
        parameters = {"unit": unit, "count": str(count)}
        if after is not None:
            parameters["after"] = after
        return await self._one(f"{REQUESTS}/{box}", parameters, PageView)

    async def _one(self, path: str, parameters: Mapping[str, str], word: type[T]) -> T:
        return read(await self._looked_up(path, parameters), word)

    async def _if_any(self, path: str, parameters: Mapping[str, str], word: type[T]) -> T | None:
        reply = await self._looked_up(path, parameters)
        return None if absent(reply) else read(reply, word)

    async def _looked_up(self, path: str, parameters: Mapping[str, str]) -> Reply:
        seconds = self._pace.usual
        return await self._slots.done(
            lambda by: self._calls.read(path, parameters, seconds, until=by),
            seconds,
            until_after(seconds + PATIENCE),
        )

    async def _written(
        self, path: str, body: Mapping[str, object], key: str, seconds: float
    ) -> Reply:
        content, headers = msgspec.json.encode(body), {"Idempotency-Key": _header(key)}
        until = until_after(2 * seconds + PATIENCE)

        async def written() -> Reply:
            return await self._slots.done(
                lambda by: self._calls.write(path, content, headers, seconds, until=by),
                seconds,
                until,
            )

        reply = await _unless_lost(written)
        if reply is None or reply.status in _LATER:
            await asyncio.sleep(self._pace.rest)
            return await written()
        return reply

    async def _named(self, call: str, work: Awaitable[T]) -> T:
        try:
            return await work
        except ConnectorError as error:
            raise self._slots.named(call, error) from None


async def _unless_lost(written: Callable[[], Awaitable[Reply]]) -> Reply | None:
    """The reply, or `None` where it got lost, wholly or in part: whether it was done is unknown."""
    try:
        return await written()
    except (Unreachable, TimedOut, Garbled):
        return None


def _header(key: str) -> str:
    """The key as a header may carry it; any other text by its digest."""
    if _PLAIN_KEY.fullmatch(key):
        return key
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
