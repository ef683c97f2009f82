"""Writes the records: whoever waits returns only after the commit that holds all of theirs."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from types import TracebackType
from typing import Protocol, Self

import structlog
from msgspec import Struct

from hub.places import place_of
from hub.tracing import UNTRACED, Tracing
from hub.trail.batches import DisclosureBatch
from hub.trail.records import RecordsUnavailable

log = structlog.get_logger("certhub.records")


class RecordStore(Protocol):
    """Where records are kept for good."""

    async def append(self, batches: Sequence[DisclosureBatch]) -> None:
        """Commit them all or none; raises `RecordsUnavailable` where the database fails."""
        ...


def _uncounted(_records: int, _seconds: float) -> None:
    """For who counts no commits."""


class _Waiting(Struct, frozen=True):
    batch: DisclosureBatch
    committed: asyncio.Future[None]


class Trail:
    """Group commit: one writer task, one commit for everybody who waits while another runs.

    `largest` bounds the records of one commit (a batch is never split); a commit that
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

    async def record(self, batch: DisclosureBatch) -> None:
        """Return once it is committed; raises `RecordsUnavailable` where it could not be.

        A caller that leaves early harms nobody, and its records are written all the same.
        """
        if not self._open:
            raise RecordsUnavailable("the records are closed: the hub is stopping, ask again later")
        if not batch.count:
            return
        committed = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(batch, committed))
        self._news.set()
        with self._tracing.commit(batch.count):
            await committed

    async def _write(self) -> None:
        try:
            while self._open or self._waiting:
                await self._news.wait()
                self._news.clear()
                while self._waiting:
                    await self._commit(self._next())
        finally:
            self._open = False
            _fail(self._waiting, RecordsUnavailable("the writer of the records has stopped"))

    def _next(self) -> list[_Waiting]:
        taken = [self._waiting.popleft()]
        size = taken[0].batch.count
        while self._waiting and size + self._waiting[0].batch.count <= self._largest:
            taken.append(self._waiting.popleft())
            size += taken[-1].batch.count
        return taken

    async def _commit(self, taken: list[_Waiting]) -> None:
        try:
            began = perf_counter()
            failure = await self._append([one.batch for one in taken])
            records = 0 if failure else sum(one.batch.count for one in taken)
            self._committed(records, perf_counter() - began)
            if failure is None:
                _release(taken)
            else:
                _fail(taken, failure)
        finally:
            _fail(taken, RecordsUnavailable("the writer of the records has stopped"))

    async def _append(self, batches: Sequence[DisclosureBatch]) -> RecordsUnavailable | None:
        """`None` once committed, else why not; a bug of the store fails this commit alone.

        In a task of its own, so that whatever ends it is looked at here and does not end the writer.
        """
        appending = asyncio.create_task(self._store.append(batches), name="trail commit")
        try:
            await asyncio.wait([appending], timeout=self._patience)
        finally:
            appending.cancel()
        if not appending.done():
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


def _release(taken: Sequence[_Waiting]) -> None:
    for one in taken:
        if not one.committed.done():
            one.committed.set_result(None)


def _fail(taken: Iterable[_Waiting], failure: RecordsUnavailable) -> None:
    for one in taken:
        if not one.committed.done():
            one.committed.set_exception(RecordsUnavailable(*failure.args))
