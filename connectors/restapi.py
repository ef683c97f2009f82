"""Dialect: the integrated gateway with BG-HMAC signatures; bodies come through unwrapped."""

from urllib.parse import quote

import orjson

from connectors.asking import OneByOne
from connectors.clocks import ServerClock
from connectors.contract import (
    Connector,
    Endpoint,
    Health,
    Inquiry,
    Interface,
)
from connectors.decoding import Json
from connectors.dialects import Dialect, Options
from connectors.http import Http
from connectors.probing import answers_at_all
from connectors.signed import SignedCalls
from connectors.templates import filled


class IntegratedGateway:
    """One gateway under one access key."""

    def __init__(self, endpoint: Endpoint, http: Http) -> None:
        self.clock = ServerClock()
        self._endpoint = endpoint
        self._http = http
        self._calls = SignedCalls(endpoint, http, self.clock)

    async def health(self) -> Health:
        """A bare GET: whether the key is accepted shows only at an interface."""
        return await answers_at_all(self._http, self._endpoint, self.clock)

    async def ask(self, interface: Interface, inquiry: Inquiry, by: float) -> Json:
        """The body, as whoever stands behind the gateway wrote it."""
        parameters, seconds = filled(interface.parameters, inquiry.facts), interface.timeout
        path = quote(interface.target, safe="/%")
        if interface.style == "get":
            reply = await self._calls.get(path, parameters, seconds, lookup=True, until=by)
        else:
            body = orjson.dumps(parameters)
            reply = await self._calls.post(path, body, seconds, lookup=True, until=by)
        return reply.document()


def connect(endpoint: Endpoint, _: Options, http: Http) -> Connector:
    """A connector to one integrated gateway."""
    return OneByOne(endpoint, IntegratedGateway(endpoint, http), coded=DIALECT.coded)


DIALECT = Dialect(
    name="restapi",
    styles=frozenset({"get", "post"}),
    credential_keys=frozenset({"access_key", "secret"}),
    option_keys=frozenset(),
    target_key="path",
    batches=False,
    coded=False,
    connect=connect,
)
