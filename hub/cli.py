"""The command line: `certhub`. Only the command that is called is imported: it begins sooner."""

import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import typer

from hub.commands.logging import log_to_stderr
from hub.commands.terminal import aside, plain
from hub.commands.trouble import CommandFailed
from hub.declarations.words import ConfigurationError
from hub.garbage import lasting, left_as_it_stands

FAILED, MISCONFIGURED = 1, 2
SEE, RUN, KEEP = "See it 体验", "Run it 运行", "Keep it 维护"


@dataclass(frozen=True, slots=True)
class Command:
    """A command, found by the name of its module in `hub.commands`; `several` where it has its own."""

    name: str
    panel: str
    several: bool = False

    def add_to(self, app: typer.Typer) -> None:
        """Import it, and let it be called."""
        module = lasting(f"hub.commands.{self.name}")
        if self.several:
            app.add_typer(module.app, name=self.name, rich_help_panel=self.panel)
        else:
            app.command(rich_help_panel=self.panel)(getattr(module, self.name))


COMMANDS = (
    Command("demo", SEE),
    Command("lookup", SEE),
    Command("sandbox", SEE),
    Command("proof", SEE, several=True),
    Command("serve", RUN),
    Command("desk", RUN),
    Command("reload", RUN),
    Command("doctor", RUN),
    Command("catalogue", KEEP, several=True),
    Command("keys", KEEP, several=True),
    Command("documents", KEEP, several=True),
    Command("webhooks", KEEP, several=True),
    Command("seals", KEEP, several=True),
    Command("schema", KEEP, several=True),
)


def command_line(commands: Iterable[Command] = COMMANDS) -> typer.Typer:
    """The command line with these commands."""
    app = typer.Typer(
        name="certhub",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        help="One GraphQL query hub in front of the certificate sharing platforms of a city without "
        "paper proofs (无证件(证明)办事查询枢纽).",
        epilog="Begin with: certhub demo",
    )
    app.callback()(_nothing_before)  # a single command keeps its name
    for command in commands:
        command.add_to(app)
    return app


def called(words: list[str]) -> Iterable[Command]:
    """The command that is called; all of them where help is wanted, or none is known."""
    return [one for one in COMMANDS if words[1:2] == [one.name]] or COMMANDS


def main() -> None:
    """Run the command line; what a person can mend is told in words, without a traceback."""
    left_as_it_stands()
    log_to_stderr(logging.WARNING)
    try:
        command_line(called(sys.argv))()
    except CommandFailed as trouble:
        _end(str(trouble), FAILED)
    except ConfigurationError as trouble:
        _end(str(trouble), MISCONFIGURED)


def _nothing_before() -> None:
    """Nothing is done before a command."""


def _end(text: str, code: int) -> None:
    plain(aside(), f"certhub: {text}")
    sys.exit(code)


if __name__ == "__main__":
    main()
