"""Writes the records: whoever waits returns only after the commit that holds all of theirs."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Protocol, Self

import structlog

from hub.places import place_of
from hub.tracing import UNTRACED, Tracing
from hub.trail.records import DisclosureRecord, RecordsUnavailable

log = structlog.get_logger("certhub.records")


class RecordStore(Protocol):
    """Where records are kept for good."""

    async def append(self, records: Sequence[DisclosureRecord]) -> None:
        """Commit them all or none; raises `RecordsUnavailable` where the database fails."""
        ...


def _uncounted(_records: int, _seconds: float) -> None:
    """For who counts no commits."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    records: tuple[DisclosureRecord, ...]
    committed: asyncio.Future[None]


class Trail:
    """Group commit: one writer task, one commit for everybody who waits while another runs.

    `largest` bounds the records of one commit (one caller's own are never split); a commit that
    takes longer than `patience` seconds has failed for all who wait for it. `committed` is told of
    each commit: its records, none where it failed, and the seconds it took.
    """

    def __init__(
        self,
        store: RecordStore,
        *,
        largest: int = 2000,
        patience: float = 10.0,
        committed: Callable[[int, float], None] = _uncounted,
        tracing: Tracing = UNTRACED,
    ) -> None:
        self._store = store
        self._committed = committed
        self._largest = largest
        self._patience = patience
        self._tracing = tracing
        self._waiting: deque[_Waiting] = deque()
        self._news = asyncio.Event()
        self._open = False
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._open = True
        self._writer = asyncio.create_task(self._write(), name="trail writer")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open = False
        self._news.set()
        if self._writer is not None:
            await self._writer

    async def record(self, records: Sequence[DisclosureRecord]) -> None:
        """Return once all are committed; raises `RecordsUnavailable` where they could not be.

        A caller that leaves early harms nobody, and its records are written all the same.
        """
        if not self._open:
            raise RecordsUnavailable("the records are closed: the hub is stopping, ask again later")
        if not records:
            return
        waiting = _Waiting(tuple(records), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._news.set()
        with self._tracing.commit(len(records)):
            await waiting.committed

    async def _write(self) -> None:
        try:
            while self._open or self._waiting:
                await self._news.wait()
                self._news.clear()
                while self._waiting:
                    await self._commit(self._next_batch())
        finally:
            self._open = False
            _fail(self._waiting, RecordsUnavailable("the writer of the records has stopped"))

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._waiting.popleft()]
        size = len(batch[0].records)
        while self._waiting and size + len(self._waiting[0].records) <= self._largest:
            batch.append(self._waiting.popleft())
            size += len(batch[-1].records)
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            records = [record for one in batch for record in one.records]
            began = perf_counter()
            failure = await self._append(records)
            self._committed(0 if failure else len(records), perf_counter() - began)
            if failure is None:
                _release(batch)
            else:
                _fail(batch, failure)
        finally:
            _fail(batch, RecordsUnavailable("the writer of the records has stopped"))

    async def _append(self, records: Sequence[DisclosureRecord]) -> RecordsUnavailable | None:
        """`None` once committed, else why not; a bug of the store fails this batch alone.

        In a task of its own, so that whatever ends it is looked at here and does not end the writer.
        """
        appending = asyncio.create_task(self._store.append(records), name="trail commit")
        try:
            await asyncio.wait([appending], timeout=self._patience)
        finally:
            appending.cancel()
        await asyncio.wait([appending])
        if appending.cancelled():
            return RecordsUnavailable(f"no commit within {self._patience:g} s")
        match appending.exception():
            case None | RecordsUnavailable() as told:
                return told
            case bug:
                return _incident(bug)


def _incident(bug: BaseException) -> RecordsUnavailable:
    incident, kind = secrets.token_hex(6), type(bug).__name__
    log.error("incident", incident=incident, kind=kind, at=place_of(bug.__traceback__))
    return RecordsUnavailable(
        f"the records could not be written: give incident {incident} to the operator of the hub, "
        "who finds it in the log"
    )


def _release(batch: Sequence[_Waiting]) -> None:
    for one in batch:
        if not one.committed.done():
            one.committed.set_result(None)


def _fail(batch: Iterable[_Waiting], failure: RecordsUnavailable) -> None:
    for one in batch:
        if not one.committed.done():
            one.committed.set_exception(RecordsUnavailable(*failure.args))
