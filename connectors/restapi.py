"""Dialect: the integrated gateway with BG-HMAC signatures; bodies come through unwrapped."""

from collections.abc import Sequence
from urllib.parse import quote

import orjson

from connectors.asking import OneByOne
from connectors.clocks import ServerClock
from connectors.contract import (
    PATIENCE,
    Answer,
    Connector,
    ConnectorError,
    Endpoint,
    Health,
    Inquiry,
    Interface,
)
from connectors.decoding import Json
from connectors.dialects import Dialect, Options
from connectors.http import Http
from connectors.probing import answers_at_all, probed
from connectors.signed import SignedCalls
from connectors.templates import filled


class IntegratedGateway:
    """One gateway under one access key."""

    def __init__(self, endpoint: Endpoint, http: Http, clock: ServerClock | None = None) -> None:
        self._endpoint = endpoint
        self._http = http
        self._clock = clock or ServerClock()
        self._calls = SignedCalls(endpoint, http, self._clock)
        self._asking = OneByOne(endpoint, self._ask)

    async def fetch(
        self, interface: Interface, inquiries: Sequence[Inquiry], patience: float = PATIENCE
    ) -> list[Answer | ConnectorError]:
        """One call per distinct inquiry: the gateway has no batch call."""
        return await self._asking.fetch(interface, inquiries, patience)

    async def probe(self) -> Health:
        """A bare GET: whether the key is accepted shows only at an interface."""
        return await probed(self._answer, self._clock)

    async def _answer(self) -> Health:
        return await answers_at_all(self._http, self._endpoint, self._clock)

    async def _ask(self, interface: Interface, inquiry: Inquiry) -> Json:
        parameters = filled(interface.parameters, inquiry.facts)
        path = quote(interface.target, safe="/%")
        if interface.style == "get":
            reply = await self._calls.get(path, parameters, interface.timeout)
        else:
            reply = await self._calls.post(path, orjson.dumps(parameters), interface.timeout)
        return reply.document()


def connect(endpoint: Endpoint, _: Options, http: Http) -> Connector:
    """A connector to one integrated gateway."""
    return IntegratedGateway(endpoint, http)


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
