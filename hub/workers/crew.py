"""The crew: so many workers on one socket, kept at their number; the desk and renewals are the keeper's."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import structlog

from connectors.contract import Endpoint
from connectors.http import open_http
from hub.compose import declared, secrets_of
from hub.declarations.live import LiveDeclarations, ReloadReport
from hub.declarations.words import ConfigurationError, Platform
from hub.desk_within import EmbeddedDesk
from hub.embedding import embedding
from hub.platforms import endpoint_of
from hub.reloading import reloading_on_hangup
from hub.settings import Settings
from hub.workers.figures import together
from hub.workers.letters import Letter
from hub.workers.office import open_office
from hub.workers.renewing import Renewing
from hub.workers.worker import Worker, WorkerLost, WorkerSilent

PAUSE = 1.0
"""Seconds before another worker takes the place of one that ended."""

log = structlog.get_logger("certhub.workers")


class Crew:
    """Workers in their places, each place named by its number; who ends is replaced."""

    def __init__(
        self,
        settings: Settings,
        declarations: LiveDeclarations,
        listener: socket.socket,
        number: int,
    ) -> None:
        self.settings = settings
        self._declarations = declarations
        self._listener = listener
        self._number = number
        self._terms: Letter = {}
        self._workers: dict[int, Worker] = {}

    @asynccontextmanager
    async def at_work(self, terms: Letter, grace: float) -> AsyncIterator[None]:
        """All workers serving, on those terms; at the end each has `grace` seconds to end."""
        self._terms = terms
        try:
            await self._begin_all()
            keeping = [asyncio.create_task(self._keep(place)) for place in self._workers]
            try:
                yield
            finally:
                for one in keeping:
                    one.cancel()
                await asyncio.wait(keeping)
        finally:
            await asyncio.gather(*(one.end(grace) for one in self._workers.values()))

    async def _begin_all(self) -> None:
        for place in range(1, self._number + 1):
            self._workers[place] = await Worker.begun(self._terms, self._listener)
        try:
            await asyncio.gather(*(one.ready() for one in self._workers.values()))
        except WorkerLost as lost:
            raise ConfigurationError(
                f"{lost} before it served; what it said stands above"
            ) from None

    async def _keep(self, place: int) -> None:
        """Another worker in a place as soon as it is empty, for ever."""
        while True:
            worker = self._workers[place]
            code = await worker.ended()
            log.error("worker ended, another takes its place", process=worker.pid, code=code)
            await asyncio.sleep(PAUSE)
            self._workers[place] = await Worker.begun(self._terms, self._listener)

    async def figures(self) -> bytes:
        """The figures of all workers that serve and answer, each under its place."""
        serving = {place: one for place, one in self._workers.items() if one.serves}
        texts = await _answers("figures", serving)
        told = {place: one["figures"] for place, one in texts.items() if isinstance(one, dict)}
        return together({str(place): text for place, text in told.items()})

    async def reload(self) -> ReloadReport:
        """Every worker reloads, and so does the keeper; what any of them refused is refused."""
        own = self._declarations.reload()
        # Who begins now has perhaps read the files before they changed: it is asked when it serves.
        told = await _answers("reload", self._workers)
        return _summed([own, *(_report(one) for one in told.values())])


async def _answers(what: str, workers: Mapping[int, Worker]) -> dict[int, Letter | WorkerSilent]:
    """What all say that have not ended, or that one of them says nothing."""
    asked = {place: asyncio.create_task(one.ask(what)) for place, one in workers.items()}
    await asyncio.gather(*asked.values(), return_exceptions=True)
    return {place: said for place, one in asked.items() if (said := _said(one)) is not None}


def _said(asked: asyncio.Task[Letter]) -> Letter | WorkerSilent | None:
    match asked.exception():
        case None:
            return asked.result()
        case WorkerSilent() as silent:
            return silent
        case _:
            return None


def _report(told: Letter | WorkerSilent) -> ReloadReport:
    if isinstance(told, WorkerSilent):
        return ReloadReport(str(told))
    report = told["report"]
    names = {name: tuple(report[name]) for name in ("platforms", "interfaces", "restart_for")}
    return ReloadReport(**{**report, **names})


def _summed(reports: Sequence[ReloadReport]) -> ReloadReport:
    """What came of all; a worker that began a moment ago has seen the change already."""
    most = max(reports, key=lambda one: (one.edition is not None, len(one.platforms)))
    refused = next((one.refused for one in reports if one.refused), None)
    edition = next((one.edition_refused for one in reports if one.edition_refused), None)
    return replace(most, refused=refused, edition_refused=edition)


@asynccontextmanager
async def crew_open(
    settings: Settings, listener: socket.socket, number: int, grace: float
) -> AsyncIterator[Crew]:
    """So many workers answer on the socket as long as this is open."""
    if settings.desk_pace != 1:
        raise ConfigurationError(
            "environment: CERTHUB_DESK_PACE is for one process, as workers have clocks of their own. "
            "Leave it out, or leave out --workers."
        )
    declarations = declared(settings)
    async with embedding(settings, declarations) as desk, open_http() as http:
        secret = secrets_of(settings, desk)

        def endpoint(platform: Platform) -> Endpoint:
            return endpoint_of(platform, secret(platform))

        crew = Crew(settings, declarations, listener, number)
        renewing = Renewing(lambda: dict(declarations.current.platforms), endpoint, http)
        async with (
            open_office(renewing, crew.figures) as office,
            reloading_on_hangup(crew),
            crew.at_work(_terms(settings, desk, office), grace),
        ):
            yield crew


def _terms(settings: Settings, desk: EmbeddedDesk | None, office: Path) -> Letter:
    shared = None if desk is None else {"url": desk.url, "credential": dict(desk.credential)}
    return {"data": str(settings.data), "office": str(office), "desk": shared}
