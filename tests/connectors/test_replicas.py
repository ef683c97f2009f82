"""Replicas: who can't be connected to is passed over, and a late lookup is asked a second time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from random import Random

import pytest

from connectors.contract import Endpoint, TimedOut, Unreachable
from connectors.http import Call, Http, Reply
from connectors.replicas import Reach, ReplicaRules, Replicas
from tests.connectors.scripted_server import (
    Asked,
    Fault,
    Said,
    ScriptedServer,
    nobody_listening,
    serving,
    until,
)

KNOWN = 20
"""Lookups after which it is known when one is late."""
SAVED = 100
"""Lookups after which five second calls are saved, for those that are stuck."""


@dataclass
class World:
    """A platform at two addresses, and calls to it."""

    http: Http
    first: str
    second: str
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))
    connect_timeout: float = 0.5

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(
            "city",
            self.first,
            {},
            connect_timeout=self.connect_timeout,
            replicas=(self.second,),
            slots=self.slots,
        )

    async def ask(self, *, lookup: bool = True, seconds: float = 5.0) -> Reply:
        url = f"{self.first}/q"
        return await self.http.ask(Call(self.endpoint, "GET", url, seconds, lookup=lookup))

    async def known(self, lookups: int = SAVED) -> None:
        """Learn from lookups that are answered."""
        for _ in range(0, lookups, KNOWN):
            await asyncio.gather(*(self.ask() for _ in range(KNOWN)))

    @property
    def reach(self) -> Reach:
        return self.http.reach(self.endpoint)


@dataclass
class Moody:
    """A server that says who it is, or does what it is told to do instead."""

    name: bytes
    instead: Fault | Said | None = None
    pause: float = 0.0

    async def __call__(self, _: Asked) -> Said | Fault:
        await asyncio.sleep(self.pause)
        return self.instead or Said(self.name)


@dataclass
class Two:
    """Two servers of one platform that are up, and calls to them."""

    world: World
    one: Moody
    two: Moody
    first: ScriptedServer
    second: ScriptedServer

    def asked(self) -> tuple[int, int]:
        return len(self.first.asked), len(self.second.asked)


@asynccontextmanager
async def two_servers(http: Http) -> AsyncIterator[Two]:
    one, two = Moody(b"one"), Moody(b"two")
    async with serving(one) as first, serving(two) as second:
        yield Two(World(http, first.url, second.url), one, two, first, second)


async def test_all_go_to_the_endpoint_while_it_answers(http: Http) -> None:
    """The replica is not asked; until twenty lookups were answered none is late."""
    async with two_servers(http) as up:
        up.one.pause = 0.05
        bodies = [(await up.world.ask()).body for _ in range(KNOWN)]

        assert bodies == [b"one"] * KNOWN
        assert up.asked() == (KNOWN, 0)
        assert up.world.reach == Reach(addresses=2, passed_over=0, hedged=0, failed_over=0)


async def test_three_lookups_that_are_stuck_are_enough(http: Http) -> None:
    """Each of the three is answered by the replica; then the endpoint is passed over."""
    async with two_servers(http) as up:
        await up.world.known()
        before = up.asked()
        up.one.instead = Fault.HANG
        bodies = [(await up.world.ask()).body for _ in range(50)]

        assert bodies == [b"two"] * 50
        assert (up.asked()[0] - before[0], up.asked()[1] - before[1]) == (3, 50)
        assert up.world.reach.passed_over == 1


async def test_a_call_that_may_change_something_is_sent_once(http: Http) -> None:
    """However late: it times out, and the replica has heard nothing of it."""
    async with two_servers(http) as up:
        await up.world.known()
        before = up.asked()
        up.one.instead = Fault.HANG
        with pytest.raises(TimedOut, match=r"^no whole answer within 0\.3 s"):
            await up.world.ask(lookup=False, seconds=0.3)

        assert (up.asked()[0] - before[0], up.asked()[1] - before[1]) == (1, 0)


async def test_the_slower_one_is_cut_off(http: Http) -> None:
    """Once the replica has answered, the connection to the endpoint is closed."""
    left = asyncio.Event()
    hanging = False

    async def first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                if hanging:
                    await reader.read()
                    left.set()
                    break
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")

    server = await asyncio.start_server(first, "127.0.0.1", 0)
    async with server, serving(Moody(b"two")) as second:
        port = server.sockets[0].getsockname()[1]
        world = World(http, f"http://127.0.0.1:{port}", second.url)
        await world.known()
        hanging = True
        reply = await world.ask()
        async with asyncio.timeout(5):
            await left.wait()

    assert reply.body == b"two"


async def test_a_second_call_takes_a_free_slot_or_is_not_made(http: Http) -> None:
    """While all slots are taken a lookup is asked once; as soon as one is free it is asked again."""
    async with two_servers(http) as up:
        await up.world.known()
        up.one.instead = Fault.HANG
        for _ in range(8):
            await up.world.slots.acquire()
        asking = asyncio.create_task(up.world.ask())
        await asyncio.sleep(0.5)
        while_taken = up.asked()[1], asking.done()
        up.world.slots.release()
        reply = await asking

        assert while_taken == (0, False)
        assert reply.body == b"two"
        assert not up.world.slots.locked()


async def test_nothing_goes_on_beyond_the_timeout(http: Http) -> None:
    """Where both addresses hang the lookup has timed out by then, as with one."""
    async with two_servers(http) as up:
        await up.world.known()
        before = up.world.reach.hedged
        up.one.instead = up.two.instead = Fault.HANG
        began = asyncio.get_running_loop().time()
        with pytest.raises(TimedOut, match=r"^no whole answer within 0\.5 s"):
            await up.world.ask(seconds=0.5)
        took = asyncio.get_running_loop().time() - began

        assert 0.45 < took < 1.5
        assert up.world.reach.hedged == before + 1


@pytest.mark.parametrize("trouble", [Said(b"", 502), Fault.RESET, Fault.TRUNCATED])
async def test_a_replica_in_trouble_does_not_count(http: Http, trouble: Said | Fault) -> None:
    """The endpoint's late answer is taken, not the replica's failure."""
    async with two_servers(http) as up:
        await up.world.known()
        before = up.world.reach.hedged
        up.one.pause, up.two.instead = 0.6, trouble
        reply = await up.world.ask()

        assert (reply.status, reply.body) == (200, b"one")
        assert up.world.reach.hedged == before + 1


async def test_where_both_fail_the_endpoint_is_told_of(http: Http) -> None:
    """The failure of the first call is the failure of the lookup."""
    async with two_servers(http) as up:
        await up.world.known()
        up.one.pause, up.one.instead = 0.4, Said(b"first", 500)
        up.two.instead = Said(b"second", 500)
        reply = await up.world.ask()

        assert (reply.status, reply.body) == (500, b"first")


async def test_a_replica_that_is_down_changes_nothing(http: Http) -> None:
    """The late answer of the endpoint is taken; the replica isn't tried again for the next ones."""
    one = Moody(b"one")
    async with nobody_listening() as nobody, serving(one) as first:
        world = World(http, first.url, nobody)
        await world.known()
        before = world.reach.hedged
        one.pause = 0.3
        bodies = [(await world.ask()).body for _ in range(3)]

        assert bodies == [b"one"] * 3
        assert world.reach == Reach(2, passed_over=1, hedged=before + 1, failed_over=0)


@pytest.mark.parametrize("lookup", [True, False])
async def test_who_cannot_be_connected_to_is_passed_over(http: Http, lookup: bool) -> None:
    """One call goes to the next address at once, the others go there first: none was asked twice."""
    two = Moody(b"two")
    async with nobody_listening() as nobody, serving(two) as second:
        world = World(http, nobody, second.url)
        bodies = [(await world.ask(lookup=lookup)).body for _ in range(30)]

        assert bodies == [b"two"] * 30
        assert len(second.asked) == 30
        assert world.reach == Reach(addresses=2, passed_over=1, hedged=0, failed_over=1)


async def test_all_at_once_are_answered_by_the_one_that_is_up(http: Http) -> None:
    """Two hundred lookups that begin before it is known: all are answered, none was asked twice."""
    two = Moody(b"two")
    async with nobody_listening() as nobody, serving(two) as second:
        # More than a server lets wait at its door: who is not let in knocks again after a second.
        world = World(http, nobody, second.url, connect_timeout=10)
        replies = await asyncio.gather(*(world.ask(seconds=20) for _ in range(200)))

        assert {reply.body for reply in replies} == {b"two"}
        assert len(second.asked) == 200


async def test_where_none_is_up_all_is_as_with_one(http: Http) -> None:
    """The same failure, in the same words, each time anew."""
    async with nobody_listening() as nobody, nobody_listening() as neither:
        world = World(http, nobody, neither)
        alone = Endpoint("alone", nobody, {})
        with pytest.raises(Unreachable) as one:
            await http.ask(Call(alone, "GET", f"{nobody}/q", 2.0))
        for _ in range(3):
            with pytest.raises(Unreachable) as both:
                await world.ask()
            assert str(both.value) == str(one.value)


@dataclass(frozen=True, slots=True)
class Status:
    """A reply made by hand."""

    status: int
    by: str


async def test_who_has_rested_is_tried_by_one_lookup() -> None:
    """After five seconds, and only once enough is saved to ask it twice; then all go there again."""
    now, down, asked = [0.0], {"a"}, list[str]()

    async def send(address: str) -> Status | Unreachable:
        asked.append(address)
        await asyncio.sleep(0)
        return Unreachable("down") if address in down else Status(200, address)

    replicas, slots = Replicas(["a", "b"], ReplicaRules(), lambda: now[0]), asyncio.Semaphore(8)
    await replicas.look_up(send, slots)
    down.clear()
    now[0] = 4.9
    while_resting = (await replicas.look_up(send, slots)).by
    now[0] = 5.1
    unsaved = [(await replicas.look_up(send, slots)).by for _ in range(18)]
    asked.clear()
    tried = await asyncio.gather(*(replicas.look_up(send, slots) for _ in range(3)))
    after = (await replicas.look_up(send, slots)).by

    assert (while_resting, set(unsaved)) == ("b", {"b"})
    assert sorted(asked[:3]) == ["a", "b", "b"]
    assert sorted(one.by for one in tried) == ["a", "b", "b"]
    assert after == "a"
    assert replicas.reach.passed_over == 0


async def test_who_is_hurried_gives_back_its_slot(http: Http) -> None:
    """A lookup that was sent twice and is cancelled twice, by its leaving and its time, keeps none."""
    async with two_servers(http) as up:
        await up.world.known()
        up.one.instead = up.two.instead = Fault.HANG
        asking = asyncio.create_task(up.world.ask())
        await until(lambda: up.second.now)
        asking.cancel()
        await asyncio.sleep(0)
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
        async with asyncio.timeout(1):
            for _ in range(8):
                await up.world.slots.acquire()


async def test_a_bug_flies() -> None:
    """What is no failure of a platform is not taken for one."""

    async def send(address: str) -> Status | Unreachable:
        if slow and address == "a":
            await asyncio.sleep(1)
        if slow:
            raise ZeroDivisionError
        return Status(200, address)

    replicas, slots, slow = Replicas(["a", "b"]), asyncio.Semaphore(8), False
    for _ in range(SAVED):
        await replicas.look_up(send, slots)
    slow = True
    with pytest.raises(ZeroDivisionError):
        await replicas.look_up(send, slots)


@pytest.mark.parametrize("seed", range(5))
async def test_never_more_than_one_in_twenty_is_asked_twice(seed: int) -> None:
    """Whatever the addresses do, after every call: as many were sent as lookups and second calls."""
    dice, begun, sent = Random(seed), [0], [0]

    async def send(address: str) -> Status | Unreachable:
        sent[0] += 1
        assert (sent[0] - begun[0]) * 20 <= begun[0]
        await asyncio.sleep(60 if dice.random() < 0.05 else dice.random() * 0.03)
        return Status(200 if dice.random() < 0.9 else 503, address)

    replicas, slots = Replicas(["a", "b", "c"]), asyncio.Semaphore(8)

    async def look_up() -> None:
        while begun[0] < 400:
            begun[0] += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    await replicas.look_up(send, slots)

    await asyncio.gather(*(look_up() for _ in range(16)))

    assert sent[0] == 400 + replicas.reach.hedged
    assert 0 < replicas.reach.hedged <= 20
