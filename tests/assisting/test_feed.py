"""The feed: every change once and in order, to whom it concerns, however the platform fares."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from connectors.assisted_parts import RequestState
from connectors.assisted_words import Change, ChangeKind, Changes, Receiver
from connectors.contract import ConnectorError, Unreachable
from connectors.http import open_http
from hub.assisting.feed import ChangesMissed, Feed, FeedSilent, Follower, running, seen_by
from tests.connectors.assisted_ground import (
    ANNA,
    CHIEF,
    VERA,
    Cut,
    Life,
    Wire,
    assisted,
    wire_to,
)
from tests.desk_platform.ground import ARCHIVES, CIVIL, HOUSING, SINGLE, TEN, open_ground

FOUND = {"verified": {"spouse": "无", "since": "2020-05-20"}}
WHOLE_LIFE = ["Issue", "Deliver", "Claim", "Begin", "Make", "Seal", "Send"]


@dataclass
class Ground:
    """A real desk, a wire to it, a feed over the wire, and a client beside the wire."""

    feed: Feed
    life: Life
    wire: Wire
    rests: list[float] = field(default_factory=list)


@asynccontextmanager
async def open_feed(folder: Path, *cuts: Cut, **further: int) -> AsyncIterator[Ground]:
    """Everything up; the first answers on the wire fare as `cuts` say."""
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        await asyncio.sleep(0.01)

    async with (
        open_ground(f"sqlite+aiosqlite:///{folder}/desk.db") as desk,
        open_http() as http,
        wire_to(desk.hub.base, *cuts) as wire,
    ):
        over_wire, beside = assisted(wire.url, http), assisted(desk.hub.base, http)
        async with running(Feed(lambda: over_wire, rest=rest, **further)) as feed:
            yield Ground(feed, Life(beside), wire, rests)


async def _take(changes: Follower, count: int) -> list[Change]:
    async with asyncio.timeout(10):
        return [await anext(changes) for _ in range(count)]


def _events(changes: list[Change]) -> list[str]:
    return [each.event for each in changes]


async def test_both_sides_are_told_every_step(tmp_path: Path) -> None:
    """Requester and issuer get each change once, in order, from the moment they follow."""
    async with open_feed(tmp_path) as ground:
        before = await ground.life.open()
        async with (
            ground.feed.following(HOUSING) as housing,
            ground.feed.following(CIVIL) as civil,
        ):
            request = await ground.life.open()
            await ground.life.to_sent(request.id, FOUND)
            told, too = await _take(housing, 7), await _take(civil, 7)

    assert before.id != request.id
    assert _events(told) == WHOLE_LIFE
    assert told == too
    assert [each.version for each in told] == [1, 2, 3, 4, 5, 6, 7]
    assert {each.request for each in told} == {request.id}


async def test_who_has_nothing_to_do_with_it_is_told_nothing(tmp_path: Path) -> None:
    """A unit hears of a request when it is forwarded to it, and nothing of before."""
    async with open_feed(tmp_path) as ground, ground.feed.following(ARCHIVES) as archives:
        request = await ground.life.open()
        await ground.life.take(request.id, "forward", CHIEF, to=ARCHIVES, reason="kept there")
        await ground.life.take(request.id, "claim", ANNA)
        told = await _take(archives, 2)

    assert _events(told) == ["Forward", "Claim"]
    assert (told[0].former_holder, told[0].holder) == (CIVIL, ARCHIVES)


async def test_only_what_was_wanted(tmp_path: Path) -> None:
    """A follower of one request hears nothing of another."""
    async with open_feed(tmp_path) as ground:
        wanted, other = await ground.life.open(), await ground.life.open()
        async with ground.feed.following(CIVIL, lambda one: one.request == wanted.id) as changes:
            await ground.life.take(other.id, "claim", VERA)
            await ground.life.take(wanted.id, "claim", VERA)
            told = await _take(changes, 1)

    assert [each.request for each in told] == [wanted.id]


@pytest.mark.parametrize("cut", [Cut.LOST, Cut.HALF])
async def test_answers_that_get_lost_lose_no_change(tmp_path: Path, cut: Cut) -> None:
    """A cut wire is tried again from the same place: nothing is missing, nothing is told twice."""
    async with open_feed(tmp_path) as ground, ground.feed.following(HOUSING) as changes:
        ground.wire.cuts[:] = [cut, cut, cut]
        request = await ground.life.open()
        with capture_logs() as logs:
            await ground.life.to_sent(request.id, FOUND)
            told = await _take(changes, 7)

    assert _events(told) == WHOLE_LIFE
    assert [each.sequence for each in told] == list(range(1, 8))
    assert ground.rests[0] == 0.5
    assert [each["event"] for each in logs] == ["changes_silent", "changes_told_again"]


async def test_many_lives_side_by_side_over_a_bad_wire(tmp_path: Path) -> None:
    """Thirty lives at once, every third answer on the wire lost: each change once, in order."""
    async with open_feed(tmp_path) as ground, ground.feed.following(CIVIL) as changes:
        ground.wire.cuts[:] = [Cut.WHOLE, Cut.WHOLE, Cut.LOST] * 20
        lives = [await ground.life.open() for _ in range(30)]
        await asyncio.gather(*(ground.life.to_sent(one.id, FOUND) for one in lives))
        told = [await anext(changes) for _ in range(30 * 7)]

    of_each = [[each.event for each in told if each.request == one.id] for one in lives]
    assert ground.wire.cuts.count(Cut.LOST) < 20
    assert [each.sequence for each in told] == list(range(1, 211))
    assert of_each == [WHOLE_LIFE] * 30


async def test_a_platform_that_begins_anew(tmp_path: Path) -> None:
    """Where the platform's records are others than before, followers are told to follow anew."""
    (tmp_path / "other").mkdir()
    async with (
        open_feed(tmp_path) as ground,
        open_ground(f"sqlite+aiosqlite:///{tmp_path}/other/desk.db") as other,
    ):
        await ground.life.open()
        async with ground.feed.following(HOUSING) as changes:
            ground.wire.target = other.hub.base
            ground.wire.cuts[:] = [Cut.LOST]
            await ground.life.open()
            with pytest.raises(ChangesMissed, match="begins anew"):
                await _take(changes, 1)
        async with ground.feed.following(HOUSING) as again:
            await other.hub.open()
            told = await _take(again, 2)

    assert [each.sequence for each in told] == [1, 2]


async def test_a_follower_that_falls_behind_is_ended(tmp_path: Path) -> None:
    """Its changes are dropped together and it is told so, again and again; others go on."""
    async with (
        open_feed(tmp_path, most_waiting=3) as ground,
        ground.feed.following(HOUSING) as slow,
        ground.feed.following(CIVIL) as quick,
    ):
        request = await ground.life.open()
        told = await _take(quick, 2)
        for step, by in (("claim", VERA), ("begin", VERA)):
            await ground.life.take(request.id, step, by)
            told += await _take(quick, 1)
        with pytest.raises(ChangesMissed, match="more slowly"):
            await anext(slow)
        with pytest.raises(ChangesMissed):
            await anext(slow)

    assert _events(told) == WHOLE_LIFE[:4]


class Scripted:
    """A platform that answers as it is told, and counts."""

    def __init__(self, *answers: Changes | ConnectorError) -> None:
        self.answers = list(answers)
        self.asked: list[int | None] = []

    async def changes(self, after: int | None, wait: float) -> Changes:
        """The next answer; when there is none left, nothing happens any more."""
        self.asked.append(after)
        await asyncio.sleep(0)
        if not self.answers:
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, ConnectorError):
            raise answer
        return answer


async def test_nobody_is_asked_while_nobody_follows() -> None:
    """The first follower begins it; when the last has left, the next begins at the end again."""
    source = Scripted(Changes((), 7), Changes((), 7), Changes((), 9))
    async with running(Feed(lambda: source)) as feed:
        await asyncio.sleep(0.02)
        quiet = list(source.asked)
        async with feed.following(HOUSING):
            pass
        await asyncio.sleep(0.02)
        async with feed.following(HOUSING):
            await _until(lambda: len(source.asked) == 4)

    assert quiet == []
    assert source.asked == [None, 7, None, 9]


async def test_another_platform_is_begun_anew() -> None:
    """A reload that names another platform doesn't go on where the old one was."""
    old, new = Scripted(Changes((), 7), Changes((), 8)), Scripted(Changes((), 100))
    sources = [old, old, new]
    feed = Feed(lambda: sources.pop(0) if len(sources) > 1 else new)
    async with running(feed), feed.following(HOUSING) as changes:
        with pytest.raises(ChangesMissed, match="begins anew"):
            await _take(changes, 1)
        await _until(lambda: len(new.asked) == 2)

    assert (old.asked, new.asked) == ([None, 7], [None, 100])


async def test_a_silent_platform_is_told_at_once_and_tried_ever_more_rarely() -> None:
    """A follower doesn't wait for ever; the pauses double up to fifteen seconds."""
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        await asyncio.sleep(0)

    source = Scripted(*[Unreachable("no connection")] * 8)
    async with running(Feed(lambda: source, rest=rest, patience=0.1)) as feed:
        with pytest.raises(FeedSilent):
            async with feed.following(HOUSING):
                pass

    assert rests == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


async def test_no_platform_at_all() -> None:
    """Where none is configured, following says so in its time."""
    async with running(Feed(lambda: None, patience=0.05)) as feed:
        with pytest.raises(FeedSilent):
            async with feed.following(HOUSING):
                pass


async def test_followers_end_with_the_feed() -> None:
    """A hub that ends leaves nobody waiting."""
    source = Scripted(Changes((), 0))
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:  # noqa: SIM117  # in this order
        async with running(Feed(lambda: source)) as feed:
            waiting = tasks.create_task(_followed_to_the_end(feed))
            await _until(lambda: len(source.asked) == 2)

    assert waiting.result() == "the hub ends"


def test_other_receivers_are_not_shown() -> None:
    """A unit sees of a recall that it received the proof, not who else did."""
    recall = _recall(Receiver("library", "r-1"), Receiver("school", "r-2"))

    seen = seen_by("school", recall)

    assert seen is not None
    assert seen.receivers == (Receiver("school", "r-2"),)
    assert seen_by(HOUSING, recall) is not None
    assert seen_by("bank", recall) is None


def _recall(*receivers: Receiver) -> Change:
    return Change(
        sequence=9,
        at=TEN,
        kind=ChangeKind.RECALL,
        request="r-0",
        version=12,
        event="recall",
        state=RequestState.CLOSED,
        certificate_type=SINGLE,
        requester=HOUSING,
        holder=CIVIL,
        former_holder=None,
        receivers=receivers,
    )


async def _followed_to_the_end(feed: Feed) -> str:
    async with feed.following(HOUSING) as changes:
        with pytest.raises(ChangesMissed) as ended:
            await anext(changes)
    return str(ended.value)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  # what is awaited has no event
            await asyncio.sleep(0.005)
