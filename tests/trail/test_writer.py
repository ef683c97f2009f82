"""Group commit: durable before anybody returns, and one failure stays with its own commit."""

import asyncio
import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from hub.trail.batches import DisclosureBatch
from hub.trail.records import RecordsUnavailable
from hub.trail.writer import Trail
from tests.trail.sample import ScriptedStore, a_batch, a_batch_of

STOPPED = RecordsUnavailable("the writer of the records has stopped")


async def test_callers_of_one_moment_share_one_commit() -> None:
    """64 callers, one commit."""
    store = ScriptedStore()

    async with Trail(store) as trail:
        await asyncio.gather(*(trail.record(a_batch(str(n))) for n in range(64)))

    assert store.commits == [[str(n) for n in range(64)]]


async def test_callers_during_a_commit_share_the_next() -> None:
    """Whoever comes while a commit runs waits for the next one, together."""
    store = ScriptedStore(gate=asyncio.Event())

    async with Trail(store) as trail:
        first = asyncio.create_task(trail.record(a_batch("a")))
        await asyncio.sleep(0.01)
        later = [asyncio.create_task(trail.record(a_batch(name))) for name in "bcd"]
        await asyncio.sleep(0.01)
        assert not first.done()
        assert store.gate is not None
        store.gate.set()
        await asyncio.gather(first, *later)

    assert store.commits == [["a"], ["b", "c", "d"]]


async def test_no_records_need_no_commit() -> None:
    """A batch of nothing returns at once."""
    store = ScriptedStore()

    async with Trail(store) as trail:
        await trail.record(a_batch_of(0, "a"))

    assert store.commits == []


async def test_a_commit_is_bounded_but_no_caller_is_split() -> None:
    """At most `largest` records in a commit, unless one caller alone brings more."""
    store = ScriptedStore()
    callers = [(2, "a"), (1, "b"), (2, "c"), (4, "d"), (1, "e"), (2, "f")]

    async with Trail(store, largest=3) as trail:
        await asyncio.gather(*(trail.record(a_batch_of(*caller)) for caller in callers))

    assert store.commits == [["a", "b"], ["c"], ["d"], ["e", "f"]]


async def test_a_failed_commit_fails_all_its_waiters_and_the_next_one_works() -> None:
    """Each waiter has its own retryable error; nothing needs a restart."""
    store = ScriptedStore(failures=[True])

    async with Trail(store) as trail:
        told = await asyncio.gather(
            *(trail.record(a_batch(name)) for name in "abc"), return_exceptions=True
        )
        await trail.record(a_batch("d"))

    assert [type(one) for one in told] == [RecordsUnavailable] * 3
    assert len({id(one) for one in told}) == 3
    assert store.commits == [["a", "b", "c"], ["d"]]


async def test_a_cancelled_caller_harms_nobody() -> None:
    """Its neighbours return, and its record is written all the same."""
    store = ScriptedStore(gate=asyncio.Event(), failures=[False, True])

    async with Trail(store) as trail:
        gone, stays = (asyncio.create_task(trail.record(a_batch(name))) for name in "ab")
        await asyncio.sleep(0.01)
        gone.cancel()
        late, fails = (asyncio.create_task(trail.record(a_batch(name))) for name in "cd")
        await asyncio.sleep(0.01)
        late.cancel()
        assert store.gate is not None
        store.gate.set()
        await stays
        with pytest.raises(RecordsUnavailable):
            await fails

    assert gone.cancelled()
    assert late.cancelled()
    assert store.commits == [["a", "b"], ["c", "d"]]


async def test_a_commit_that_hangs_fails_after_the_patience() -> None:
    """Nobody waits for ever, and the writer goes on."""
    store = ScriptedStore(gate=asyncio.Event())

    async with Trail(store, patience=0.02) as trail:
        with pytest.raises(RecordsUnavailable, match=r"no commit within 0\.02 s"):
            await trail.record(a_batch("a"))
        store.gate = None
        await trail.record(a_batch("b"))

    assert store.commits == [["a"], ["b"]]


async def test_closing_writes_what_waits() -> None:
    """Leaving the context, even by an error, commits every record accepted."""
    store = ScriptedStore()
    waiting = []

    with pytest.raises(KeyError):
        async with Trail(store) as trail:
            waiting = [asyncio.create_task(trail.record(a_batch(name))) for name in "ab"]
            await asyncio.sleep(0)
            raise KeyError

    await asyncio.gather(*waiting)
    assert store.commits == [["a", "b"]]


async def test_a_closed_trail_takes_nothing() -> None:
    """Before it is opened and after it is closed the error is the retryable one."""
    trail = Trail(ScriptedStore())
    with pytest.raises(RecordsUnavailable, match="closed"):
        await trail.record(a_batch("a"))
    async with trail:
        pass

    with pytest.raises(RecordsUnavailable, match="closed"):
        await trail.record(a_batch("a"))


@dataclass(slots=True)
class OnceBrokenStore:
    """A store with a bug that shows at the first commit only, and quotes what it was given."""

    kept: list[str] = field(default_factory=list)
    broken: bool = True

    async def append(self, batches: Sequence[DisclosureBatch]) -> None:
        """Break, then keep."""
        if self.broken:
            self.broken = False
            raise ZeroDivisionError(f"about {batches[0].entries!r}")
        self.kept += [batch.id for batch in batches]


async def test_a_bug_in_the_store_fails_one_commit_and_is_not_hidden() -> None:
    """Waiters get an incident number, the log its kind and place; the next commit works."""
    store = OnceBrokenStore()

    with capture_logs() as logged:
        async with Trail(store) as trail:
            told = await asyncio.gather(
                *(trail.record(a_batch(name, case="C-SECRET")) for name in "ab"),
                return_exceptions=True,
            )
            await trail.record(a_batch("c"))

    [incident] = logged
    assert [type(one) for one in told] == [RecordsUnavailable] * 2
    assert all(f"incident {incident['incident']}" in str(one) for one in told)
    assert incident["kind"] == "ZeroDivisionError"
    assert re.fullmatch(r"test_writer\.py:\d+", incident["at"])
    assert "C-SECRET" not in f"{logged}{told}"
    assert store.kept == ["c"]


@pytest.mark.parametrize(("kind", "troubled"), [(OSError, []), (ValueError, [ValueError])])
async def test_a_log_that_takes_nothing_hangs_nobody(
    kind: type[Exception], troubled: list[type[Exception]]
) -> None:
    """A full disk takes neither records nor lines: the waiters are told, the next commit works."""
    store = OnceBrokenStore()
    troubles: list[type[Exception]] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, told: troubles.append(type(told["exception"]))
    )

    def full(*_: object) -> NoReturn:
        raise kind

    with capture_logs([full]):
        async with asyncio.timeout(4), Trail(store) as trail, asyncio.timeout(2):
            told = await asyncio.gather(
                *(trail.record(a_batch(name)) for name in "ab"), return_exceptions=True
            )
            await trail.record(a_batch("c"))

    assert [type(one) for one in told] == [RecordsUnavailable] * 2
    assert store.kept == ["c"]
    assert troubles == troubled


async def test_a_closing_that_is_cut_short_hangs_nobody() -> None:
    """Where the loop ends everything, who waits is told, and nothing more is taken."""
    store = ScriptedStore(gate=asyncio.Event())
    trail = Trail(store)

    await trail.__aenter__()
    waiting = [asyncio.create_task(trail.record(a_batch("a")))]
    await asyncio.sleep(0.01)
    waiting += [asyncio.create_task(trail.record(a_batch("b")))]
    closing = asyncio.create_task(trail.__aexit__(None, None, None))
    await asyncio.sleep(0.01)
    closing.cancel()
    told = await asyncio.gather(*waiting, return_exceptions=True)

    assert closing.cancelled()
    assert list(map(repr, told)) == [repr(STOPPED), repr(STOPPED)]
    with pytest.raises(RecordsUnavailable, match="closed"):
        await trail.record(a_batch("c"))
    assert store.commits == [["a"]]


async def test_what_came_in_the_turn_in_which_a_closing_is_cut_short_is_told_so_too() -> None:
    """Before its commit has begun: none begins any more."""
    store = ScriptedStore()
    trail = Trail(store)

    await trail.__aenter__()
    closing = asyncio.create_task(trail.__aexit__(None, None, None))
    recording = trail.record(a_batch("a"))
    asyncio.get_running_loop().call_soon(closing.cancel)
    with pytest.raises(RecordsUnavailable, match="the writer of the records has stopped"):
        await recording

    assert closing.cancelled()
    assert store.commits == []


async def test_a_commit_that_is_ended_from_outside_fails_alone() -> None:
    """Who waits for it is told, and the next one works."""
    store = ScriptedStore(gate=asyncio.Event())

    async with Trail(store) as trail:
        waiting = asyncio.create_task(trail.record(a_batch("a")))
        await asyncio.sleep(0.01)
        [commit] = [one for one in asyncio.all_tasks() if one.get_name() == "trail commit"]
        commit.cancel()
        with pytest.raises(RecordsUnavailable, match="the writer of the records has stopped"):
            await waiting
        store.gate = None
        await trail.record(a_batch("b"))

    assert store.commits == [["a"], ["b"]]


async def test_a_commit_belongs_to_none_of_its_callers() -> None:
    """What the log or a trace says of it names no single request of those that share it."""
    request = ContextVar("request", default="")
    seen = []

    class Looking(ScriptedStore):
        async def append(self, batches: Sequence[DisclosureBatch]) -> None:
            seen.append(request.get())
            await super().append(batches)

    async def put(trail: Trail, name: str) -> None:
        request.set(name)
        await trail.record(a_batch(name))
        await trail.record(a_batch(f"{name}2"))

    async with Trail(Looking(), largest=1) as trail:
        await asyncio.gather(*(put(trail, name) for name in "abc"))

    assert seen == [""] * 6


async def test_leaving_a_trail_never_opened_is_harmless() -> None:
    """Closing twice or without opening does nothing."""
    store = ScriptedStore()

    await Trail(store).__aexit__(None, None, None)

    assert store.commits == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 5), max_size=30),
    st.lists(st.booleans(), max_size=10),
    st.integers(1, 8),
)
async def test_returning_means_committed(sizes: list[int], failures: list[bool], most: int) -> None:
    """For any load and any failures: a caller returns exactly if a good commit holds all of its."""
    store = ScriptedStore(failures=list(failures))
    callers = [a_batch_of(size, str(number)) for number, size in enumerate(sizes)]

    async with Trail(store, largest=most) as trail:
        told = await asyncio.gather(*map(trail.record, callers), return_exceptions=True)

    failed = {number for number, broke in enumerate(failures) if broke}
    good = {i for number, ids in enumerate(store.commits) if number not in failed for i in ids}
    for batch, said in zip(callers, told, strict=True):
        assert (said is None) == (batch.id in good or not batch.count)
    size_of = {batch.id: batch.count for batch in callers}
    for ids in store.commits:
        assert len(ids) == 1 or sum(size_of[one] for one in ids) <= most
