"""The verification desk in the hub's own process: the hub reaches it over HTTP, like any platform."""

import errno
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from hub.declarations.live import LiveDeclarations
from hub.declarations.words import ConfigurationError, Platform
from hub.deployed_desk import open_deployed_desk, registry_files, registry_of
from hub.desk.registry import Client, Registry
from hub.desk.reloading import registry_reloading
from hub.desk.serving import desk_answering
from hub.pacing import Clock
from hub.settings import Settings

HOST = "127.0.0.1"
CLIENT = "hub"
"""The name under which the hub is a client of its desk, as it would be of a desk elsewhere."""


@dataclass(frozen=True, slots=True)
class EmbeddedDesk:
    """Where the desk in this process answers, the credential made for the hub, and its clock."""

    url: str
    credential: Mapping[str, str] = field(repr=False)
    clock: Clock = field(repr=False)

    def is_of(self, platform: Platform) -> bool:
        """Whether a platform is this desk."""
        return platform.url == self.url


def default_declaration() -> Path:
    """The folder of the verification platform for where a deployment declares none."""
    return Path(__file__).with_name("desk") / "platform"


@asynccontextmanager
async def embedding(
    settings: Settings, declarations: LiveDeclarations
) -> AsyncIterator[EmbeddedDesk | None]:
    """The desk that the declarations embed, answering as long as this is open.

    Nothing where the verification platform is elsewhere. A registry, port or database that can't
    be used raises `ConfigurationError`.
    """
    if declarations.embedded is None:
        yield None
        return
    made = {"access_key": secrets.token_hex(8), "secret": secrets.token_hex(32)}
    hub = Client(CLIENT, made["access_key"], made["secret"], units=None, states_items=True)
    registry = with_client(registry_of(settings), hub)
    with _listening(settings.desk_port) as listener:
        opening = open_deployed_desk(settings, registry, declarations.current.types)
        async with (
            opening as desk,
            registry_reloading(
                desk, lambda: with_client(registry_of(settings), hub), registry_files(settings)
            ),
            desk_answering(desk, listener),
        ):
            url = f"http://{HOST}:{listener.getsockname()[1]}"
            declarations.place_embedded(url)
            yield EmbeddedDesk(url, made, desk.now)


def with_client(registry: Registry, client: Client) -> Registry:
    """The registry with one more client."""
    return replace(registry, clients={**registry.clients, client.access_key: client})


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((HOST, port), backlog=2048)
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else "can't be opened"
        raise ConfigurationError(
            f"environment: CERTHUB_DESK_PORT: port {port} on {HOST} {why}. Give another one, or "
            "leave it out for any free one."
        ) from None
    with listener:
        yield listener
