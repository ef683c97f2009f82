"""The peers as contenders: each does the bare lookup, without admission, record and trail.

Fairness: each is run as its own documentation advises, at a recent release: one process, production
mode, documents parsed and validated once, compiled where there is a compiler, a loader for each
request, kept connections to the platforms. Only the naive one is as a first draft would be.
"""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from benchmarks.certhub import read
from benchmarks.contenders import Contender, Places, Skipped
from benchmarks.peers.asking import body
from benchmarks.peers.workshop import NotHad, node, npm_packages, python_packages

_HERE = Path(__file__).parent
_SCHEMA = _HERE / "schema.graphql"
_MINUTE, _MOMENT = 60.0, 5.0
"""Seconds of load before the first round: until V8 has compiled all, and until caches are full."""


@dataclass(frozen=True, slots=True)
class OnNode:
    """A peer on Node, and the folder that its package.json lies in."""

    name: str
    title: str  # with {names} of packages, which become their versions
    packages: str = "node"


@dataclass(frozen=True, slots=True)
class OnPython:
    """A peer in Python; one with requirements has an environment of its own."""

    name: str
    title: str  # with {names} of packages, which become their versions
    module: str
    requirements: Path | None = None


Peer = OnNode | OnPython

PEERS: Sequence[Peer] = (
    OnNode("mercurius", "Mercurius {mercurius} (Fastify {fastify}), graphql-jit {graphql-jit}"),
    OnNode("apollo", "Apollo Server {@apollo/server} (Fastify {fastify}), DataLoader"),
    OnNode("yoga", "GraphQL Yoga {graphql-yoga}, DataLoader, graphql-jit {graphql-jit}"),
    OnNode(
        "hive", "Hive Gateway 2 (runtime {@graphql-hive/gateway-runtime}), JIT, DataLoader", "hive"
    ),
    OnPython("strawberry", "Strawberry {strawberry-graphql}, dataloader", "strawberry_dataloader"),
    OnPython("naive", "Strawberry {strawberry-graphql}, naive", "strawberry_naive"),
    OnPython(
        "ariadne",
        "Ariadne {ariadne}, dataloader",
        "ariadne_dataloader",
        _HERE / "python" / "requirements.txt",
    ),
)


def peers(places: Places) -> Sequence[Contender | Skipped]:
    """All peers, installed where that is wanted for the first time; those not to be had, with why."""
    with Console(stderr=True).status("") as status:

        def made() -> Iterator[Contender | Skipped]:
            for peer in PEERS:
                status.update(f"peers: {peer.name}, which is installed the first time")
                yield _peer(peer, places)

        return tuple(made())


def _peer(peer: Peer, places: Places) -> Contender | Skipped:
    try:
        match peer:
            case OnNode():
                return _on_node(peer, places)
            case OnPython():
                return _on_python(peer, places)
    except NotHad as reason:
        return Skipped(peer.name, str(reason))


def _on_node(peer: OnNode, places: Places) -> Contender:
    """Its modules lie beside the packages that they import."""
    package = _HERE / peer.packages / "package.json"
    folder = npm_packages(peer.packages, package)
    for source in (_SCHEMA, _HERE / "node" / "lookup.mjs", package.parent / f"{peer.name}.mjs"):
        shutil.copy(source, folder)
    versions = json.loads(package.read_bytes())["dependencies"]
    return Contender(
        name=peer.name,
        title=peer.title.format_map(versions),
        command=(node(), f"{peer.name}.mjs"),
        body=body,
        read=read,
        environ={**places.environ(), "NODE_ENV": "production"},
        folder=folder,
        warm_up=_MINUTE,
    )


def _on_python(peer: OnPython, places: Places) -> Contender:
    python = sys.executable
    versions: Mapping[str, str] = _Installed()
    if peer.requirements:
        python = str(python_packages(peer.name, peer.requirements))
        versions = dict(line.split("==") for line in peer.requirements.read_text().split())
    return Contender(
        name=peer.name,
        title=peer.title.format_map(versions),
        command=(python, "-m", f"benchmarks.peers.python.{peer.module}"),
        body=body,
        read=read,
        environ=places.environ(),
        warm_up=_MOMENT,
    )


class _Installed(dict[str, str]):
    """Versions of what is installed here, by name."""

    def __missing__(self, name: str) -> str:
        return version(name)
