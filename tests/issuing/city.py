"""A hub and a desk over real HTTP, and units with keys of their own; everybody in it is invented."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.ext.asyncio import AsyncConnection
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.desk.desk import Desk
from hub.desk.registry import Client, Registry
from hub.desk.serving import desk_answering, open_desk
from hub.desk.store.timers import next_due
from hub.desk.words import Officer
from hub.desk.words import Role as DeskRole
from hub.embedding import default_declaration
from hub.evidence import Role
from hub.settings import Settings, read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from hub.workdays.calendar import WorkingDays
from resolvers.lateness import PULSE
from resolvers.transports.messages import SUBPROTOCOL
from tests.connectors.assisted_ground import Wire, wire_to
from tests.databases import place_migrated, place_migrated_desk
from tests.desk_platform.ground import Caller, Clock, PaperSeals, paper_seals_on_record
from tests.plans import PLAN
from tests.stack import serving
from tests.transports.ground import Socket

HOUSING, CIVIL, ARCHIVES, REFORM = "housing", "civil-affairs", "archives", "reform-office"
ITEM, CASE, SINGLE = "许可-00757-001", "办-2026-77", "no_marriage_record"
RESIDENT, NAME = "330203199003076711", "测试人员"
SUBJECT = {"person": {"residentId": RESIDENT, "name": NAME}}
PURPOSE = {"item": ITEM, "case": CASE, "operator": "clerk"}
TYPES = load_certificate_types(packaged_certificates())
HUB = Client("hub", "key-hub", "secret-hub", None, states_items=True)

PEOPLE: Mapping[str, Mapping[Role, Iterable[str]]] = {
    HOUSING: {Role.OPERATOR: ["clerk"]},
    CIVIL: {
        Role.VERIFIER: ["vera", "viktor"],
        Role.SEAL_KEEPER: ["keeper"],
        Role.COORDINATOR: ["chief"],
    },
    ARCHIVES: {Role.VERIFIER: ["anna"]},
    REFORM: {Role.SUPERVISOR: ["watcher"]},
}


def registry() -> Registry:
    """The desk's registry, which names the same people as the keys do."""
    people: dict[Officer, frozenset[DeskRole]] = {}
    for unit, named in PEOPLE.items():
        for role, names in named.items():
            for name in names:
                people[Officer(unit, name)] = frozenset({DeskRole(role.value)})
    issues = {CIVIL: frozenset({SINGLE}), ARCHIVES: frozenset({SINGLE})}
    return Registry({HUB.access_key: HUB}, people, issues)


def catalogue() -> CatalogueContent:
    """One item of one unit, which needs one certificate that is verified on request."""
    granted = frozenset(TYPES[SINGLE].fields) - {"number"}
    row = CatalogueRow(
        1, HOUSING, ITEM, SINGLE, TYPES[SINGLE].issuer_zh, (Measure.VERIFICATION,), granted
    )
    return CatalogueContent(
        (Unit(HOUSING, "示例住建", UnitKind.GOVERNMENT),),
        (ServiceItem(ITEM, "示例事项", "住房", HOUSING, False, None),),
        (row,),
    )


@dataclass(frozen=True)
class Side:
    """One unit, by its key."""

    url: str
    key: str = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)

    async def send(self, query: str, **variables: object) -> Any:
        """The whole answer; who is turned away by a hub whose loop is late (ours, too) comes again."""
        body = {"query": query, "variables": variables}
        headers = {"Authorization": f"Bearer {self.key}"}
        async with asyncio.timeout(30):
            while True:
                sent = self.session.post(f"{self.url}/graphql", json=body, headers=headers)
                async with sent as reply:
                    if reply.status != 503:
                        return await reply.json(content_type=None)
                await asyncio.sleep(PULSE)

    async def ask(self, query: str, **variables: object) -> Any:
        """The data of what must succeed."""
        answer = await self.send(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def refused(self, query: str, **variables: object) -> Any:
        """The one error of what must fail."""
        (error,) = (await self.send(query, **variables))["errors"]
        return error

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[Socket]:
        """A WebSocket with the key."""
        url = f"{self.url.replace('http', 'ws', 1)}/graphql"
        async with connect(url, subprotocols=[Subprotocol(SUBPROTOCOL)]) as connection:
            opened = Socket(connection)
            await opened.initialise(f"Bearer {self.key}")
            yield opened


@dataclass
class City:
    """Everything up; the hub reaches the desk over a wire that can be cut, `beside` doesn't."""

    desk: Desk
    clock: Clock
    wire: Wire
    beside: Caller
    settings: Settings
    housing: Side
    civil: Side
    archives: Side
    reform: Side

    async def pass_time(self, time: timedelta) -> None:
        """Move the desk's clock, and let what is due by then fire."""
        self.clock.moment += time
        while await self._due():
            await self.desk.alarm.fire_due()

    @asynccontextmanager
    async def records(self) -> AsyncIterator[AsyncConnection]:
        """The hub's database."""
        async with open_database(self.settings) as engine, engine.connect() as connection:
            yield connection

    async def _due(self) -> bool:
        async with self.desk.database.reading() as connection:
            at = await next_due(connection)
        return at is not None and at <= self.clock.moment


@asynccontextmanager
async def open_city(folder: Path) -> AsyncIterator[City]:
    """A desk, a hub that knows no other platform, and a key for each unit."""
    clock = Clock()
    database = f"sqlite+aiosqlite:///{folder}/desk.db"
    await place_migrated_desk(database)
    desk_of = open_desk(database, registry(), PaperSeals(), WorkingDays(), clock, types=TYPES)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with desk_of as desk, desk_answering(desk, listener), wire_to(place) as wire:
            await paper_seals_on_record(desk.database)
            settings = settings_of(folder, wire.url)
            keys = await _prepared(settings)
            async with serving(settings) as (url, _), aiohttp.ClientSession() as session:
                sides = [Side(url, keys[unit], session) for unit in PEOPLE]
                beside = Caller(session, place, HUB)
                yield City(desk, clock, wire, beside, settings, *sides)


def settings_of(folder: Path, url: str) -> Settings:
    """A deployment whose only platform is the desk at that address."""
    shutil.copytree(default_declaration(), folder / "platforms")
    credentials = folder / "credentials.toml"
    credentials.write_text(
        f'[verification]\naccess_key = "{HUB.access_key}"\nsecret = "{HUB.secret}"\n'
    )
    return read_settings(
        {
            **PLAN,
            "CERTHUB_DATA": str(folder / "data"),
            "CERTHUB_PLATFORMS": str(folder / "platforms"),
            "CERTHUB_CREDENTIALS": str(credentials),
            "CERTHUB_ENDPOINTS": f"verification={url}",
        }
    )


async def _prepared(settings: Settings) -> dict[str, str]:
    now, keys = datetime.now(UTC), {}
    await place_migrated(settings.data / "certhub.db")
    async with open_database(settings) as engine:
        await save_version(engine, catalogue(), "test", date(2026, 1, 1), now)
        for unit, named in PEOPLE.items():
            keys[unit], _ = await create_key(engine, unit, (), "test", now, others=named)
    return keys
