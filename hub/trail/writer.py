"""Writes the records: whoever waits returns only after the commit that holds all of theirs."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
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


_STOPPED = "the writer of the records has stopped"
_UNTOLD = RecordsUnavailable(_STOPPED)


class _Waiting(Struct, frozen=True):
    batch: DisclosureBatch
    committed: asyncio.Future[None]


class Trail:
    """Group commit: one commit at a time, and the next one for everybody who waits meanwhile.

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
        self._taken: list[_Waiting] = []
        self._commit: asyncio.Task[None] | None = None
        self._began = 0.0
        self._overdue = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._context = copy_context()  # a commit is nobody's own, whoever it was begun for
        self._open = False

    async def __aenter__(self) -> Self:
        self._open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open = False
        try:
            await self._idle.wait()
        finally:
            self._stop()

    async def record(self, batch: DisclosureBatch) -> None:
        """Return once it is committed; raises `RecordsUnavailable` where it could not be.

        A caller that leaves early harms nobody, and its records are written all the same.
        """
        if not self._open:
            raise RecordsUnavailable("the records are closed: the hub is stopping, ask again later")
        if not batch.count:
            return
        loop = asyncio.get_running_loop()
        if self._idle.is_set():
            self._idle.clear()
            # With whatever else is recorded in this turn of the loop.
            loop.call_soon(self._go_on, context=self._context)
        committed = loop.create_future()
        self._waiting.append(_Waiting(batch, committed))
        if self._tracing is UNTRACED:  # as it nearly always is
            await committed
            return
        with self._tracing.commit(batch.count):
            await committed

    def _go_on(self) -> None:
        if self._waiting:
            self._begin()
        else:
            self._taken, self._commit = [], None
            self._idle.set()

    def _begin(self) -> None:
        """A commit of those who wait, as many as may go together.

        In a task of its own, so that whatever ends it is looked at afterwards, by `_ended`.
        """
        self._taken = self._next()
        appending = self._store.append([one.batch for one in self._taken])
        self._commit = commit = asyncio.create_task(appending, name="trail commit")
        self._began = perf_counter()
        self._overdue = False
        late = commit.get_loop().call_later(self._patience, self._give_up, commit)
        commit.add_done_callback(partial(self._ended, late))

    def _next(self) -> list[_Waiting]:
        taken = [self._waiting.popleft()]
        size = taken[0].batch.count
        while self._waiting and size + self._waiting[0].batch.count <= self._largest:
            taken.append(self._waiting.popleft())
            size += taken[-1].batch.count
        return taken

    def _give_up(self, commit: asyncio.Task[None]) -> None:
        self._overdue = True
        commit.cancel()

    def _ended(self, late: asyncio.TimerHandle, commit: asyncio.Task[None]) -> None:
        """Tell those who waited for a commit what became of it, and begin the next one."""
        late.cancel()
        seconds = perf_counter() - self._began
        taken = self._taken
        failure: RecordsUnavailable | None = _UNTOLD
        try:
            failure = self._failure_of(commit)
        finally:  # where not even that can be said, nobody waits for ever
            if failure is None:
                _release(taken)
            else:
                _fail(taken, failure)
            self._go_on()
        self._committed(0 if failure else sum(one.batch.count for one in taken), seconds)

    def _failure_of(self, commit: asyncio.Task[None]) -> RecordsUnavailable | None:
        """`None` where it is committed, else why not; a bug of the store fails this commit alone."""
        if commit.cancelled():
            late = f"no commit within {self._patience:g} s"
            return RecordsUnavailable(late if self._overdue else _STOPPED)
        match commit.exception():
            case None | RecordsUnavailable() as told:
                return told
            case bug:
                return _incident(bug)

    def _stop(self) -> None:
        """Where closing is cut short, nobody waits any longer."""
        if self._commit is not None:
            self._commit.cancel()
        _fail((*self._taken, *self._waiting), RecordsUnavailable(_STOPPED))
        self._waiting.clear()


def _incident(bug: BaseException) -> RecordsUnavailable:
    incident, kind = secrets.token_hex(6), type(bug).__name__
    with suppress(OSError):  # a disk that is full takes no records and no lines
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
