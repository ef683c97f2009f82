"""A thread for what blocks, which does one thing after the other for the event loop.

An executor does so too, with a lock, a condition, a semaphore and a second future for each of them.
"""

import asyncio
import atexit
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from types import TracebackType


class LoneThread:
    """Begins with the first thing there is to do, ends by `end` or, at the latest, at exit."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._things: _Things | None = None
        self._thread: Thread | None = None

    async def do(self, work: Callable[[], None]) -> None:
        """Return once it is done, or raise what it raises.

        Who leaves early does not stop it; where it has not begun by then, it is left out.
        """
        if self._things is None:
            self._things = self._begin()
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        thing = _Thing(work, partial(_tell, loop, done))
        self._things.put(thing)
        try:
            await done
        except asyncio.CancelledError:
            thing.work = _nothing
            raise

    def end(self, last: Callable[[], None]) -> None:
        """Do this after all else, if there ever was anything; nobody waits for it.

        What comes later is done in another thread, which waits for the end of this one.
        """
        if self._things is not None:
            self._things.put(_Thing(last, _to_nobody))
            self._things.put(None)
            self._things = None

    def _begin(self) -> "_Things":
        things: _Things = SimpleQueue()
        thread = Thread(target=_work, args=(things, self._thread), name=self._name, daemon=True)
        thread.start()
        if self._thread is None:
            atexit.register(self._leave)
        self._thread = thread
        return things

    def _leave(self) -> None:
        """The interpreter does not end amid a thing."""
        if self._things is not None:
            self._things.put(None)
        if self._thread is not None:
            self._thread.join()


class _Thing:
    """Something to do; it is done while it is entered, and how that ended is told, bugs included."""

    __slots__ = ("_told", "work")

    def __init__(
        self, work: Callable[[], None], told: Callable[[BaseException | None], None]
    ) -> None:
        self.work = work
        self._told = told

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._told(error)
        return True


_Things = SimpleQueue[_Thing | None]


def _work(things: _Things, before: Thread | None) -> None:
    if before is not None:
        before.join()
    while _did(things.get()):
        pass


def _did(thing: _Thing | None) -> bool:
    if thing is None:
        return False
    with thing:
        thing.work()
    return True


def _tell(
    loop: asyncio.AbstractEventLoop, done: asyncio.Future[None], error: BaseException | None
) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(_settle, done, error)


def _settle(done: asyncio.Future[None], error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _nothing() -> None:
    """For what nobody waits for any more."""


def _to_nobody(_: BaseException | None) -> None:
    """For what nobody waits for."""
