"""`certhub seals`: the registry of seals (Article 15), while the desk runs or not."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hub.commands.desk_database import Database
from hub.commands.options import Data, settings_of
from hub.commands.seal_acts import (
    EventAt,
    brought,
    check_designated,
    done_to_seal,
    event_of,
    every_seal,
    ledger,
    made_seal,
)
from hub.commands.terminal import aside, out, plain
from hub.commands.trouble import CommandFailed
from hub.notary.authority import SEAL_LIFE
from hub.notary.registry import Change
from hub.notary.words import SealKind
from hub.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="Seals (印章): made, permitted to named persons, suspended, revoked; every use on record.",
)

Number = Annotated[str, typer.Argument(metavar="SEAL", help="The seal's number, from `list`.")]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="As desk.toml names them (人员).")]
By = Annotated[str, typer.Option(help="Who decided it, for the record (批准人).")]
Reason = Annotated[str, typer.Option(help="Why, for the record (原因).")]
BUREAU = "公安机关"


@app.command()
def make(
    unit: Annotated[str, typer.Argument(help="Code of the unit (单位编码), as in desk.toml.")],
    kind: Annotated[
        SealKind, typer.Argument(help="For verified (核实信息) or shared information (共享信息).")
    ],
    number: Annotated[str | None, typer.Option(help="Its number; a free one if left out.")] = None,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="How long its certificate is valid.")
    ] = SEAL_LIFE.days,
    data: Data = None,
    database: Database = None,
) -> None:
    """Have a seal made (制作印章); nobody may use it until it is permitted."""
    made = asyncio.run(
        made_seal(settings_of(data), database, unit, kind, number, timedelta(days=days))
    )
    plain(aside(), f"The {kind.title_zh} of {made.unit.name_zh} is made. Permit it to somebody:")
    plain(aside(), f"certhub seals permit {made.id} PERSON")
    plain(out(), made.id)


@app.command()
def bring(
    unit: Annotated[str, typer.Argument(help="Code of the unit (单位编码), as in desk.toml.")],
    kind: Annotated[
        SealKind, typer.Argument(help="For verified (核实信息) or shared information (共享信息).")
    ],
    file: Annotated[
        Path,
        typer.Argument(
            help="Its certificate and key: PKCS#12, or PEM with PKCS#8; SM2 (国密) too."
        ),
    ],
    number: Annotated[str, typer.Option(help="Its number (印章编号), as it is cut.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Bring in a seal made by the police bureau (导入印章); nobody may use it until it is permitted."""
    made = asyncio.run(brought(settings_of(data), database, unit, kind, number, file))
    plain(aside(), f"The {kind.title_zh} of {made.unit.name_zh} is on record. Its root must be in")
    plain(aside(), "notary/roots/seals.pem of all who check. Permit it to somebody:")
    plain(aside(), f"certhub seals permit {made.id} PERSON")
    plain(out(), made.id)


@app.command()
def permit(
    seal: Number, person: Person, by: By = BUREAU, data: Data = None, database: Database = None
) -> None:
    """Permit a seal to one person (用章授权): a seal keeper, for sharing seals an operator."""
    settings = settings_of(data)
    asyncio.run(check_designated(settings, database, seal, person))
    _change(settings, database, seal, event_of(Change.PERMITTED, by, person))


@app.command()
def withdraw(
    seal: Number,
    person: Person,
    by: By = BUREAU,
    reason: Reason = "",
    data: Data = None,
    database: Database = None,
) -> None:
    """Withdraw the permission of one person (撤回授权)."""
    event = event_of(Change.WITHDRAWN, by, person, reason)
    _change(settings_of(data), database, seal, event)


@app.command()
def suspend(
    seal: Number,
    by: By = BUREAU,
    reason: Reason = "",
    data: Data = None,
    database: Database = None,
) -> None:
    """Suspend a seal (暂停使用): nobody may use it until it is resumed."""
    _change(settings_of(data), database, seal, event_of(Change.SUSPENDED, by, reason=reason))


@app.command()
def resume(
    seal: Number,
    by: By = BUREAU,
    reason: Reason = "",
    data: Data = None,
    database: Database = None,
) -> None:
    """Resume a suspended seal (恢复使用)."""
    _change(settings_of(data), database, seal, event_of(Change.RESUMED, by, reason=reason))


@app.command()
def revoke(
    seal: Number,
    by: By = BUREAU,
    reason: Reason = "",
    data: Data = None,
    database: Database = None,
) -> None:
    """Revoke a seal for good (注销印章); what it sealed before stays good."""
    _change(settings_of(data), database, seal, event_of(Change.REVOKED, by, reason=reason))


@app.command("list")
def list_(data: Data = None, database: Database = None) -> None:
    """Show every seal (印章列表): how it stands and who may use it."""
    table = Table(
        "seal 印章", "unit 单位", "kind 种类", "state 状态", "persons 人员", "valid until"
    )
    now = datetime.now(UTC)
    for record in asyncio.run(every_seal(settings_of(data), database)):
        seal, standing = record.seal, record.standing(now)
        people = ", ".join(sorted(standing.operators)) or "–"
        state = "expired" if seal.not_after < now else standing.state.value
        unit = f"{seal.unit.code} {seal.unit.name_zh}"
        until = f"{seal.not_after:%Y-%m-%d}"
        table.add_row(seal.id, unit, f"{seal.kind} {seal.kind.title_zh}", state, people, until)
    out().print(table, markup=False)


@app.command()
def export(
    document: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Only the seal on this document (证明编号)."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; stdout if left out.")
    ] = None,
    data: Data = None,
    database: Database = None,
) -> None:
    """Write the registry as JSON, for `certhub proof verify --registry` (导出印章登记)."""
    text = asyncio.run(ledger(settings_of(data), database, document))
    if output is None:
        plain(out(), text.decode())
        return
    try:
        output.write_bytes(text)
    except OSError as trouble:
        raise CommandFailed(f"{output} can't be written ({type(trouble).__name__}).") from None


def _change(settings: Settings, database: str | None, seal: str, event: EventAt) -> None:
    record = asyncio.run(done_to_seal(settings, database, seal, event))
    standing = record.standing(record.events[-1].at)
    people = ", ".join(sorted(standing.operators)) or "nobody"
    plain(out(), f"seal {seal} is {standing.state}, permitted to: {people}.")
