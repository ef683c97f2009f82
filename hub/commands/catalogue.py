"""`certhub catalogue`: editions of the public catalogue."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from hub.catalogue.cells import Problem
from hub.catalogue.importing import Progress as Told
from hub.catalogue.rows import CatalogueVersion
from hub.catalogue.spreadsheet import write_spreadsheet
from hub.catalogue.synthetic import synthetic_catalogue
from hub.commands.database import database_of
from hub.commands.options import Data, settings_of
from hub.commands.terminal import aside, out, plain
from hub.commands.trouble import CommandFailed
from hub.edition import today
from hub.known_types import certificate_types
from hub.settings import Settings
from hub.storage.catalogue_import import ImportReport, import_catalogue
from hub.storage.catalogue_store import list_versions

app = typer.Typer(
    no_args_is_help=True, help="Editions of the public catalogue (无证件(证明)办事目录)."
)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The sheet as published: .xlsx or .csv.")],
    name: Annotated[str, typer.Option(help="Name of the new version (版本名称).")],
    effective_from: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="First day in force (生效日期), in China."),
    ],
    data: Data = None,
) -> None:
    """Import a sheet as a new version (导入目录): all of it, or nothing and every bad row."""
    asyncio.run(_import(settings_of(data), file, name, effective_from))


@app.command("list")
def list_(data: Data = None) -> None:
    """Show every version and which one is in force (版本列表)."""
    asyncio.run(_list(settings_of(data)))


@app.command()
def synthetic(
    file: Annotated[Path, typer.Argument(help="Where to write it: an .xlsx.")],
    seed: Annotated[int, typer.Option(help="Another seed gives another catalogue.")] = 0,
    data: Data = None,
) -> None:
    """Write an invented catalogue of the real size (合成目录): 47 fields, 1,464 items, 4,486 rows."""
    if file.suffix.lower() != ".xlsx":
        raise CommandFailed(f"{file}: a sheet is written as .xlsx; give a name that ends so.")
    content = synthetic_catalogue(certificate_types(settings_of(data)), seed)
    try:
        write_spreadsheet(content, file)
    except OSError as error:
        raise CommandFailed(f"{file} can't be written: {error.strerror}.") from None
    plain(out(), f"{file}: {len(content.rows)} rows, {len(content.items)} items of units.")


async def _import(settings: Settings, file: Path, name: str, day: datetime) -> None:
    types = certificate_types(settings)
    async with database_of(settings) as engine:
        with progress_of(f"checking {file.name}") as told:
            report = await import_catalogue(
                engine, file, types, name, day.date(), told, now=datetime.now(UTC)
            )
    if report.version is None:
        raise CommandFailed(_refused(file, report.problems))
    plain(out(), _imported(report, report.version))


def _imported(report: ImportReport, version: CatalogueVersion) -> str:
    return (
        f'imported "{version.name}": {report.rows} rows, {report.items} items of units, '
        f"{report.units} units; in force from {version.effective_from}.\n"
        "A running hub takes it up within 30 seconds, or at once by `certhub reload`."
    )


def _refused(file: Path, problems: Sequence[Problem]) -> str:
    listed = "\n".join(f"  {problem}" for problem in problems)
    return f"{file}: nothing was imported; {len(problems)} mistakes to mend:\n{listed}"


@contextmanager
def progress_of(what: str) -> Iterator[Told]:
    """A progress bar on stderr, and what to call with done and total."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = aside()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told


async def _list(settings: Settings) -> None:
    async with database_of(settings) as engine:
        versions = await list_versions(engine)
    begun = [version for version in versions if version.effective_from <= today()]
    table = Table("version 版本", "from 生效", "until 失效", "state 状态")
    for version in versions:
        in_force = bool(begun) and version is begun[-1]
        state = (
            "in force 有效" if in_force else "past 已失效" if version in begun else "to come 未生效"
        )
        until = version.effective_until
        table.add_row(version.name, str(version.effective_from), str(until) if until else "", state)
    out().print(table)
