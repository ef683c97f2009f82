"""One stand-in platform on its own port: its dialect, and its dials and counts beside it."""

import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from hub.declarations.words import ConfigurationError
from hub.sandbox.bureau import Bureau
from hub.sandbox.counts import Counts, counts_document
from hub.sandbox.dials import DialError, Dials, dials_document, dials_from
from hub.sandbox.gateway import Gateway
from hub.sandbox.ground import Ground
from hub.sandbox.integrated import IntegratedGateway
from hub.sandbox.tokens import TokenOffice
from hub.sandbox.verification import VerificationPlatform

_PATIENCE = 0.2  # seconds that calls under way get at the end


class Stage(Protocol):
    """A dialect spoken from the platform's side."""

    async def respond(self, request: web.Request) -> web.Response:
        """Answer one request."""
        ...


_STAGES: Mapping[str, Callable[[Ground, Mapping[str, str], str], Stage]] = {
    "gateway": Gateway,
    "restapi": IntegratedGateway,
    "bureau_xml": Bureau,
    "verification": VerificationPlatform,
}


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in platform that is up: where it is, its dials and its counts."""

    name: str
    url: str
    ground: Ground
    tokens: TokenOffice | None  # of a sharing gateway

    @property
    def dials(self) -> Dials:
        """The dials in force; `quota` shows the calls left."""
        return self.ground.weather.dials

    def turn(self, dials: Dials) -> None:
        """Set all dials at once."""
        self.ground.weather.turn(dials)

    @property
    def counts(self) -> Counts:
        """What it was asked since the last reset."""
        return self.ground.tally.counts()

    def reset_counts(self) -> None:
        """Begin to count at nothing."""
        self.ground.tally.reset()

    @property
    def purposes(self) -> tuple[Mapping[str, str], ...]:
        """The purposes it was last told, oldest first."""
        return tuple(self.ground.purposes)


@asynccontextmanager
async def stand_in(
    ground: Ground,
    credential: Mapping[str, str],
    host: str,
    port: int,
    tokens: TokenOffice | None = None,
) -> AsyncIterator[StandIn]:
    """Put the platform up on the port (0: any free one) and take it down at the end.

    A second server of one platform is given its `tokens`, so that both take the same secrets.
    """
    platform = ground.platform
    prefix = urlsplit(platform.url).path.rstrip("/")
    stage = _STAGES[platform.dialect](ground, credential, prefix)
    if isinstance(stage, Gateway) and tokens is not None:
        stage.tokens = tokens
    listening = bound(platform.name, host, port)
    application = web.Application(client_max_size=16 * 2**20)
    for method, answer in _controls(ground).items():
        application.router.add_route(*method, answer)
    application.router.add_route("*", "/{path:.*}", _through(ground, stage))
    runner = web.AppRunner(
        application, access_log=None, handler_cancellation=True, shutdown_timeout=_PATIENCE
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listening, backlog=1024).start()
        url = f"http://{host}:{listening.getsockname()[1]}{prefix}"
        given_out = stage.tokens if isinstance(stage, Gateway) else None
        yield StandIn(platform.name, url, ground, given_out)
    finally:
        await runner.cleanup()
        listening.close()


def bound(platform: str, host: str, port: int) -> socket.socket:
    """A socket bound to an address; one that can't be is a `ConfigurationError`."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise _not_bound(platform, host, port, error) from None
    return listening


def _not_bound(platform: str, host: str, port: int, error: OSError) -> ConfigurationError:
    if error.errno == errno.EADDRINUSE:
        return ConfigurationError(
            f"port {port} of {host} is taken, so the sandbox platform {platform} can't start;"
            " stop what listens there, or give this platform another port (0: any free one)"
        )
    return ConfigurationError(
        f"the sandbox platform {platform} can't listen on {host}:{port}"
        f" ({error.strerror}); give a local address and a port above 1023"
    )


_Answer = Callable[[web.Request], Awaitable[web.Response]]


def _through(ground: Ground, stage: Stage) -> _Answer:
    async def respond(request: web.Request) -> web.Response:
        response = await stage.respond(request)
        return ground.broken_off(request) if ground.weather.dials.outage else response

    return respond


def _controls(ground: Ground) -> dict[tuple[str, str], _Answer]:
    async def dials(_: web.Request) -> web.Response:
        return _json(dials_document(ground.weather.dials))

    async def turn(request: web.Request) -> web.Response:
        try:
            ground.weather.turn(dials_from(orjson.loads(await request.read())))
        except orjson.JSONDecodeError:
            return _json({"error": 'the body is not JSON; send an object, {"outage": true}'}, 400)
        except DialError as error:
            return _json({"error": str(error)}, 400)
        return _json(dials_document(ground.weather.dials))

    async def counts(_: web.Request) -> web.Response:
        return _json(counts_document(ground.tally.counts()))

    async def reset(_: web.Request) -> web.Response:
        ground.tally.reset()
        return _json(counts_document(ground.tally.counts()))

    prefix = urlsplit(ground.platform.url).path.rstrip("/")
    return {
        ("GET", f"{prefix}/sandbox/dials"): dials,
        ("PUT", f"{prefix}/sandbox/dials"): turn,
        ("GET", f"{prefix}/sandbox/counts"): counts,
        ("DELETE", f"{prefix}/sandbox/counts"): reset,
    }


def _json(document: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type="application/json", status=status)
