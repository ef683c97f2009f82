"""The edition of the catalogue in force: held in memory, looked up anew as days and imports come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.catalogue.rows import Catalogue, CatalogueContent, CatalogueVersion
from hub.china import date_in_china
from hub.declarations.words import ConfigurationError
from hub.storage import catalogue_store

LOOKS_EVERY = 30.0
"""Seconds between two looks for an edition that has come into force."""

log = structlog.get_logger("certhub.catalogue")


def today() -> date:
    """Today's date in China."""
    return date_in_china(datetime.now(UTC))


def no_catalogue() -> Catalogue:
    """What is in force before the first import: no item, no certificate."""
    return Catalogue(CatalogueVersion(0, "none imported", date.min), CatalogueContent((), (), ()))


class Edition:
    """Holds the catalogue in force; `refresh` takes in a newer one."""

    def __init__(
        self, engine: AsyncEngine, types: Collection[str], day: Callable[[], date] = today
    ) -> None:
        self._engine = engine
        self._types = types
        self._day = day
        self.catalogue = no_catalogue()

    async def refresh(self) -> bool:
        """Load the edition in force today where it is another one; tells whether it was."""
        version = await catalogue_store.version_in_force(self._engine, self._day())
        if version is None or version.id == self.catalogue.version.id:
            return False
        catalogue = await catalogue_store.load(self._engine, version)
        self._check(catalogue)
        self.catalogue = catalogue
        log.info("catalogue in force", version=version.name, rows=len(catalogue.rows))
        return True

    def _check(self, catalogue: Catalogue) -> None:
        unknown = {row.certificate for row in catalogue.rows} - set(self._types)
        if unknown:
            raise ConfigurationError(
                f"catalogue {catalogue.version.name!r} names certificate types that are not "
                f"declared: {', '.join(sorted(unknown))}. Declare them (CERTHUB_CERTIFICATES) or "
                "import an edition without them."
            )

    async def _look(self, closing: asyncio.Event) -> None:
        while not await _set_within(closing, LOOKS_EVERY):
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError, ConfigurationError) as trouble:
                log.warning("catalogue not refreshed", kind=type(trouble).__name__)

    @classmethod
    @asynccontextmanager
    async def open(cls, engine: AsyncEngine, types: Collection[str]) -> AsyncIterator[Self]:
        """The edition, loaded, and kept up to date as long as it is open."""
        edition = cls(engine, types)
        await edition.refresh()
        closing = asyncio.Event()
        looking = asyncio.create_task(edition._look(closing), name="catalogue edition")
        try:
            yield edition
        finally:
            closing.set()
            await asyncio.wait([looking])


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event is set before the time is over; nothing is cut off in the middle."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
