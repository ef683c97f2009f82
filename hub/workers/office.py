"""Where workers ask for what they have in common; a socket that only this user can reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors import contract
from connectors.contract import ConnectorError, Unreachable
from connectors.renewals import Renewals, Renewed, Secrets
from hub.workers.letters import LONGEST, Letter, line_of, next_letter


class AtOffice:
    """The office as a worker reaches it; each question has a connection of its own."""

    def __init__(self, place: Path) -> None:
        self._place = place

    async def newer(self, platform: str, stale: str | None) -> Renewed:
        """See `Renewals.newer`; a keeper that has ended leaves the platform unreachable."""
        answer = await self._asked({"platform": platform, "stale": stale})
        if answer is None:
            raise Unreachable("the process that renews its secrets has ended; start certhub anew")
        if trouble := answer.get("trouble"):
            raise _failure(trouble, answer["text"])
        return Renewed(Secrets(**answer["secrets"]), answer["clock_offset"])

    async def figures(self) -> bytes:
        """The figures of all workers; none where their keeper has ended."""
        answer = await self._asked({"figures": True})
        return b"" if answer is None else answer["figures"].encode()

    async def _asked(self, question: Letter) -> Letter | None:
        try:
            reader, writer = await asyncio.open_unix_connection(self._place, limit=LONGEST)
        except OSError:
            return None
        try:
            writer.write(line_of(question))
            return await next_letter(reader)
        finally:
            writer.close()


def _failure(kind: str, text: str) -> ConnectorError:
    failure: type[ConnectorError] = getattr(contract, kind)
    return failure(text)


@asynccontextmanager
async def open_office(
    renewals: Renewals, figures: Callable[[], Awaitable[bytes]]
) -> AsyncIterator[Path]:
    """The office, and where it is, as long as this is open."""

    async def answered(question: Letter) -> Letter:
        if "platform" not in question:
            return {"figures": (await figures()).decode()}
        try:
            came = await renewals.newer(question["platform"], question["stale"])
        except ConnectorError as trouble:
            return {"trouble": _kind(trouble), "text": str(trouble)}
        return {"secrets": asdict(came.secrets), "clock_offset": came.clock_offset}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if question := await next_letter(reader):
                writer.write(line_of(await answered(question)))
        finally:
            writer.close()

    with TemporaryDirectory(prefix="certhub-") as folder:  # made with mode 0700
        place = Path(folder) / "office"
        server = await asyncio.start_unix_server(serve, place, limit=LONGEST)
        try:
            yield place
        finally:
            server.close()


def _kind(trouble: ConnectorError) -> str:
    """The name under which the other side finds the kind of failure, or the next more general one."""
    return next(kind.__name__ for kind in type(trouble).__mro__ if hasattr(contract, kind.__name__))
