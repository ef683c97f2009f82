"""One thing after the other in a thread, whoever leaves, and nothing is left undone at exit."""

import asyncio
import subprocess
import sys
import weakref
from functools import partial
from threading import Event, Thread, current_thread, main_thread

import pytest

from hub.storage.lone_thread import LoneThread


def nothing() -> None:
    """Do nothing."""


class Rows:
    """Something to be put somewhere."""

    def put(self, done: list[str]) -> None:
        """Put them there."""
        done.append("put")


async def test_things_are_done_in_order_in_one_thread() -> None:
    """Not in the loop's; who waits returns when its own is done."""
    thread = LoneThread("alone")
    done: list[tuple[int, Thread]] = []

    def thing(number: int) -> None:
        done.append((number, current_thread()))

    for number in range(2):
        await thread.do(partial(thing, number))
        assert len(done) == number + 1
    await asyncio.gather(*(thread.do(partial(thing, number)) for number in range(2, 20)))
    thread.end(nothing)

    assert [number for number, _ in done] == list(range(20))
    [where] = {where for _, where in done}
    assert where is not main_thread()
    assert where.name == "alone"


async def test_a_bug_is_raised_where_it_was_asked_for() -> None:
    """The next thing is done all the same."""
    thread = LoneThread("alone")
    done: list[int] = []

    def bug() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await thread.do(bug)
    await thread.do(partial(done.append, 1))
    thread.end(nothing)

    assert done == [1]


async def test_who_leaves_early_stops_nothing() -> None:
    """Neither what it asked for, however that ends, nor what others ask for after it."""
    thread, go = LoneThread("alone"), Event()
    done: list[str] = []

    def slow() -> None:
        assert go.wait(5)
        done.append("slow")
        raise ZeroDivisionError

    leaving = asyncio.create_task(thread.do(slow))
    await asyncio.sleep(0.01)
    leaving.cancel()
    staying = asyncio.create_task(thread.do(partial(done.append, "next")))
    await asyncio.sleep(0.01)
    assert leaving.cancelled()
    assert not staying.done()
    go.set()
    await staying
    thread.end(nothing)

    assert done == ["slow", "next"]


async def test_what_nobody_waits_for_when_its_turn_comes_is_left_out() -> None:
    """Who left was told that it is not done; nor is what it holds kept until its turn."""
    thread, go = LoneThread("alone"), Event()
    done: list[str] = []
    rows = Rows()
    kept = weakref.ref(rows)

    first = asyncio.create_task(thread.do(lambda: done.append(f"first {go.wait(5)}")))
    leaving = asyncio.create_task(thread.do(partial(rows.put, done)))
    del rows
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.wait([leaving])
    assert leaving.cancelled()
    del leaving
    assert kept() is None
    go.set()
    await first
    await thread.do(partial(done.append, "next"))
    thread.end(nothing)

    assert done == ["first True", "next"]


async def test_the_last_thing_comes_after_all_others_and_before_later_ones() -> None:
    """Whoever asks again after the end gets another thread, which waits for the first."""
    thread, go = LoneThread("alone"), Event()
    done: list[tuple[str, Thread]] = []

    def thing(name: str) -> None:
        assert go.wait(5)
        done.append((name, current_thread()))

    first = asyncio.create_task(thread.do(partial(thing, "first")))
    await asyncio.sleep(0.01)
    thread.end(partial(thing, "last"))
    later = asyncio.create_task(thread.do(partial(thing, "later")))
    await asyncio.sleep(0.01)
    go.set()
    await asyncio.gather(first, later)
    thread.end(nothing)

    assert [name for name, _ in done] == ["first", "last", "later"]
    threads = [where for _, where in done]
    assert threads[0] is threads[1] is not threads[2]
    assert not threads[0].is_alive()


async def test_where_nothing_was_ever_done_there_is_no_last_thing() -> None:
    """No thread begins only to end."""
    done: list[int] = []

    LoneThread("alone").end(partial(done.append, 1))
    await asyncio.sleep(0.01)

    assert done == []


def test_a_loop_that_is_closed_meanwhile_is_told_nothing() -> None:
    """What was begun is done, and nobody is troubled."""
    thread, go, done = LoneThread("alone"), Event(), Event()

    def slow() -> None:
        assert go.wait(5)

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await thread.do(slow)

    asyncio.run(leave())
    thread.end(done.set)
    go.set()

    assert done.wait(5)


@pytest.mark.parametrize("ended", ["thread.end(told)", "pass"])
def test_the_interpreter_does_not_exit_amid_a_thing(ended: str) -> None:
    """Whether the thread was told to end or not; then what comes last is done, too."""
    script = f"""
import asyncio, time
from hub.storage.lone_thread import LoneThread

def told(): print("last")
def slow(): time.sleep(0.2); print("done")

async def leave():
    thread = LoneThread("alone")
    try:
        async with asyncio.timeout(0.05):
            await thread.do(slow)
    except TimeoutError:
        {ended}

asyncio.run(leave())
print("exit")
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )

    assert ran.stdout.split() == ["exit", "done", *(["last"] if ended != "pass" else [])]
    assert ran.stderr == ""
