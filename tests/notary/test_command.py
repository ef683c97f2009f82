"""`certhub proof verify`, as somebody who received a proof runs it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.commands.proof import app
from hub.commands.trouble import CommandFailed
from hub.notary.keeping import write_trust
from hub.notary.ledger import write_registry
from hub.notary.sealing import endorse
from tests.commands.terminal import certhub
from tests.notary.ground import (
    EXTRACTION,
    HOLDER,
    LATER,
    NUMBER,
    authority,
    registry,
    sealed,
    timed,
)


@pytest.fixture
def received(tmp_path: Path) -> Path:
    """A folder with a proof that is valid for an hour yet, and all to check it with."""
    until = datetime.now(UTC) + timedelta(hours=1)
    made = endorse(sealed(), EXTRACTION, until, timed(authority().endorser, LATER))
    (tmp_path / "proof.pdf").write_bytes(made.pdf)
    (tmp_path / "proof.json").write_bytes(made.twin)
    (tmp_path / "seals.json").write_bytes(write_registry(registry()))
    write_trust(tmp_path / "roots", authority().trust)
    write_trust(tmp_path / ".certhub" / "notary" / "roots", authority().trust)
    return tmp_path


VERIFY = ("proof", "verify", "proof.pdf", "--roots", "roots")
WITH = ("--registry", "seals.json", "--twin", "proof.json", "--subject", HOLDER.identifier)


def test_a_genuine_proof(received: Path) -> None:
    """Every check is a line in English with its Chinese term; exit 0; nobody is named."""
    done = certhub(*VERIFY, *WITH, at=received)

    assert done.code == 0, done.err
    assert done.out.count("passed 通过") == 19
    assert "content_intact 内容未被篡改" in done.out
    assert done.out.splitlines()[-1] == f"accepted (核验通过): {NUMBER}"
    assert done.err == ""
    assert HOLDER.identifier not in done.out
    assert str(HOLDER.name) not in done.out


def test_with_nothing_but_the_roots(received: Path) -> None:
    """By default the roots of the data folder; what could not be looked at is counted."""
    done = certhub("proof", "verify", "proof.pdf", at=received)

    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == (
        f"accepted (核验通过): {NUMBER}, 6 checks left out (未查 6 项)"
    )


def test_a_tampered_proof(received: Path) -> None:
    """The table shows where it fails; exit 1 with the reason."""
    pdf = (received / "proof.pdf").read_bytes()
    at = pdf.index(b"stream", 20000) + 40
    (received / "proof.pdf").write_bytes(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :])

    done = certhub(*VERIFY, *WITH, at=received)

    assert done.code == 1
    assert done.out.count("FAILED 不通过") == 1
    assert done.err == (
        "certhub: refused (不予采信): the content was changed after it was sealed: reject it."
    )


def invoked(*words: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, list(words[1:]))


def test_about_somebody_else(received: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one it should be about is compared, and not repeated."""
    monkeypatch.chdir(received)
    other = "33029919900101999X"

    done = invoked(*VERIFY, "--subject", other)

    assert "about somebody else" in str(done.exception)
    assert other not in done.output + str(done.exception)


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        (
            ("proof", "verify", "no.pdf", "--roots", "roots"),
            "no.pdf can't be read (FileNotFoundError).",
        ),
        (
            ("proof", "verify", "proof.pdf", "--roots", "none"),
            "none/seals.pem can't be read (FileNotFoundError).",
        ),
        (
            (*VERIFY, "--registry", "proof.json"),
            "this is no registry of seals: its `format` is not certhub-seals/1. Export it anew.",
        ),
        ((*VERIFY, "--twin", "no.json"), "no.json can't be read (FileNotFoundError)."),
        (
            ("proof", "verify", "proof.json", "--roots", "roots"),
            "refused (不予采信): this is no PDF, or a broken one: ask its sender for it again.",
        ),
    ],
)
def test_what_can_not_be_checked(
    received: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], trouble: str
) -> None:
    """The file is named, and what is wrong with it."""
    monkeypatch.chdir(received)

    done = invoked(*words)

    assert isinstance(done.exception, CommandFailed)
    assert str(done.exception) == trouble
