"""The whole product on ephemeral ports: sandbox platforms, hub, uvicorn, a key and a catalogue."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn

from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.words import CertificateType
from hub.demonstration import Demonstration, write_demonstration
from hub.sandbox.sandbox import (
    Sandbox,
    SandboxOptions,
    open_sandbox,
    packaged_credentials,
    packaged_platforms,
)
from hub.settings import Settings, read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from resolvers.app import make_app
from tests.databases import place_migrated
from tests.plans import PLAN
from tests.schemas import schema_once

UNIT, ITEM, OPERATOR = "NB-TEST-01", "许可-00001-000", "op-001"
DOSSIER_ITEM, EXCLUDED_ITEM, FOREIGN_ITEM = "许可-00012-000", "许可-00002-000", "许可-00003-000"
TWELVE = (
    "resident_id_card",
    "household_register",
    "marriage_registration",
    "real_estate_title",
    "housing_check",
    "social_insurance",
    "medical_insurance",
    "housing_fund",
    "minimum_living_allowance",
    "disability_card",
    "residence_permit",
    "no_criminal_record",
)
PURPOSE = {"item": ITEM, "case": "办-1", "operator": OPERATOR}
WITHHELD = "ethnicity"
_BEGUN = count(1)


def rows_for(types: Mapping[str, CertificateType]) -> tuple[CatalogueRow, ...]:
    """Every type for ITEM (all fields but `ethnicity` granted), and the special items."""
    wanted: list[tuple[str, str, str, str | None]] = [
        (UNIT, ITEM, name, None) for name in sorted(types)
    ]
    wanted += [(UNIT, DOSSIER_ITEM, name, None) for name in TWELVE]
    wanted += [(UNIT, EXCLUDED_ITEM, "academic_degree", "由市外单位核发且未共享")]
    wanted += [("NB-TEST-02", FOREIGN_ITEM, "resident_id_card", None)]
    return tuple(
        CatalogueRow(
            number,
            unit,
            item,
            name,
            types[name].issuer_zh,
            (Measure.SHARING, Measure.VERIFICATION, Measure.COMMITMENT),
            frozenset(types[name].fields) - {WITHHELD},
            scope_exclusion=excluded,
            commitment_allowed=True,
        )
        for number, (unit, item, name, excluded) in enumerate(wanted, 1)
    )


def catalogue_for(types: Mapping[str, CertificateType]) -> CatalogueContent:
    """A small edition: two units and four items over all declared types."""
    units = (
        Unit(UNIT, "示例窗口", UnitKind.GOVERNMENT),
        Unit("NB-TEST-02", "示例燃气公司", UnitKind.PUBLIC_UTILITY, "海曙区"),
    )
    handled = [(UNIT, ITEM), (UNIT, DOSSIER_ITEM), (UNIT, EXCLUDED_ITEM)]
    items = tuple(
        ServiceItem(code, f"示例事项{code}", "住房", unit, True, None)
        for unit, code in [*handled, ("NB-TEST-02", FOREIGN_ITEM)]
    )
    return CatalogueContent(units, items, rows_for(types))


def demonstration_of(sandbox: Sandbox, key: str) -> Demonstration:
    """GraphiQL's examples over this stack's catalogue and people."""
    first = sandbox.examples.person_with("resident_id_card", {"province": True})
    second = sandbox.examples.person_with("resident_id_card", {"province": True}, skip=1)
    return Demonstration(
        key,
        {
            "resident_id": first.identifier,
            "resident_name": first.name,
            "other_resident_id": second.identifier,
            "other_resident_name": second.name,
            "other_certificate": "marriage_registration",
            "denied_certificate": "driving_licence",
            "pending_resident_id": second.identifier,
            "pending_resident_name": second.name,
            "issuer_key": "ch_of_nobody",
            "verifier": "示例核查员",
            "keeper": "示例印章管理员",
            "item": DOSSIER_ITEM,
            "case": "办-1",
            "operator": OPERATOR,
        },
    )


@dataclass
class Stack:
    """A running product and a client that speaks to it."""

    url: str
    key: str
    sandbox: Sandbox
    settings: Settings
    server: uvicorn.Server
    session: aiohttp.ClientSession = field(repr=False)

    async def post(self, body: object, key: str | None = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of one request."""
        sent = {"Authorization": f"Bearer {key or self.key}", **headers}
        async with self.session.post(f"{self.url}/graphql", json=body, headers=sent) as reply:
            return reply.status, await reply.json(content_type=None)

    async def ask(self, query: str, **variables: object) -> Any:
        """The data of a query that must succeed."""
        status, answer = await self.post({"query": query, "variables": variables})
        assert status == 200, answer
        assert "errors" not in answer, answer
        return answer["data"]

    def reset_counts(self) -> None:
        for name in self.sandbox.urls:
            self.sandbox.platform(name).reset_counts()

    def upstream_calls(self) -> dict[str, int]:
        """Data calls by platform, without those that were not asked."""
        counts = {name: self.sandbox.platform(name).counts.total for name in self.sandbox.urls}
        return {name: number for name, number in counts.items() if number}


@cache
def _declared(*folders: Path) -> Mapping[str, CertificateType]:
    return load_certificate_types(*folders)


def _look_for_garbage_seldom() -> None:
    """A hub that begins looks for garbage among all that is not frozen: here at each tenth only."""
    if next(_BEGUN) % 10:
        gc.freeze()  # until that hub ends


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    """The app under a real uvicorn on an ephemeral port of this loop."""
    _look_for_garbage_seldom()
    app = make_app(settings, schema=schema_once)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_level="warning",
        lifespan="on",
        ws="websockets-sansio",
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # older uvicorn's hook
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
        if task.done():
            task.result()
            raise RuntimeError("the hub did not start")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        await app.state.connections.leave(5)
        server.should_exit = True
        await task


@asynccontextmanager
async def open_stack(
    folder: Path,
    *,
    platforms: Path | None = None,
    certificates: Path | None = None,
    environ: Sequence[tuple[str, str]] = (),
    twice: tuple[str, ...] = (),
) -> AsyncIterator[Stack]:
    """Everything up; `platforms` and `certificates` add to what is packaged.

    Platforms in `twice` are at two addresses.
    """
    folders = (packaged_certificates(), *([certificates] if certificates else []))
    types = _declared(*folders)
    options = SandboxOptions(
        ports=None,
        size=20_000,
        platforms=platforms or packaged_platforms(),
        types=folders,
        twice=twice,
    )
    async with open_sandbox(options) as sandbox:
        settings = read_settings(
            {
                "CERTHUB_DATA": str(folder / "data"),
                "CERTHUB_PLATFORMS": str(options.platforms),
                "CERTHUB_DEMONSTRATION": str(folder / "demonstration.json"),
                "CERTHUB_CREDENTIALS": str(packaged_credentials()),
                "CERTHUB_ENDPOINTS": ",".join(f"{n}={u}" for n, u in sandbox.addresses.items()),
                **PLAN,
                **({"CERTHUB_CERTIFICATES": str(certificates)} if certificates else {}),
                **dict(environ),
            }
        )
        now = datetime.now(UTC)
        await place_migrated(settings.data / "certhub.db")
        async with open_database(settings) as engine:
            await save_version(engine, catalogue_for(types), "test", date(2026, 1, 1), now)
            key, _ = await create_key(engine, UNIT, [OPERATOR], "test", now)
        write_demonstration(demonstration_of(sandbox, key), folder / "demonstration.json")
        async with serving(settings) as (url, server), aiohttp.ClientSession() as session:
            yield Stack(url, key, sandbox, settings, server, session)
