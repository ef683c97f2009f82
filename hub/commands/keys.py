"""`certhub keys`: API keys, each tied to a unit and its people in their roles."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.commands.database import database_of
from hub.commands.options import Data, settings_of
from hub.commands.terminal import aside, out, plain
from hub.commands.trouble import CommandFailed
from hub.edition import today
from hub.evidence import Role
from hub.keys import KeyRecord
from hub.settings import Settings
from hub.storage import catalogue_store, key_store

app = typer.Typer(no_args_is_help=True, help="API keys (接口密钥) of units and their people.")

_Names = Mapping[Role, Sequence[str]]


@app.command()
def create(
    unit: Annotated[str, typer.Option(help="Code of the unit (单位编码), as in the catalogue.")],
    operator: Annotated[
        list[str] | None,
        typer.Option(help="A clerk (操作人员) who may ask; give it, as all roles, once for each."),
    ] = None,
    verifier: Annotated[
        list[str] | None,
        typer.Option(help="Who verifies and makes answers to other units' requests (核查人员)."),
    ] = None,
    seal_keeper: Annotated[
        list[str] | None, typer.Option(help="Who seals and sends them (印章管理人员).")
    ] = None,
    coordinator: Annotated[
        list[str] | None,
        typer.Option(help="Who reassigns, forwards and explains delays (管理责任人员)."),
    ] = None,
    supervisor: Annotated[
        list[str] | None, typer.Option(help="Who supervises and urges (监督检查人员).")
    ] = None,
    label: Annotated[str, typer.Option(help="What the key is for (用途说明).")] = "",
    data: Data = None,
) -> None:
    """Make a key (创建密钥); it is shown this once and kept only as a hash.

    One person may have several roles; the verification desk's registry must name them too.
    """
    given = (operator, verifier, seal_keeper, coordinator, supervisor)
    names = {role: each or [] for role, each in zip(Role, given, strict=True)}
    asyncio.run(_create(settings_of(data), unit, _sound(names), label))


@app.command("list")
def list_(data: Data = None) -> None:
    """Show every key ever made (密钥列表), without its secret."""
    asyncio.run(_list(settings_of(data)))


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="The key's id, from `keys list`.")],
    data: Data = None,
) -> None:
    """Revoke a key (吊销密钥); a running hub refuses it within five seconds."""
    asyncio.run(_revoke(settings_of(data), key))


def _sound(names: _Names) -> _Names:
    given = [name for each in names.values() for name in each]
    if not given:
        raise CommandFailed(
            "a key needs people: name each one by --operator, --verifier, --seal-keeper, "
            "--coordinator or --supervisor."
        )
    if not all(name.strip() == name and name.isprintable() and name for name in given):
        raise CommandFailed("a person's name is printable text without blanks around it.")
    return names


async def _create(settings: Settings, unit: str, names: _Names, label: str) -> None:
    now = datetime.now(UTC)
    others: _Names = {role: names[role] for role in Role if role is not Role.OPERATOR}
    async with database_of(settings) as engine:
        text, record = await key_store.create_key(
            engine, unit, names[Role.OPERATOR], label, now, others=others
        )
        known = await _in_catalogue(engine, unit)
    plain(aside(), f"key {record.id} for unit {unit}, {_people(record)}:")
    plain(out(), text)
    plain(aside(), "Keep it now: it can't be shown again. Send it as `Authorization: Bearer …`.")
    if not known:
        plain(aside(), f"Mind: no catalogue in force names unit {unit}, so it may ask for nothing.")


async def _in_catalogue(engine: AsyncEngine, unit: str) -> bool:
    catalogue = await catalogue_store.in_force(engine, today())
    return catalogue is not None and unit in catalogue.units


async def _list(settings: Settings) -> None:
    async with database_of(settings) as engine:
        records = await key_store.list_keys(engine)
    table = Table("id", "unit 单位", "people 人员", "label", "made", "state")
    now = datetime.now(UTC)
    for record in records:
        made = f"{record.created_at:%Y-%m-%d %H:%M}"
        people = _people(record)
        table.add_row(record.id, record.unit, people, record.label, made, _state(record, now))
    out().print(table)


def _people(record: KeyRecord) -> str:
    return ", ".join(_person(name, record.people[name]) for name in sorted(record.people))


def _person(name: str, roles: frozenset[Role]) -> str:
    """The name, and the roles where they are others than operator."""
    if roles == {Role.OPERATOR}:
        return name
    listed = ", ".join(role.value.replace("_", " ") for role in Role if role in roles)
    return f"{name} ({listed})"


def _state(record: KeyRecord, now: datetime) -> str:
    if record.revoked_at is not None:
        return f"revoked {record.revoked_at:%Y-%m-%d %H:%M}"
    if record.expires_at is not None and record.expires_at <= now:
        return "expired"
    return "in force"


async def _revoke(settings: Settings, key: str) -> None:
    async with database_of(settings) as engine:
        record = await key_store.revoke_key(engine, key, datetime.now(UTC))
    if record is None:
        raise CommandFailed(f"there is no key {key}. `certhub keys list` shows them.")
    plain(out(), f"key {record.id} of unit {record.unit} is revoked.")
