"""The desk that a demonstration stands on: who is designated, their seals, what lies behind it."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.catalogue.demonstration import WATER, WINDOW
from hub.commands.demo_case import OPERATORS, WATER_OPERATORS
from hub.commands.trouble import CommandFailed
from hub.declarations.platforms import VERIFICATION
from hub.deployed_desk import notary_folder, registry_file, shared_folder
from hub.desk.sealroom import keep_key, kept_authority, key_file
from hub.desk.seals import change_seal, register
from hub.desk.store.opening import DeskDatabase, open_desk_database
from hub.desk.store.seals import all_seals
from hub.notary.authority import Authority
from hub.notary.registry import Change, SealEvent
from hub.notary.words import SealKind, Unit
from hub.sandbox.issuing_units import CITY, IssuingUnit, issuing_units
from hub.sandbox.sandbox import Sandbox, packaged_platforms
from hub.settings import Settings

SUPERVISION = Unit("NB-DEMO-90", f"{CITY}电子证明监督检查办公室")
SUPERVISOR = "示例监督员"
ISSUERS = "issuers"
"""The desk's client that the sandbox's issuers are, and the name of its credential."""
BUREAU = "示例市公安局"
"""Who makes and permits seals (Article 15)."""
MARK = "# Written by certhub demo, anew at each start."
_REGION = "330299"


@dataclass(frozen=True, slots=True)
class Permitted:
    """A seal to be had: of which kind and unit, and whom it is permitted to."""

    number: str
    kind: SealKind
    unit: Unit
    people: Sequence[str]


async def prepare_desk(settings: Settings, sandbox: Sandbox) -> None:
    """Everything the embedded desk of a demonstration finds in its data folder.

    A registry that is no demonstration's is left alone, and raises `CommandFailed`.
    """
    units = issuing_units(sandbox.types)
    _write_registry(registry_file(settings), registry_text(units))
    _declare_behind(shared_folder(settings), sandbox.urls[VERIFICATION])
    await _make_seals(settings, list(seals_of(units)))


def registry_text(units: Sequence[IssuingUnit]) -> str:
    """The registry (Article 17): the windows, every issuing unit, supervision, and the clients."""
    tables: dict[str, Mapping[str, object]] = {
        f"clients.{ISSUERS}": {"units": "all"},
        f"units.{WINDOW.code}": {"name": WINDOW.name_zh, "operators": OPERATORS},
        f"units.{WATER.code}": {"name": WATER.name_zh, "operators": WATER_OPERATORS},
        f"units.{SUPERVISION.code}": {"name": SUPERVISION.name_zh, "supervisors": (SUPERVISOR,)},
        **{f"units.{unit.code}": _designated(unit) for unit in units},
    }
    return "\n".join([MARK, "", *(_toml(name, entries) for name, entries in tables.items())])


def seals_of(units: Sequence[IssuingUnit]) -> Iterator[Permitted]:
    """A verification seal for every issuing unit's keeper, a sharing seal for each window."""
    windows = ((WINDOW, OPERATORS), (WATER, WATER_OPERATORS))
    for place, (window, people) in enumerate(windows, start=1):
        number, unit = f"{_REGION}1{place:06}", Unit(window.code, window.name_zh)
        yield Permitted(number, SealKind.SHARING, unit, people)
    for place, one in enumerate(units, start=1):
        unit, number = Unit(one.code, one.name_zh), f"{_REGION}2{place:06}"
        yield Permitted(number, SealKind.VERIFICATION, unit, (one.keeper,))


def _write_registry(file: Path, text: str) -> None:
    if file.exists() and not file.read_text("utf-8").startswith(MARK):
        raise CommandFailed(
            f"{file} is the registry of a real desk. Give the demo a folder of its own with --data."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def _designated(unit: IssuingUnit) -> Mapping[str, object]:
    return {
        "name": unit.name_zh,
        "issues": unit.issues,
        "verifiers": unit.verifiers,
        "seal_keepers": (unit.keeper,),
        "coordinators": (unit.coordinator,),
    }


def _toml(name: str, entries: Mapping[str, object]) -> str:
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items())
    return "\n".join([f"[{name}]", *lines, ""])


def _declare_behind(folder: Path, url: str) -> None:
    """The sandbox's verification platform as the one that shared information comes from."""
    declared = folder / VERIFICATION
    shutil.copytree(packaged_platforms() / VERIFICATION, declared, dirs_exist_ok=True)
    file = declared / "platform.toml"
    lines = file.read_text("utf-8").splitlines()
    kept = (line for line in lines if not line.startswith("endpoint"))
    file.write_text("\n".join([f"endpoint = {json.dumps(url)}", *kept, ""]), "utf-8")


async def _make_seals(settings: Settings, wanted: Sequence[Permitted]) -> None:
    notary, now = notary_folder(settings), datetime.now(UTC)
    authority = kept_authority(notary, now)
    async with open_desk_database(settings.desk_database) as database:
        async with database.reading() as connection:
            known = {record.seal.id for record in await all_seals(connection, uses=False)}
        for one in wanted:
            if one.number not in known:
                await _make_seal(database, authority, notary, one, now)


async def _make_seal(
    database: DeskDatabase, authority: Authority, notary: Path, one: Permitted, now: datetime
) -> None:
    key_file(notary / "seals", one.number).unlink(missing_ok=True)  # of a database that is gone
    seal, key = authority.make_seal(one.number, one.kind, one.unit, now)
    keep_key(notary, one.number, key)
    await register(database, seal)
    for person in one.people:
        await change_seal(database, one.number, _permission(person), lambda: now)


def _permission(person: str) -> Callable[[datetime], SealEvent]:
    return lambda at: SealEvent(at, Change.PERMITTED, BUREAU, person)
