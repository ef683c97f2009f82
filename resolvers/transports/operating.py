"""What every transport of subscriptions works with, and who is at its other end."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field

from graphql import ExecutionResult, GraphQLError

from hub.evidence import Requester
from hub.keys import KeysUnavailable
from resolvers.door import Door, TurnedAway
from resolvers.errors import CallerError
from resolvers.execution import Executor, Operation, Refused
from resolvers.identity import Identity, Unauthenticated
from resolvers.limits import Limits
from resolvers.transports.connections import Connections


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that a socket has to be initialised, and may be open with nothing running; that a
    client has to read one message, or to send one body; between looks whether a key is still
    valid; and between signs of life on a quiet stream.
    """

    initialising: float = 5.0
    idle: float = 120.0
    key_check: float = 2.0
    reading: float = 10.0
    sign_of_life: float = 12.0


@dataclass(slots=True)
class Caller:
    """Who is connected; known anew from time to time, as keys end and change."""

    authorization: str = field(repr=False)
    requester: Requester


@dataclass(frozen=True, slots=True)
class Operating:
    """Runs operations for those who are connected, within the limits."""

    executor: Executor
    identity: Identity
    make_context: Callable[[Requester], object]
    limits: Limits
    connections: Connections
    door: Door
    timing: Timing = Timing()

    async def caller(self, authorization: str | None) -> Caller:
        """Who the header names; raises as `Identity.requester` does."""
        requester = await self.identity.requester(authorization)
        return Caller(authorization or "", requester)

    async def key_lost(self, caller: Caller) -> None:
        """Return when the caller's key has been revoked or has expired.

        A store that does not answer ends nobody's connection: every event asks it for more anyway.
        """
        while True:
            await asyncio.sleep(self.timing.key_check)
            try:
                caller.requester = await self.identity.requester(caller.authorization)
            except KeysUnavailable:
                continue
            except Unauthenticated:
                return

    async def answers(
        self, operation: Operation, caller: Caller
    ) -> AsyncGenerator[ExecutionResult | Refused, None]:
        """The answers of one operation, each in a context of its own.

        A query or mutation is inside the door while it runs; a subscription waits outside.
        """
        key = caller.requester.key
        answers = self.executor.answers(operation, lambda: self.make_context(caller.requester))
        try:
            with nullcontext() if operation.subscribes else self.door.entered(key):
                async with aclosing(answers):
                    async for answer in answers:
                        yield answer
        except TurnedAway as away:
            yield turned_away(away)

    def allowed(self, caller: Caller) -> Refused | None:
        """Count an operation of the caller; a refusal where its key has had its share."""
        try:
            self.door.request_of(caller.requester.key)
        except TurnedAway as away:
            return turned_away(away)
        return None


def turned_away(away: TurnedAway) -> Refused:
    """Who was not let in, told inside a connection that stands."""
    trouble = CallerError(away.code, str(away), f"Come again in {away.retry_after} s.")
    return Refused([GraphQLError(str(away), original_error=trouble)])
