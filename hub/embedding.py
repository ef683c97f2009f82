"""The verification desk in the hub's own process: the hub reaches it over HTTP, like any platform."""

import errno
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from hub.declarations.credentials import load_credentials
from hub.declarations.live import LiveDeclarations
from hub.declarations.words import ConfigurationError, Platform
from hub.desk.desk import Desk
from hub.desk.registry import Client, Registry, read_registry
from hub.desk.sealing import NoSeals
from hub.desk.serving import desk_answering, open_desk
from hub.pacing import paced
from hub.settings import Settings
from hub.workdays.calendar import WorkingDays, working_days
from hub.workdays.notices import read_notices

HOST = "127.0.0.1"
CLIENT = "hub"
"""The name under which the hub is a client of its desk, as it would be of a desk elsewhere."""


@dataclass(frozen=True, slots=True)
class EmbeddedDesk:
    """Where the desk in this process answers, and the credential made for the hub at its start."""

    url: str
    credential: Mapping[str, str] = field(repr=False)

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
        async with _desk(settings, registry) as desk, desk_answering(desk, listener):
            url = f"http://{HOST}:{listener.getsockname()[1]}"
            declarations.place_embedded(url)
            yield EmbeddedDesk(url, made)


def registry_file(settings: Settings) -> Path:
    """Where the desk's registry stands."""
    return settings.data / "desk.toml"


def registry_of(settings: Settings) -> Registry:
    """The desk's registry; where there is none, nobody is designated (Article 17)."""
    file = registry_file(settings)
    if not file.exists():
        return Registry({}, {}, {})
    return read_registry(file, load_credentials(settings.credentials, settings.environ))


def with_client(registry: Registry, client: Client) -> Registry:
    """The registry with one more client."""
    return replace(registry, clients={**registry.clients, client.access_key: client})


def calendar_of(settings: Settings) -> WorkingDays:
    """The working days, with the official notices in the data folder."""
    notices = settings.data / "holidays"
    return working_days(read_notices(notices) if notices.is_dir() else ())


@asynccontextmanager
async def _desk(settings: Settings, registry: Registry) -> AsyncIterator[Desk]:
    pace = settings.desk_pace
    opening = open_desk(
        settings.desk_database,
        registry,
        NoSeals(),
        calendar_of(settings),
        paced(pace, lambda: datetime.now(UTC)),
        pace=pace,
    )
    async with AsyncExitStack() as stack:
        try:
            desk = await stack.enter_async_context(opening)
        except (SQLAlchemyError, OSError) as trouble:
            raise not_opened(settings.desk_database, trouble) from None
        yield desk


def not_opened(url: str, trouble: Exception) -> ConfigurationError:
    """Why the desk's database could not be opened, without its password."""
    where = make_url(url).render_as_string(hide_password=True)
    kind = type(trouble).__name__
    return ConfigurationError(
        f"the desk's database {where} can't be opened ({kind}). Check that it is there and may be "
        "written, or name another one by CERTHUB_DESK_DATABASE."
    )


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
