"""What the hub does, piece by piece, for who traces it from outside; nobody does by default."""

import asyncio
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Protocol

from connectors.contract import Answer, ConnectorError

Reply = Answer | ConnectorError


class Span(Protocol):
    """A piece of work: what begins while it is entered is part of it, and it ends when it is left."""

    def __enter__(self) -> "Span":
        """Make it the work that is done now."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """It has ended; of what went wrong nothing is told but that it did."""
        ...

    def count(self, name: str, number: int) -> None:
        """Tell a number; there is nothing else to be told, so that nobody is named."""
        ...


class Call(Protocol):
    """A call over a line: what begins while it is entered is part of it, and it ends by `end`."""

    def __enter__(self) -> "Call":
        """Make it the work that is done now."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """It is on its way."""
        ...

    def end(self, *, bug: bool) -> None:
        """Every question of it was replied to, or was cut off, or there was a bug."""
        ...


class Tracing(Protocol):
    """Sees each operation, its waves, their calls over the lines, and what it puts on record."""

    def operation(self, kind: str, headers: Mapping[str, str] | None) -> Span:
        """A GraphQL operation of that kind begins, part of whatever the headers say."""
        ...

    def wave(self, batches: Collection[Collection[object]]) -> Span:
        """A wave of the router begins: a batch of questions for each source."""
        ...

    def call(
        self, platform: str, interface: str, replies: "Collection[asyncio.Future[Reply]]"
    ) -> Call:
        """A call to an interface begins; it is awaited by those replies."""
        ...

    def joined(self, reply: "asyncio.Future[Reply]") -> None:
        """One more asker awaits a reply."""
        ...

    def commit(self, records: int) -> Span:
        """So many records begin to be committed."""
        ...

    def traceparent(self) -> str | None:
        """The work that is done now, as the header of W3C Trace Context names it."""
        ...


class _Nothing:
    """A piece of work that nobody traces."""

    __slots__ = ()

    def __enter__(self) -> "_Nothing":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def count(self, name: str, number: int) -> None:
        pass

    def end(self, *, bug: bool) -> None:
        pass


_NOTHING = _Nothing()


class _Untraced:
    """Sees nothing."""

    __slots__ = ()

    def operation(self, _kind: str, _headers: Mapping[str, str] | None) -> _Nothing:
        return _NOTHING

    def wave(self, _batches: Collection[Collection[object]]) -> _Nothing:
        return _NOTHING

    def call(
        self, _platform: str, _interface: str, _replies: "Collection[asyncio.Future[Reply]]"
    ) -> _Nothing:
        return _NOTHING

    def joined(self, reply: "asyncio.Future[Reply]") -> None:
        pass

    def commit(self, _records: int) -> _Nothing:
        return _NOTHING

    def traceparent(self) -> str | None:
        return None


UNTRACED = _Untraced()
"""For who traces nothing."""
