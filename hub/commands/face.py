"""The one string edge to the face, which stands above the hub: found by name, never imported."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

from hub.compose import Hub
from hub.garbage import lasting
from hub.in_common import InCommon
from hub.known_types import certificate_types
from hub.settings import Settings

FACE_APP = "resolvers.app:make_app"
FACE_SDL = "resolvers.schema:packaged_schema"
FACE_OBJECTIONS = "resolvers.documents.registering:objections"


class FaceRouter(Protocol):
    """Where an application keeps its lifespan."""

    def lifespan_context(self, app: Any, /) -> AbstractAsyncContextManager[object]:
        """Open what stands behind the application, and close it again."""
        ...


class HeldConnections(Protocol):
    """The sockets and event streams that are open."""

    async def leave(self, within: float) -> None:
        """Ask them all to end; wait for it at most so many seconds."""
        ...


class FaceState(Protocol):
    """What an application lets others reach."""

    connections: HeldConnections
    hub: Hub


class Face(Protocol):
    """An ASGI application that tells its lifespan."""

    @property
    def state(self) -> FaceState:
        """What is reached from outside."""
        ...

    @property
    def router(self) -> FaceRouter:
        """Its routes and lifespan."""
        ...

    async def __call__(self, scope: Any, receive: Any, send: Any, /) -> None:
        """Answer over ASGI."""
        ...


def make_face(settings: Settings, in_common: InCommon | None = None) -> Face:
    """The application over the given settings; its lifespan opens the hub."""
    make = cast(Callable[..., Face], _named(FACE_APP))  # what the name stands for
    return make(settings, in_common=in_common)


def face_sdl() -> str:
    """The face's schema (SDL) over the packaged certificate types."""
    return cast(Callable[[], str], _named(FACE_SDL))()  # what the name stands for


def face_objections(settings: Settings, texts: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the way of registering documents, by their names; nothing for those in order."""
    object_ = cast(
        Callable[..., Mapping[str, str]], _named(FACE_OBJECTIONS)
    )  # what the name stands for
    return object_(certificate_types(settings), texts, settings.max_lookups)


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(lasting(module), name)
