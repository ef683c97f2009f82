"""`certhub keys`: API keys, each tied to a unit and its operators."""

import asyncio
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
from hub.keys import KeyRecord
from hub.settings import Settings
from hub.storage import catalogue_store, key_store

app = typer.Typer(no_args_is_help=True, help="API keys (接口密钥) of units and their operators.")


@app.command()
def create(
    unit: Annotated[str, typer.Option(help="Code of the unit (单位编码), as in the catalogue.")],
    operator: Annotated[
        list[str], typer.Option(help="A clerk (操作人员) who may ask; give it once for each.")
    ],
    label: Annotated[str, typer.Option(help="What the key is for (用途说明).")] = "",
    data: Data = None,
) -> None:
    """Make a key (创建密钥); it is shown this once and kept only as a hash."""
    asyncio.run(_create(settings_of(data), unit, operator, label))


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


async def _create(settings: Settings, unit: str, operators: list[str], label: str) -> None:
    async with database_of(settings) as engine:
        text, record = await key_store.create_key(engine, unit, operators, label, datetime.now(UTC))
        known = await _in_catalogue(engine, unit)
    plain(aside(), f"key {record.id} for unit {unit}, operators {', '.join(operators)}:")
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
    table = Table("id", "unit 单位", "operators 操作人员", "label", "made", "state")
    now = datetime.now(UTC)
    for record in records:
        made = f"{record.created_at:%Y-%m-%d %H:%M}"
        operators = ", ".join(sorted(record.operators))
        table.add_row(record.id, record.unit, operators, record.label, made, _state(record, now))
    out().print(table)


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
