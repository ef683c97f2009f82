"""`certhub schema`: the GraphQL schema as code has it, against the one that is committed."""

from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from hub.commands.breaking import breaking_changes, unreleased
from hub.commands.face import face_sdl
from hub.commands.terminal import out, plain
from hub.commands.trouble import CommandFailed

app = typer.Typer(no_args_is_help=True, help="The GraphQL schema (GraphQL 模式).")
DIFFERENCE = 40
"""Lines of a difference that are shown."""

File = Annotated[Path, typer.Argument(help="The committed schema.")]


@app.command("print")
def print_() -> None:
    """Print the schema (SDL) as code has it (输出模式)."""
    typer.echo(face_sdl(), nl=False)


@app.command()
def check(file: File = Path("schema.graphql")) -> None:
    """Fail where the committed schema is not what code has (检查模式)."""
    committed, current = text_of(file), face_sdl()
    if committed != current:
        lines = unified_diff(
            committed.splitlines(), current.splitlines(), str(file), "code", lineterm="", n=1
        )
        raise CommandFailed(
            "\n".join(islice(lines, DIFFERENCE))
            + f"\n{file} is not what code has. Run: certhub schema print > {file}"
        )
    plain(out(), f"{file} is what code has.")


@app.command()
def breaking(
    old: Annotated[Path, typer.Argument(help="The schema that callers know.")],
    new: Annotated[Path, typer.Argument(help="The schema to come.")] = Path("schema.graphql"),
    changelog: Annotated[Path, typer.Option(help="Must name every breaking change.")] = Path(
        "CHANGELOG.md"
    ),
) -> None:
    """Fail where callers would break and the changelog does not say so (检查不兼容变更)."""
    changes = breaking_changes(text_of(old), text_of(new))
    told = unreleased(text_of(changelog))
    silent = [change for change in changes if not change.named_in(told)]
    if silent:
        listed = "\n".join(f"  {change.description} — name {change.name}" for change in silent)
        raise CommandFailed(
            f"callers would break, and {changelog} does not say so under Unreleased:\n{listed}"
        )
    if changes:
        plain(out(), f"breaking changes, all named in {changelog}: {len(changes)}")
    else:
        plain(out(), "no caller breaks.")


def text_of(file: Path) -> str:
    """The text of a file that must be there."""
    try:
        return file.read_text("utf-8")
    except OSError:
        raise CommandFailed(f"{file}: there is no such file that can be read.") from None
