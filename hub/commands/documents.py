"""`certhub documents`: the registered documents, which callers may name by their hash."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hub.commands.database import database_of
from hub.commands.face import face_objections
from hub.commands.options import Data, settings_of
from hub.commands.terminal import out, plain
from hub.commands.trouble import CommandFailed
from hub.documents import hash_of, register
from hub.settings import Settings
from hub.storage.document_store import StoredDocument, all_documents

app = typer.Typer(no_args_is_help=True, help="Registered GraphQL documents (登记的查询文档).")


@app.command()
def add(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="GraphQL documents, one to a file, or manifests (.json) as the tools of Apollo and "
            "Relay write them."
        ),
    ],
    data: Data = None,
) -> None:
    """Register documents (登记文档); one that is not valid is refused, and nothing is registered.

    A running hub takes them in with `certhub reload`. With CERTHUB_DOCUMENTS=strict no others run.
    """
    asyncio.run(_add(settings_of(data), texts_of(files)))


@app.command("list")
def list_(data: Data = None) -> None:
    """Show the registered documents (文档列表)."""
    table = Table("SHA-256", "name", "characters", "registered")
    for one in asyncio.run(_registered(settings_of(data))):
        table.add_row(one.hash, one.name, str(len(one.text)), f"{one.added_at:%Y-%m-%d %H:%M}")
    out().print(table)


@app.command()
def export(data: Data = None) -> None:
    """Print the manifest (导出清单): a JSON object of SHA-256 and document."""
    found = asyncio.run(_registered(settings_of(data)))
    typer.echo(json.dumps({one.hash: one.text for one in found}, ensure_ascii=False, indent=2))


def texts_of(files: Sequence[Path]) -> dict[str, str]:
    """Every document of the files, by a name that tells where it stands."""
    return {name: text for file in files for name, text in _texts_in(file).items()}


def _texts_in(file: Path) -> dict[str, str]:
    try:
        written = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise CommandFailed(f"{file}: there is no such file of text that can be read.") from None
    if file.suffix != ".json":
        return {str(file): written.strip()}
    try:
        return dict(_of_manifest(file, json.loads(written)))
    except ValueError:
        raise CommandFailed(f"{file}: it is not JSON.") from None


def _of_manifest(file: Path, manifest: object) -> Mapping[str, str]:
    """Relay's {hash: text}, or Apollo's {operations: [{id, name, body}]}."""
    match manifest:
        case {"operations": [*operations]}:
            pairs = [
                (str(one.get("id")), one.get("body")) for one in operations if isinstance(one, dict)
            ]
        case dict():
            pairs = list(manifest.items())
        case _:
            raise CommandFailed(f"{file}: it is no manifest, such as {{SHA-256: document}}.")
    return {f"{file} {name[:12]}": _hashed(file, name, text) for name, text in pairs}


def _hashed(file: Path, given: str, text: object) -> str:
    if not isinstance(text, str) or hash_of(text) != given.lower():
        raise CommandFailed(
            f"{file}: {given[:12]}… is not the SHA-256 of its document. Have the tool that wrote the "
            "manifest use SHA-256 in hex."
        )
    return text


async def _add(settings: Settings, texts: Mapping[str, str]) -> None:
    objections = face_objections(settings, texts)
    if objections:
        listed = "\n".join(f"  {name}: {objection}" for name, objection in objections.items())
        raise CommandFailed(f"nothing was registered; these documents are not in order:\n{listed}")
    async with database_of(settings) as engine:
        new = await register(engine, texts, datetime.now(UTC))
    plain(out(), f"registered: {new}; were so already: {len(texts) - new}.")


async def _registered(settings: Settings) -> tuple[StoredDocument, ...]:
    async with database_of(settings) as engine:
        return await all_documents(engine)
