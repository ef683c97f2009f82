"""`certhub serve`: the hub with its GraphQL face."""

from hub.commands.database import check_database
from hub.commands.logging import log_to_stderr
from hub.commands.options import Data, Host, Port, settings_of
from hub.commands.running import address, face_open, listening, run, stopped_by_signal
from hub.commands.terminal import aside, plain
from hub.settings import Settings


def serve(data: Data = None, host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Serve the hub (启动服务): GraphQL at /graphql, GraphiQL at /graphiql; Ctrl-C ends it.

    Platforms, credentials and database come from CERTHUB_… variables or the data folder.
    """
    log_to_stderr()
    run(_serve(settings_of(data), host, port))


async def _serve(settings: Settings, host: str, port: int) -> None:
    with stopped_by_signal() as stopped, listening(host, port) as listener:
        await check_database(settings)
        async with face_open(settings, listener):
            plain(aside(), f"certhub answers at {address(listener)}/graphql; Ctrl-C ends it.")
            await stopped.wait()
    plain(aside(), "certhub has ended.")
