"""`certhub webhooks`: who is told of changes by POST, signed after Standard Webhooks."""

import asyncio
import json
import secrets
from datetime import UTC, datetime
from time import perf_counter
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.contract import ConnectorError
from connectors.http import open_http
from connectors.webhooks import Post, send, shown_secret
from hub.commands.database import database_of
from hub.commands.options import Data, settings_of
from hub.commands.terminal import aside, out, plain
from hub.commands.trouble import CommandFailed
from hub.edition import today
from hub.settings import Settings, pseudonym_secret
from hub.storage import catalogue_store, webhook_store
from hub.storage.webhook_store import Webhook
from hub.webhooks.pace import Pace
from hub.webhooks.registering import WrongAddress, fingerprint, new_webhook, secret_of
from hub.webhooks.sending import ANOTHER_KEY, silence, status_trouble

app = typer.Typer(
    no_args_is_help=True,
    help="Webhooks (回调通知): a unit's requests, inbox and recalls, told by POST as they change.",
)
Id = Annotated[str, typer.Argument(metavar="ID", help="The webhook's id, from `webhooks list`.")]


@app.command()
def add(
    unit: Annotated[str, typer.Option(help="Code of the unit (单位编码), as in the catalogue.")],
    url: Annotated[
        str, typer.Option(help="Where to POST (接收地址); https, or http to 127.0.0.1.")
    ],
    data: Data = None,
) -> None:
    """Register a webhook (登记回调); its secret is shown this once. A running hub begins within 30 s."""
    asyncio.run(_add(settings_of(data), unit, url))


@app.command("list")
def list_(data: Data = None) -> None:
    """Show every webhook (回调列表): what waits, and whether its receiver is silent."""
    asyncio.run(_list(settings_of(data)))


@app.command()
def remove(webhook: Id, data: Data = None) -> None:
    """Remove a webhook (删除回调) and what waits for it."""
    asyncio.run(_remove(settings_of(data), webhook))


@app.command()
def test(webhook: Id, data: Data = None) -> None:
    """Send a signed message of the type webhook.test now (测试回调), and say what came of it."""
    asyncio.run(_test(settings_of(data), webhook))


async def _add(settings: Settings, unit: str, url: str) -> None:
    hub_secret = pseudonym_secret(settings)
    try:
        webhook, secret = new_webhook(unit, url, hub_secret, datetime.now(UTC), secrets.token_bytes)
    except WrongAddress as trouble:
        raise CommandFailed(str(trouble)) from None
    async with database_of(settings) as engine:
        await webhook_store.add_webhook(engine, webhook)
        known = await _in_catalogue(engine, unit)
    plain(aside(), f"webhook {webhook.id} for unit {unit}; its secret:")
    plain(out(), shown_secret(secret))
    plain(aside(), "Keep it now: it can't be shown again. Check every message with it (Standard")
    plain(aside(), f"Webhooks: webhook-signature, v1). Try it: certhub webhooks test {webhook.id}")
    if not known:
        plain(aside(), f"Mind: no catalogue in force names unit {unit}.")


async def _in_catalogue(engine: AsyncEngine, unit: str) -> bool:
    catalogue = await catalogue_store.in_force(engine, today())
    return catalogue is not None and unit in catalogue.units


async def _list(settings: Settings) -> None:
    async with database_of(settings) as engine:
        webhooks = await webhook_store.all_webhooks(engine)
        waiting = await webhook_store.waiting(engine)
    table = Table("id", "unit 单位", "url", "made", "waiting", "given up", "state")
    for one in webhooks:
        counts = (str(waiting.get(one.id, 0)), str(one.given_up))
        table.add_row(one.id, one.unit, _place(one), _moment(one.made_at), *counts, _state(one))
    out().print(table)


def _place(webhook: Webhook) -> str:
    """The URL without its query, which may be a secret of the receiver."""
    return webhook.url.partition("?")[0]


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _state(webhook: Webhook) -> str:
    if webhook.silent_since is not None:
        return f"silent since {_moment(webhook.silent_since)}: {webhook.trouble}"
    return "not told yet" if webhook.told_at is None else f"told {_moment(webhook.told_at)}"


async def _remove(settings: Settings, name: str) -> None:
    async with database_of(settings) as engine:
        removed = await webhook_store.remove_webhook(engine, name)
    if removed is None:
        raise _unknown(name)
    plain(out(), f"webhook {removed.id} of unit {removed.unit} is removed.")


async def _test(settings: Settings, name: str) -> None:
    async with database_of(settings) as engine:
        webhooks = await webhook_store.all_webhooks(engine)
    found = next((one for one in webhooks if one.id == name), None)
    if found is None:
        raise _unknown(name)
    secret = secret_of(pseudonym_secret(settings), found.id)
    if fingerprint(secret) != found.secret_hash:
        raise CommandFailed(f"webhook {found.id}: {ANOTHER_KEY}.")
    begun = perf_counter()
    trouble = await _tried(_test_post(found, secret))
    if trouble is not None:
        raise CommandFailed(f"webhook {found.id} was not told: {trouble}.")
    plain(out(), f"webhook {found.id} was told in {(perf_counter() - begun) * 1000:.0f} ms.")


def _test_post(webhook: Webhook, secret: bytes) -> Post:
    at = datetime.now(UTC).isoformat()
    told = {"type": "webhook.test", "timestamp": at, "data": {"unit": webhook.unit}}
    message = f"msg_{webhook.id}_test_{secrets.token_hex(4)}"
    return Post(webhook.id, webhook.url, secret, message, json.dumps(told).encode())


async def _tried(post: Post) -> str | None:
    seconds = Pace().timeout
    async with open_http() as http:
        try:
            status = await send(http, post, int(datetime.now(UTC).timestamp()), seconds)
        except ConnectorError as error:
            return silence(error, seconds)
    return status_trouble(status)


def _unknown(name: str) -> CommandFailed:
    return CommandFailed(f"there is no webhook {name}. `certhub webhooks list` shows them.")
