"""Waiting within a time, which costs no timer where there is nothing to wait for."""

import asyncio

import pytest

from resolvers.prompt import within


async def test_what_is_there_already_is_given_at_once() -> None:
    """Nobody else gets a turn, and no timer is set."""
    turns: list[str] = []
    asyncio.get_running_loop().call_soon(turns.append, "another")

    async def there() -> str:
        return "value"

    assert await within(0, there()) == "value"
    assert turns == []


async def test_what_comes_in_time_is_given() -> None:
    """After having waited several times."""

    async def later() -> int:
        for _ in range(3):
            await asyncio.sleep(0.001)
        return 3

    assert await within(5, later()) == 3


async def test_what_raises_after_a_wait_raises() -> None:
    """As it is."""

    async def wrong() -> None:
        await asyncio.sleep(0)
        raise KeyError("x")

    with pytest.raises(KeyError):
        await within(5, wrong())


async def test_what_takes_too_long_is_cut_off() -> None:
    """It hears of it, so that it can clean up."""
    heard: list[str] = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("cut off")
            raise

    with pytest.raises(TimeoutError):
        await within(0.01, never())

    assert heard == ["cut off"]


async def test_who_is_cancelled_may_wait_again_and_answer() -> None:
    """What is awaited hears of the cancellation, and what it still does is waited for."""

    async def tidies_up() -> str:
        try:
            await asyncio.sleep(0)
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)
        return "tidied up"

    async def cancelled() -> str:
        waiting = asyncio.create_task(within(5, tidies_up()))
        await asyncio.sleep(0.01)
        waiting.cancel()
        return await waiting

    assert await cancelled() == "tidied up"


async def test_who_is_cancelled_at_its_first_wait_may_wait_again_and_answer() -> None:
    """The first wait is no other than those after it."""

    async def tidies_up() -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)
        return "tidied up"

    waiting = asyncio.create_task(within(5, tidies_up()))
    await asyncio.sleep(0.01)
    waiting.cancel()

    assert await waiting == "tidied up"
