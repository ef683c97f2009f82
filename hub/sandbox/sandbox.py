"""The whole sandbox: every platform of a folder, each on its own port, over one population."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import uvloop

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.platforms import load_platforms
from hub.declarations.words import CertificateType, ConfigurationError, Platform
from hub.sandbox.archive import Archive, own_fields
from hub.sandbox.examples import Examples
from hub.sandbox.face import StandIn, stand_in
from hub.sandbox.ground import Ground
from hub.sandbox.holdings import Holdings, load_shares, packaged_shares
from hub.sandbox.population import Population
from hub.sandbox.ports import PORTS
from hub.sandbox.tokens import Lifetimes
from hub.sandbox.values import Certificates

"""Where the packaged platforms listen unless told otherwise; others take any free port."""


def packaged_platforms() -> Path:
    """The platform folders that come with the sandbox."""
    return Path(__file__).with_name("platforms")


def packaged_credentials() -> Path:
    """The invented secrets of the packaged platforms."""
    return Path(__file__).with_name("credentials.toml")


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """What the sandbox is made of; `ports` of `None` takes any free ones.

    Platforms in `twice` are up at a second address too, on any free port.
    """

    seed: int = 2026
    size: int = 100_000
    host: str = "127.0.0.1"
    ports: Mapping[str, int] | None = field(default_factory=lambda: PORTS)
    platforms: Path = field(default_factory=packaged_platforms)
    types: tuple[Path, ...] = field(default_factory=lambda: (packaged_certificates(),))
    credentials: Path = field(default_factory=packaged_credentials)
    shares: Path = field(default_factory=packaged_shares)
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    twice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The platforms that are up, and what is true of their people."""

    stand_ins: Mapping[str, StandIn]
    platforms: Mapping[str, Platform]  # as declared, at the URLs where they are
    credentials: Mapping[str, Mapping[str, str]] = field(repr=False)
    archive: Archive = field(repr=False)
    replicas: Mapping[str, StandIn] = field(default_factory=dict)  # at a second address

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each platform is, its second address behind the first, as CERTHUB_ENDPOINTS has it."""
        seconds = {name: f"|{each.url}" for name, each in self.replicas.items()}
        return {name: url + seconds.get(name, "") for name, url in self.urls.items()}

    @property
    def urls(self) -> Mapping[str, str]:
        """Where each platform is."""
        return {name: each.url for name, each in self.stand_ins.items()}

    @property
    def population(self) -> Population:
        """Its people and organisations."""
        return self.archive.population

    @property
    def types(self) -> Mapping[str, CertificateType]:
        """The certificate types it knows."""
        return self.archive.types

    @property
    def examples(self) -> Examples:
        """Finds people by what is held of them."""
        return Examples(self.archive, self.platforms)

    def platform(self, name: str) -> StandIn:
        """The stand-in of that name; an unknown one is a `LookupError`."""
        if name not in self.stand_ins:
            raise LookupError(f'no platform "{name}" here; there are {", ".join(self.stand_ins)}')
        return self.stand_ins[name]


def archive_of(
    options: SandboxOptions,
    types: Mapping[str, CertificateType],
    platforms: Mapping[str, Platform],
) -> Archive:
    """What the platforms hold, without putting them up."""
    population = Population(options.seed, options.size)
    holdings = Holdings(options.seed, load_shares(options.shares, types))
    return Archive(types, population, holdings, Certificates(population, own_fields(platforms)))


@asynccontextmanager
async def open_sandbox(options: SandboxOptions) -> AsyncIterator[Sandbox]:
    """Put every platform up; a wrong declaration or a taken port is a `ConfigurationError`."""
    types = load_certificate_types(*options.types)
    platforms = load_platforms(options.platforms, types)
    credentials = load_credentials(options.credentials, {})
    archive = archive_of(options, types, platforms)
    ports = _ports(options, platforms)
    async with AsyncExitStack() as stack:
        stand_ins, replicas = {}, {}
        for name, platform in platforms.items():
            secrets, port = credential_of(platform, credentials), ports.get(name, 0)
            up = stand_in(Ground(platform, archive), secrets, options.host, port)
            stand_ins[name] = await stack.enter_async_context(up)
            if (tokens := stand_ins[name].tokens) is not None:
                tokens.lifetimes = options.lifetimes
            if name in options.twice:
                again = stand_in(Ground(platform, archive), secrets, options.host, 0, tokens)
                replicas[name] = await stack.enter_async_context(again)
        located = {n: replace(each, url=stand_ins[n].url) for n, each in platforms.items()}
        yield Sandbox(stand_ins, located, credentials, archive, replicas)


def _ports(options: SandboxOptions, platforms: Mapping[str, Platform]) -> Mapping[str, int]:
    if options.ports is None:
        return {}
    unknown = sorted(options.ports.keys() - platforms.keys())
    if unknown and options.ports is not PORTS:
        known = ", ".join(platforms)
        raise ConfigurationError(f'ports: no platform "{unknown[0]}" here; there are {known}')
    return options.ports


def run_sandbox(options: SandboxOptions, ready: Callable[[Sandbox], None]) -> None:
    """Keep the sandbox up until SIGINT or SIGTERM; `ready` is called once all platforms are."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_stopped(options, ready))


async def _until_stopped(options: SandboxOptions, ready: Callable[[Sandbox], None]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with open_sandbox(options) as sandbox:
        ready(sandbox)
        await stopped.wait()
