"""A deployment on disk: hub, embedded desk, seals, catalogue and keys; everybody in it is invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.desk.sealroom import keep_key
from hub.desk.seals import change_seal, register
from hub.desk.store.opening import open_desk_database
from hub.evidence import Role
from hub.notary.keeping import open_authority
from hub.notary.registry import Change, SealEvent
from hub.notary.words import SealKind
from hub.notary.words import Unit as SealUnit
from hub.settings import Settings, read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from tests.plans import PLAN

ASKING, ISSUING = "housing", "civil-affairs"
ITEM, CERTIFICATE, SEAL = "许可-00757-001", "no_marriage_record", "3302010000001"
REGISTRY = f"""
[units.{ASKING}]
name = "示例住建局"
operators = ["clerk"]

[units.{ISSUING}]
name = "示例民政局"
issues = ["{CERTIFICATE}"]
verifiers = ["vera"]
seal_keepers = ["keeper"]
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the hub is started with, and the keys of the two units."""

    environ: dict[str, str]
    asking: str = field(repr=False)
    issuing: str = field(repr=False)

    @property
    def settings(self) -> Settings:
        """The environment as settings."""
        return read_settings(self.environ)


async def lay_ground(folder: Path) -> Ground:
    """Everything that stands before the hub is started for the first time."""
    data = folder / "data"
    (data / "platforms").mkdir(parents=True)
    (data / "desk.toml").write_text(REGISTRY, encoding="utf-8")
    environ = {**PLAN, "CERTHUB_DATA": str(data)}
    settings = read_settings(environ)
    await _make_seal(settings)
    asking, issuing = await _furnish(settings)
    return Ground(environ, asking, issuing)


async def _make_seal(settings: Settings) -> None:
    begun, notary = datetime.now(UTC) - timedelta(days=1), settings.data / "notary"
    authority = open_authority(notary, begun)
    unit = SealUnit(ISSUING, "示例民政局")
    cut, key = authority.make_seal(SEAL, SealKind.VERIFICATION, unit, begun)
    keep_key(notary, SEAL, key)
    async with open_desk_database(settings.desk_database) as desk:
        await register(desk, cut)
        await change_seal(
            desk,
            SEAL,
            lambda at: SealEvent(at, Change.PERMITTED, "police", "keeper"),
            lambda: begun,
        )


async def _furnish(settings: Settings) -> tuple[str, str]:
    now = datetime.now(UTC)
    types = load_certificate_types(packaged_certificates())
    row = CatalogueRow(
        1,
        ASKING,
        ITEM,
        CERTIFICATE,
        types[CERTIFICATE].issuer_zh,
        (Measure.VERIFICATION,),
        frozenset(types[CERTIFICATE].fields),
    )
    content = CatalogueContent(
        (Unit(ASKING, "示例住建局", UnitKind.GOVERNMENT),),
        (ServiceItem(ITEM, "示例事项", "住房", ASKING, False, None),),
        (row,),
    )
    people = {Role.VERIFIER: ["vera"], Role.SEAL_KEEPER: ["keeper"]}
    async with open_database(settings) as engine:
        await save_version(engine, content, "kills", date(2026, 1, 1), now)
        asking, _ = await create_key(engine, ASKING, ["clerk"], "asking", now)
        issuing, _ = await create_key(engine, ISSUING, (), "issuing", now, others=people)
    return asking, issuing
