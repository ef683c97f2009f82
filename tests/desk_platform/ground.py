"""A desk on real sockets, its people, and callers that sign; everybody in it is invented."""

import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import orjson
from yarl import URL

from connectors.contract import ValueKind
from connectors.signing import canonical_query, hmac_headers
from hub.china import CHINA
from hub.declarations.words import CertificateField, CertificateType, Sensitivity
from hub.desk.desk import Desk
from hub.desk.registry import Client, Registry
from hub.desk.sealing import Sealer
from hub.desk.seals import change_seal, register
from hub.desk.serving import desk_answering, open_desk
from hub.desk.shared import SharedInformation
from hub.desk.store.opening import DeskDatabase
from hub.desk.store.timers import next_due
from hub.desk.words import Officer, Role
from hub.evidence import HolderKind
from hub.notary.registry import Change, SealEvent, SealRecord
from hub.notary.words import Content, Extraction, Proof, Seal, Sealed, SealKind, SealUse, Unit
from hub.workdays.calendar import WorkingDays
from tests.databases import place_migrated_desk

TEN = datetime(2025, 3, 12, 10, tzinfo=CHINA)  # a Wednesday
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HOUSING, CIVIL, ARCHIVES, REFORM = "housing", "civil-affairs", "archives", "reform-office"
SCHOOL = "school"
SUBJECT = "330203199001016712"
SINGLE, BOOK = "no_marriage_record", "household_register"
HUB = Client("hub", "key-hub", "secret-hub", None, states_items=True)
BUREAU = Client("bureau", "key-bureau", "secret-bureau", frozenset({CIVIL}))

PEOPLE = {
    Officer(HOUSING, "clerk"): frozenset({Role.OPERATOR}),
    Officer(SCHOOL, "tutor"): frozenset({Role.OPERATOR}),
    Officer(CIVIL, "vera"): frozenset({Role.VERIFIER}),
    Officer(CIVIL, "viktor"): frozenset({Role.VERIFIER}),
    Officer(CIVIL, "keeper"): frozenset({Role.SEAL_KEEPER}),
    Officer(CIVIL, "apprentice"): frozenset({Role.SEAL_KEEPER}),
    Officer(CIVIL, "chief"): frozenset({Role.COORDINATOR}),
    Officer(ARCHIVES, "anna"): frozenset({Role.VERIFIER}),
    Officer(REFORM, "watcher"): frozenset({Role.SUPERVISOR}),
}
REGISTRY = Registry(
    clients={each.access_key: each for each in (HUB, BUREAU)},
    people=PEOPLE,
    issues={CIVIL: frozenset({SINGLE, BOOK}), ARCHIVES: frozenset({SINGLE})},
    names={HOUSING: "某市住房保障局", CIVIL: "某市民政局"},
)

CLERK, TUTOR, VERA, VIKTOR, KEEPER, CHIEF, ANNA, WATCHER = (
    {"unit": unit, "name": name}
    for unit, name in (
        (HOUSING, "clerk"),
        (SCHOOL, "tutor"),
        (CIVIL, "vera"),
        (CIVIL, "viktor"),
        (CIVIL, "keeper"),
        (CIVIL, "chief"),
        (ARCHIVES, "anna"),
        (REFORM, "watcher"),
    )
)
By = Mapping[str, str]
VALUES = {"spouse": "无", "since": "2020-05-20"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = TEN

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.moment


class PaperSeals:
    """A sealer that draws nothing."""

    def __init__(self) -> None:
        self.made = 0

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> Sealed:
        """The content as bytes."""
        self.made += 1
        return Sealed(content.document_number, f"{seal.id} {use} {content!r}".encode())

    async def endorse(
        self, sealed: Sealed, extraction: Extraction, at: datetime, valid_until: datetime
    ) -> Proof:
        """The endorsement as bytes."""
        pdf = sealed.pdf + f" {extraction} {at} {valid_until}".encode()
        return Proof(sealed.document_number, pdf, b"{}")


def paper_seal(number: str, kind: SealKind = SealKind.VERIFICATION, unit: str = CIVIL) -> Seal:
    """A seal without a certificate."""
    begins, ends = TEN - timedelta(days=10), TEN + timedelta(days=3650)
    return Seal(number, kind, Unit(unit, unit), b"", begins, begins, ends)


async def put_on_record(database: DeskDatabase, seal: Seal, *operators: str) -> None:
    """Have a seal in the registry, permitted to these operators."""

    def event(operator: str) -> Callable[[datetime], SealEvent]:
        return lambda at: SealEvent(at, Change.PERMITTED, "police", operator)

    assert await register(database, seal) is None
    for operator in operators:
        done = await change_seal(database, seal.id, event(operator), lambda: TEN)
        assert isinstance(done, SealRecord)


async def paper_seals_on_record(database: DeskDatabase) -> None:
    """The keeper has one seal, the apprentice two, others none."""
    for number, operator in (
        ("seal-1", "keeper"),
        ("seal-2", "apprentice"),
        ("seal-3", "apprentice"),
    ):
        await put_on_record(database, paper_seal(number), operator)


def declared(name: str, title_zh: str, **kinds: ValueKind) -> CertificateType:
    """A certificate type with these fields."""
    fields = {
        field: CertificateField(field, f"{field}项", field, kind, Sensitivity.PERSONAL)
        for field, kind in kinds.items()
    }
    holders = frozenset({HolderKind.PERSON})
    parts = (None, None, None, None)
    return CertificateType(name, None, title_zh, name, holders, "民政", "civil", fields, *parts)


_OF_EVERY_KIND = {
    "a": ValueKind.TEXT,
    "b": ValueKind.INTEGER,
    "c": ValueKind.BOOLEAN,
    "d": ValueKind.TEXTS,
    "e": ValueKind.DECIMAL,
}
_MARITAL = {"spouse": ValueKind.TEXT, "since": ValueKind.DATE}
TYPES = {
    SINGLE: declared(SINGLE, "无婚姻登记记录证明", **_MARITAL, **_OF_EVERY_KIND),
    BOOK: declared(BOOK, "居民户口簿", **_MARITAL),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""


@dataclass
class Caller:
    """A client of the desk over HTTP."""

    session: aiohttp.ClientSession
    base: str
    client: Client = HUB
    ahead: float = 0.0

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """A signed call; `headers` come last."""
        path, _, query = path.partition("?")
        pairs = dict(parse_qsl(query))
        signed = canonical_query(pairs)
        secret, key, now = self.client.secret, self.client.access_key, time.time() + self.ahead
        head = hmac_headers(secret, key, method, path, signed, now) | dict(headers or {})
        url = f"{self.base}{path}" + (f"?{signed}" if signed else "")
        async with self.session.request(
            method, URL(url, encoded=True), data=body, headers=head
        ) as reply:
            raw = await reply.read()
            is_json = reply.content_type == "application/json"
            return Reply(
                reply.status, orjson.loads(raw) if is_json else None, dict(reply.headers), raw
            )

    async def get(self, path: str) -> Reply:
        """Read."""
        return await self.send("GET", f"/api/v1/{path}")

    async def post(self, path: str, body: object, key: str | None = None) -> Reply:
        """Write under a key, a fresh one if none is given."""
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        return await self.send("POST", f"/api/v1/{path}", orjson.dumps(body), headers)

    async def step(self, request: str, name: str, by: By, **parts: object) -> Reply:
        """Take a step."""
        return await self.post(f"requests/{request}/{name}", {"by": by, **parts})

    async def extract(self, by: By = CLERK, key: str | None = None, **further: object) -> Reply:
        """Extract proofs about the subject."""
        return await self.post("proofs/extract", extraction(by, **further), key)

    async def open(self, **further: object) -> str:
        """The id of a new request."""
        reply = await self.post("requests", submission(**further))
        assert reply.status == 201, reply.body
        return str(reply.body["id"])

    async def to_made(
        self,
        request: str | None = None,
        verifier: By = VERA,
        findings: Mapping[str, object] | None = None,
    ) -> str:
        """The id of a request, a new one if none is given, whose draft waits for its seal."""
        request = request or await self.open()
        made = {"findings": findings or {"verified": VALUES}}
        for name, parts in (("claim", {}), ("begin", {}), ("make", made)):
            reply = await self.step(request, name, verifier, **parts)
            assert reply.status == 200, (name, reply.body)
        return request

    async def to_sent(self, request: str, verifier: By = VERA, **values: object) -> Any:
        """The request after everything up to sending."""
        await self.to_made(request, verifier, {"verified": values or VALUES})
        return await self.seal_and_send(request)

    async def seal_and_send(self, request: str) -> Any:
        """The request after the draft was sealed and sent."""
        for name in ("seal", "send"):
            reply = await self.step(request, name, KEEPER)
            assert reply.status == 200, (name, reply.body)
        return reply.body


def submission(**further: object) -> dict[str, object]:
    """The body that opens a request."""
    return {
        "by": CLERK,
        "certificateType": SINGLE,
        "issuer": CIVIL,
        "fields": ["spouse", "since"],
        "subject": {"kind": "person", "id": SUBJECT, "name": "测试"},
        "purpose": {"item": "许可-00757-001", "case": "case-1"},
        "immediate": False,
        **further,
    }


def extraction(by: By = CLERK, **further: object) -> dict[str, object]:
    """The body that extracts."""
    return {
        "by": by,
        "certificateType": SINGLE,
        "subject": {"kind": "person", "id": SUBJECT},
        "purpose": {"item": "许可-00757-001", "case": "case-1", "itemName": "公租房申请"},
        **further,
    }


@dataclass
class Ground:
    """An open desk, its clock, and a caller that is the hub."""

    desk: Desk
    clock: Clock
    hub: Caller
    listener: socket.socket
    seals: Sealer

    def caller(self, client: Client, ahead: float = 0.0) -> Caller:
        """Another caller."""
        return Caller(self.hub.session, self.hub.base, client, ahead)

    async def pass_time(self, time: timedelta) -> None:
        """Move the clock, and let the timers fire that are due by then, by whomever."""
        self.clock.moment += time
        while await self._due():
            await self.desk.alarm.fire_due()

    async def _due(self) -> bool:
        async with self.desk.database.reading() as connection:
            at = await next_due(connection)
        return at is not None and at <= self.clock.moment


@asynccontextmanager
async def open_ground(
    database: str,
    *,
    sealer: Sealer | None = None,
    on_record: Callable[[DeskDatabase], Awaitable[None]] = paper_seals_on_record,
    types: Mapping[str, CertificateType] = TYPES,
    shared: SharedInformation | None = None,
) -> AsyncIterator[Ground]:
    """A desk over a database, answering on a free port; its seals are of paper if left out."""
    clock, seals = Clock(), sealer or PaperSeals()
    await place_migrated_desk(database)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            open_desk(
                database, REGISTRY, seals, WorkingDays(), clock, types=types, shared=shared
            ) as desk,
            desk_answering(desk, listener),
            aiohttp.ClientSession() as session,
        ):
            await on_record(desk.database)
            yield Ground(desk, clock, Caller(session, base), listener, seals)
