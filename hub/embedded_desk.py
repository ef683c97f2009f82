"""Opens the desk that a hub embeds: on a port of its own, with a credential made for the hub."""

import errno
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

from hub.declarations.live import LiveDeclarations
from hub.declarations.words import ConfigurationError
from hub.deployed_desk import open_deployed_desk, registry_files, registry_of
from hub.desk.registry import Client, Registry
from hub.desk.reloading import registry_reloading
from hub.desk.serving import desk_answering
from hub.desk_within import EmbeddedDesk
from hub.settings import Settings

HOST = "127.0.0.1"
CLIENT = "hub"
"""The name under which the hub is a client of its desk, as it would be of a desk elsewhere."""


@asynccontextmanager
async def open_embedded_desk(
    settings: Settings, declarations: LiveDeclarations
) -> AsyncIterator[EmbeddedDesk]:
    """The desk, answering as long as this is open; the declarations say where.

    A registry, port or database that can't be used raises `ConfigurationError`.
    """
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
