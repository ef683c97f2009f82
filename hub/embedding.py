"""The verification desk in the hub's own process: the hub reaches it over HTTP, like any platform."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path

from hub.declarations.live import LiveDeclarations
from hub.desk_within import EmbeddedDesk
from hub.settings import Settings


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
    # By name: a hub whose desk is elsewhere has neither the desk nor its web server in memory.
    opening: AbstractAsyncContextManager[EmbeddedDesk] = import_module(
        "hub.embedded_desk"
    ).open_embedded_desk(settings, declarations)
    async with opening as desk:
        yield desk
