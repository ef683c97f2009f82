"""Opens a demonstration: sandbox platforms, hub, desk, and the issuers at work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hub.commands.demo_ground import Ground, Home, ground_for
from hub.commands.running import address, face_open, listening
from hub.declarations.platforms import VERIFICATION
from hub.sandbox.dials import Distribution, Latency
from hub.sandbox.issuer_dials import IssuerDials
from hub.sandbox.office import Post, issuers_at
from hub.sandbox.sandbox import Sandbox, SandboxOptions, open_sandbox

LEISURELY = Latency(Distribution.UNIFORM, 300, 900)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a demonstration runs."""

    home: Home
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Running:
    """A demonstration that is up: the hub's URL, the desk's, and that of the issuers' dials."""

    url: str
    desk: str
    issuers: str
    sandbox: Sandbox
    ground: Ground = field(repr=False)


@asynccontextmanager
async def open_demo(place: Place, options: SandboxOptions) -> AsyncIterator[Running]:
    """Everything up; a taken port raises `CommandFailed` before anything is made."""
    with listening(place.host, place.port) as listener:
        url = address(listener)
        async with (
            open_sandbox(options) as sandbox,
            ground_for(place.home, sandbox, f"{url}/graphql") as ground,
            face_open(ground.settings, listener) as hub,
        ):
            desk = hub.platforms[VERIFICATION].url
            post = Post(desk, ground.issuers, options.host, _issuers_port(options))
            async with issuers_at(post, sandbox, _dials(place.home, ground)) as issuers:
                yield Running(url, desk, issuers, sandbox, ground)


def _dials(home: Home, ground: Ground) -> IssuerDials:
    """Brisk where nobody looks on; else as people work, but for the unit that you may play."""
    if home.once:
        return IssuerDials(no_record_rate=0.0)
    return IssuerDials(delay=LEISURELY, by_hand=frozenset({ground.keys.played.code}))


def _issuers_port(options: SandboxOptions) -> int:
    """The port after those of the platforms; 0, any free one, where theirs are."""
    return max(options.ports.values()) + 1 if options.ports else 0
