"""Waiting for what is mostly there already, without a timer for it where it is."""

import asyncio
from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any, TypeVar

Value = TypeVar("Value")


async def within(seconds: float, awaited: Awaitable[Value]) -> Value:
    """What is awaited; raises `TimeoutError` where it takes longer.

    It begins at once. Only if it has to wait does a timer begin: setting one costs more than most of
    what is waited for here.
    """
    steps = awaited.__await__()
    try:
        waits_for = next(steps)
    except StopIteration as done:
        value: Value = done.value
        return value
    async with asyncio.timeout(seconds):
        return await _go_on(steps, waits_for)


@coroutine
def _go_on(steps: Generator[Any, None, Value], waits_for: Any) -> Generator[Any, None, Value]:
    """The rest of something that has made its first step, which hears all that is said to it."""
    try:
        while True:
            try:
                said = yield waits_for
            except BaseException as trouble:  # a cancellation is for what is waited for to hear
                waits_for = steps.throw(trouble)
            else:
                waits_for = steps.send(said)
    except StopIteration as done:
        value: Value = done.value
        return value
