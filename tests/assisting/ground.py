"""A hub over a real desk on real sockets, with a wire between them; everybody in it is invented."""

import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from yarl import URL

from connectors.assisted import AssistedVerification
from connectors.assisted_parts import Officer
from connectors.assisted_words import RequestView, StepRejected
from connectors.http import open_http
from hub.assisting.words import Ask
from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.compose import Hub, open_hub
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.desk.desk import Desk
from hub.desk.registry import Client, Registry
from hub.desk.sealroom import SealRoom, keep_key, kept_authority
from hub.desk.seals import change_seal, register
from hub.desk.serving import desk_answering, open_desk
from hub.desk.words import Officer as DeskOfficer
from hub.desk.words import Role
from hub.evidence import HolderKind, Lookup, Purpose, Requester, Subject
from hub.evidence import Role as KeyRole
from hub.notary.authority import Authority
from hub.notary.keeping import open_authority
from hub.notary.pool import Workshop
from hub.notary.registry import Change, SealEvent, SealRecord
from hub.notary.words import SealKind
from hub.notary.words import Unit as SealUnit
from hub.sandbox.sandbox import packaged_credentials, packaged_platforms
from hub.settings import Settings, read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from hub.workdays.calendar import WorkingDays
from tests.connectors.assisted_ground import Wire, assisted, wire_to
from tests.databases import place_migrated, place_migrated_desk
from tests.plans import PLAN

TYPES = load_certificate_types(packaged_certificates())
HUB = Client("hub", "sandbox-hub", "6ce6ea0e52f9a72f7a037d4d64d1fda3", None, states_items=True)
UNIT, OTHER, CIVIL, POLICE = "NB-TEST-01", "NB-TEST-02", "civil-affairs", "police"
OPERATOR, STRANGER = "op-001", "op-002"
ITEM, SLOW = "许可-00001-000", "许可-00002-000"
REGISTER, MARRIAGE, CARD, DEGREE, DISABILITY = (
    "household_register",
    "marriage_registration",
    "resident_id_card",
    "academic_degree",
    "disability_card",
)
GRANTED = frozenset({"name", "household_number", "marital_status"})
FOUND = {"name": "王示例", "household_number": "0042", "marital_status": "未婚"}
OPEN = frozenset(FOUND)
CASE = "办-7788"
PERSON = Subject(HolderKind.PERSON, "330203199001016715", "王示例")
ANOTHER = Subject(HolderKind.PERSON, "330203198805054325", "李示例")
VERA, VIKTOR, KEEPER = (Officer(CIVIL, name) for name in ("vera", "viktor", "keeper"))
ROLES = {
    DeskOfficer(UNIT, OPERATOR): frozenset({Role.OPERATOR}),
    DeskOfficer(OTHER, OPERATOR): frozenset({Role.OPERATOR}),
    DeskOfficer(CIVIL, "vera"): frozenset({Role.VERIFIER}),
    DeskOfficer(CIVIL, "viktor"): frozenset({Role.VERIFIER}),
    DeskOfficer(CIVIL, "keeper"): frozenset({Role.SEAL_KEEPER}),
}
REGISTRY = Registry(
    {HUB.access_key: HUB},
    ROLES,
    {CIVIL: frozenset({REGISTER, MARRIAGE, DISABILITY}), POLICE: frozenset({MARRIAGE})},
)
ASKING = Requester("key-1", UNIT, frozenset({OPERATOR}), {OPERATOR: frozenset({KeyRole.OPERATOR})})
BY_VERIFICATION = (Measure.VERIFICATION,)


def rows() -> Iterable[CatalogueRow]:
    """What the units may ask: by the issuer alone, by both ways, by sharing alone, not at all."""
    wanted: list[tuple[str, str, str, tuple[Measure, ...], str | None]] = [
        (UNIT, ITEM, REGISTER, BY_VERIFICATION, None),
        (UNIT, ITEM, MARRIAGE, (Measure.SHARING, Measure.VERIFICATION), None),
        (UNIT, ITEM, CARD, (Measure.SHARING,), None),
        (UNIT, ITEM, DEGREE, BY_VERIFICATION, "由市外单位核发且未共享"),
        (UNIT, SLOW, REGISTER, BY_VERIFICATION, None),
        (OTHER, ITEM, REGISTER, BY_VERIFICATION, None),
        (UNIT, ITEM, DISABILITY, (Measure.SHARING, Measure.VERIFICATION), None),
    ]
    for number, (unit, item, name, measures, excluded) in enumerate(wanted, 1):
        granted = GRANTED if name == REGISTER else frozenset(TYPES[name].fields)
        granted = frozenset({"name"}) if unit == OTHER else granted
        issuer = TYPES[name].issuer_zh
        yield CatalogueRow(number, unit, item, name, issuer, measures, granted, excluded)


def content() -> CatalogueContent:
    """Two units with an immediate item, and one with an item promised in five working days."""
    units = (
        Unit(UNIT, "示例窗口", UnitKind.GOVERNMENT),
        Unit(OTHER, "示例燃气公司", UnitKind.PUBLIC_UTILITY, "海曙区"),
    )
    items = (
        ServiceItem(ITEM, "示例即办事项", "住房", UNIT, True, None),
        ServiceItem(SLOW, "示例承诺事项", "住房", UNIT, False, 5),
        ServiceItem(ITEM, "示例即办事项", "住房", OTHER, True, None),
    )
    return CatalogueContent(units, items, tuple(rows()))


def lookup(
    certificate: str = REGISTER,
    *,
    item: str = ITEM,
    case: str = CASE,
    operator: str = OPERATOR,
    subject: Subject = PERSON,
) -> Lookup:
    """One certificate for the case of these tests."""
    return Lookup(certificate, subject, Purpose(item, case, operator))


def ask(day: date = date(2026, 3, 2), **further: object) -> Ask:
    """A verification to be asked for; `further` are a lookup's parts."""
    return Ask(lookup(**further), day)  # type: ignore[arg-type]  # a lookup's own parts


@dataclass
class Issuer:
    """The people of the issuing unit, who call the desk directly."""

    calls: AssistedVerification

    async def take(self, request: str, step: str, by: Officer, **parts: object) -> RequestView:
        """A step that can be taken."""
        taken = await self.calls.step(request, step, by, parts, secrets.token_hex(8))
        assert isinstance(taken, RequestView), taken
        return taken

    async def answer(
        self, request: str, findings: object = None, verifier: Officer = VERA
    ) -> RequestView:
        """Everything up to sending a sealed answer."""
        found = {"verified": FOUND} if findings is None else findings
        await self.take(request, "claim", verifier)
        await self.take(request, "begin", verifier)
        await self.take(request, "make", verifier, findings=found)
        await self.take(request, "seal", KEEPER)
        return await self.take(request, "send", KEEPER)


Proof = dict[str, Any]
"""A proof as it is on the wire."""


class Meddler:
    """Stands between hub and desk and may change every proof that is handed over."""

    def __init__(self, desk: str, session: aiohttp.ClientSession) -> None:
        self._desk = desk
        self._session = session
        self.change: Callable[[Proof], Proof] = lambda proof: proof
        self.last: Proof = {}

    async def answer(self, request: web.Request) -> web.Response:
        """What the desk answers, its proofs as they were changed."""
        async with self._session.request(
            request.method,
            URL(self._desk + request.raw_path, encoded=True),
            data=await request.read(),
            headers=request.headers,
        ) as reply:
            body, status = await reply.read(), reply.status
            if request.path.endswith("/proofs/extract") and status == 200:
                body = orjson.dumps({"proofs": [*map(self._changed, orjson.loads(body)["proofs"])]})
            headers = {"Content-Type": reply.headers["Content-Type"], "Date": reply.headers["Date"]}
            return web.Response(body=body, status=status, headers=headers)

    def _changed(self, proof: Proof) -> Proof:
        self.last = proof
        return self.change(dict(proof))


@asynccontextmanager
async def meddling(desk: str) -> AsyncIterator[tuple[Meddler, str]]:
    """A meddler and where it answers."""
    async with aiohttp.ClientSession() as session:
        meddler, app = Meddler(desk, session), web.Application()
        app.router.add_route("*", "/{path:.*}", meddler.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            await web.SockSite(runner, listener).start()
            yield meddler, f"http://127.0.0.1:{listener.getsockname()[1]}"
            await runner.cleanup()


@dataclass
class DeskGround:
    """A desk, the wire to it, its issuer, and settings of a hub that asks it."""

    desk: Desk
    wire: Wire
    meddler: Meddler
    issuer: Issuer
    authority: Authority
    settings: Settings
    key: str

    async def requests(self, unit: str = UNIT) -> list[str]:
        """The requests a unit has opened at the desk."""
        page = await self.issuer.calls.outbox(unit)
        return [one.id for one in page.requests]


@cache
def workshop() -> Workshop:
    """The one that seals in all tests of a process: its worker begins once, with the first seal."""
    return Workshop(1)


@asynccontextmanager
async def open_desk_ground(folder: Path) -> AsyncIterator[DeskGround]:
    """A desk on a free port behind a wire, and the database of a hub with catalogue and key."""
    now, notary = datetime.now(UTC), folder / "hub" / "notary"
    database = f"sqlite+aiosqlite:///{folder}/desk.db"
    await place_migrated_desk(database)
    room = SealRoom(workshop(), kept_authority(notary, now), notary / "seals")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            open_desk(
                database,
                REGISTRY,
                room,
                WorkingDays(),
                lambda: datetime.now(UTC),
                types=TYPES,
            ) as desk,
            desk_answering(desk, listener),
            meddling(url) as (meddler, meddled),
            wire_to(meddled) as wire,
            open_http() as http,
        ):
            settings = settings_of(folder, wire.url)
            key = await furnished(settings)
            authority = open_authority(notary, now)
            ground = DeskGround(
                desk, wire, meddler, Issuer(assisted(url, http, HUB)), authority, settings, key
            )
            await make_seal(ground, notary, "3302010000001")
            yield ground


async def make_seal(ground: DeskGround, notary: Path, number: str) -> None:
    """A verification seal of the issuing unit, permitted to its keeper."""
    begun = datetime.now(UTC) - timedelta(days=1)
    unit = SealUnit(CIVIL, "示例民政局")
    cut, key = ground.authority.make_seal(number, SealKind.VERIFICATION, unit, begun)
    keep_key(notary, number, key)
    assert await register(ground.desk.database, cut) is None

    def permitted(at: datetime) -> SealEvent:
        return SealEvent(at, Change.PERMITTED, "police", "keeper")

    done = await change_seal(ground.desk.database, number, permitted, lambda: begun)
    assert isinstance(done, SealRecord)


def settings_of(folder: Path, desk: str) -> Settings:
    """A hub whose verification platform is the desk, and whose other platforms are not there."""
    silent = ("province", "municipality", "municipal_integrated", "human_resources_bureau")
    endpoints = dict.fromkeys(silent, "http://127.0.0.1:9") | {"verification": desk}
    return read_settings(
        {
            **PLAN,
            "CERTHUB_DATA": str(folder / "hub"),
            "CERTHUB_PLATFORMS": str(packaged_platforms()),
            "CERTHUB_CREDENTIALS": str(packaged_credentials()),
            "CERTHUB_ENDPOINTS": ",".join(f"{name}={url}" for name, url in endpoints.items()),
        }
    )


async def furnished(settings: Settings) -> str:
    """The key of the asking unit, in a database with the catalogue."""
    now = datetime.now(UTC)
    await place_migrated(settings.data / "certhub.db")
    async with open_database(settings) as engine:
        await save_version(engine, content(), "test", date(2026, 1, 1), now)
        key, _ = await create_key(
            engine, UNIT, [OPERATOR], "test", now, others={KeyRole.VERIFIER: ["verifier-1"]}
        )
    return key


@asynccontextmanager
async def open_asking(ground: DeskGround) -> AsyncIterator[Hub]:
    """The hub itself, without a face."""
    async with open_hub(ground.settings) as hub:
        yield hub


def opened(came: object) -> RequestView:
    """The request that is pending."""
    view = getattr(came, "request", None)
    assert isinstance(view, RequestView), came
    return view


def rejected(came: object) -> StepRejected:
    """Why a step could not be taken."""
    assert isinstance(came, StepRejected), came
    return came
