"""What the hub does, piece by piece, for who traces it from outside; nobody does by default."""

from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Protocol

from connectors.contract import Answer, ConnectorError


class Sent(Protocol):
    """Questions sent together: how many were asked, how many are open, and what was said to each."""

    @property
    def asked(self) -> int:
        """Those at the first places; the others were replied to without asking."""
        ...

    @property
    def open(self) -> int:
        """Those that were not replied to yet."""
        ...

    @property
    def replies(self) -> Sequence[Answer | ConnectorError | None]:
        """What was said to each, none so far where it is open."""
        ...


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

    def call(self, platform: str, interface: str, sent: Sent) -> Call:
        """A call to an interface begins, which asks questions sent together."""
        ...

    def joined(self, sent: Sent) -> None:
        """One more asker awaits what is said to something sent before."""
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

    def call(self, _platform: str, _interface: str, _sent: Sent) -> _Nothing:
        return _NOTHING

    def joined(self, _sent: Sent) -> None:
        pass

    def commit(self, _records: int) -> _Nothing:
        return _NOTHING

    def traceparent(self) -> str | None:
        return None


UNTRACED = _Untraced()
"""For who traces nothing."""
