"""`certhub proof`: check a proof that somebody received."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hub.commands.options import Data, settings_of
from hub.commands.terminal import out, plain
from hub.commands.trouble import CommandFailed
from hub.evidence import HolderKind, Subject
from hub.notary.checking import check
from hub.notary.keeping import read_trust
from hub.notary.ledger import read_registry
from hub.notary.signatures import hush
from hub.notary.verdict import Result, Verdict
from hub.notary.words import ProofTrouble

app = typer.Typer(no_args_is_help=True, help="Proofs (电子证明): check their seals.")
_SHOWN = {
    Result.PASSED: "passed 通过",
    Result.FAILED: "FAILED 不通过",
    Result.NOT_CHECKED: "– 未查",
}
File = Annotated[Path, typer.Argument(metavar="FILE", help="The proof, a PDF (电子证明文件).")]


@app.callback()
def proofs() -> None:
    """Keeps `verify` a command of its own while it is the only one."""


@app.command()
def verify(
    file: File,
    roots: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Roots that are believed (受信根证书): seals.pem, platform.pem, clocks.pem.",
            show_default="notary/roots in the data folder",
        ),
    ] = None,
    registry: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The registry of seals (印章登记), a JSON file."),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Whom it should be about (持有人证件号码)."),
    ] = None,
    twin: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The machine-readable twin (机读副本), a JSON file."),
    ] = None,
    data: Data = None,
) -> None:
    """Check a proof (核验电子证明): content, seal, permission, endorsement. Exit 1: refused."""
    hush()
    trusted = roots or settings_of(data).data / "notary" / "roots"
    try:
        verdict = check(
            _bytes(file),
            read_trust(trusted),
            None if registry is None else read_registry(_bytes(registry)),
            subject=None if subject is None else Subject(HolderKind.PERSON, subject),
            twin=None if twin is None else _bytes(twin),
            now=datetime.now(UTC),
        )
    except ProofTrouble as trouble:
        raise CommandFailed(f"{trouble}.") from None
    _show(verdict)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as trouble:
        raise CommandFailed(f"{file} can't be read ({type(trouble).__name__}).") from None


def _show(verdict: Verdict) -> None:
    table = Table("check 检查", "result 结果", "what was found 说明")
    for one in verdict.checks:
        table.add_row(f"{one.name} {one.name.title_zh}", _SHOWN[one.result], one.message)
    out().print(table, markup=False)
    if not verdict.accepted:
        raise CommandFailed(f"refused (不予采信): {verdict.failed[0].message}.")
    left = len(verdict.not_checked)
    rest = f", {left} checks left out (未查 {left} 项)" if left else ""
    plain(out(), f"accepted (核验通过): {verdict.document_number}{rest}")
