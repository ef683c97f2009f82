"""`certhub serve`: the hub with its GraphQL face."""

import socket
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer

from hub.commands.database import check_database
from hub.commands.logging import log_to_stderr
from hub.commands.options import Data, Host, Port, settings_of
from hub.commands.running import (
    MARGIN,
    address,
    face_open,
    grace,
    listening,
    run,
    stopped_by_signal,
)
from hub.commands.terminal import aside, plain
from hub.settings import Settings
from hub.workers.crew import crew_open

Workers = Annotated[
    int,
    typer.Option(
        "--workers", min=1, max=64, help="Processes that serve (工作进程数), one per core."
    ),
]


def serve(
    data: Data = None, host: Host = "127.0.0.1", port: Port = 8080, workers: Workers = 1
) -> None:
    """Serve the hub (启动服务): GraphQL at /graphql, GraphiQL at /graphiql; Ctrl-C ends it.

    Platforms, credentials and database come from CERTHUB_… variables or the data folder.
    """
    log_to_stderr()
    run(_serve(settings_of(data), host, port, workers))


async def _serve(settings: Settings, host: str, port: int, workers: int) -> None:
    within = grace(settings) + 2 * MARGIN
    with stopped_by_signal(within) as stopped, listening(host, port) as listener:
        await check_database(settings)
        async with _answering(settings, listener, workers):
            by = f" by {workers} workers" if workers > 1 else ""
            plain(aside(), f"certhub answers{by} at {address(listener)}/graphql; Ctrl-C ends it.")
            await stopped.wait()
    plain(aside(), "certhub has ended.")


def _answering(
    settings: Settings, listener: socket.socket, workers: int
) -> AbstractAsyncContextManager[object]:
    """One hub in this process, or a crew of them that this process keeps."""
    if workers == 1:
        return face_open(settings, listener)
    return crew_open(settings, listener, workers, grace(settings) + MARGIN)
