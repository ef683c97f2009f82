"""The command line: `certhub`."""

import logging
import sys

import typer

from hub.commands import catalogue, keys, proof, schema, seals, webhooks
from hub.commands.demo import demo
from hub.commands.desk import desk
from hub.commands.doctor import doctor
from hub.commands.logging import log_to_stderr
from hub.commands.lookup import lookup
from hub.commands.reload import reload
from hub.commands.sandbox import sandbox
from hub.commands.serve import serve
from hub.commands.terminal import aside, plain
from hub.commands.trouble import CommandFailed
from hub.declarations.words import ConfigurationError

FAILED, MISCONFIGURED = 1, 2

app = typer.Typer(
    name="certhub",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="One GraphQL query hub in front of the certificate sharing platforms of a city without "
    "paper proofs (无证件(证明)办事查询枢纽).",
    epilog="Begin with: certhub demo",
)
SEE, RUN, KEEP = "See it 体验", "Run it 运行", "Keep it 维护"
app.command(rich_help_panel=SEE)(demo)
app.command(rich_help_panel=SEE)(lookup)
app.command(rich_help_panel=SEE)(sandbox)
app.command(rich_help_panel=RUN)(serve)
app.command(rich_help_panel=RUN)(desk)
app.command(rich_help_panel=RUN)(reload)
app.command(rich_help_panel=RUN)(doctor)
app.add_typer(catalogue.app, name="catalogue", rich_help_panel=KEEP)
app.add_typer(keys.app, name="keys", rich_help_panel=KEEP)
app.add_typer(webhooks.app, name="webhooks", rich_help_panel=KEEP)
app.add_typer(proof.app, name="proof", rich_help_panel=SEE)
app.add_typer(seals.app, name="seals", rich_help_panel=KEEP)
app.add_typer(schema.app, name="schema", rich_help_panel=KEEP)


def main() -> None:
    """Run the command line; what a person can mend is told in words, without a traceback."""
    log_to_stderr(logging.WARNING)
    try:
        app()
    except CommandFailed as trouble:
        _end(str(trouble), FAILED)
    except ConfigurationError as trouble:
        _end(str(trouble), MISCONFIGURED)


def _end(text: str, code: int) -> None:
    plain(aside(), f"certhub: {text}")
    sys.exit(code)


if __name__ == "__main__":
    main()
