"""The newer integrated gateway: BG-HMAC, upstream bodies passed through unwrapped."""

from collections.abc import Mapping

import orjson
from aiohttp import web

from hub.sandbox.ground import Ground, Served, served_by_target
from hub.sandbox.signatures import NO_ROUTE, refusal

_METHODS = {"get": "GET", "post": "POST"}


class IntegratedGateway:
    """The stand-in of one BG-HMAC gateway."""

    def __init__(self, ground: Ground, credential: Mapping[str, str], prefix: str) -> None:
        self.ground, self._credential, self._prefix = ground, credential, prefix
        self._served = served_by_target(ground.platform)

    async def respond(self, request: web.Request) -> web.Response:
        """Answer a data call."""
        served = self._served.get(request.path.removeprefix(self._prefix))
        if served is not None and (stop := await self.ground.begin(request, served.name)):
            return stop
        if message := refusal(request, self._credential, self.ground.weather.now()):
            if served is not None:
                self.ground.tally.refusal()
            return self._said(message, 401)
        if served is None:
            return self._said(NO_ROUTE, 401)
        if request.method != _METHODS[served.script.interface.style]:
            return self._said("Method Not Allowed", 405)
        return self._answer(served, await _parameters(request))

    def _answer(self, served: Served, parameters: Mapping[str, str]) -> web.Response:
        facts = served.asking.facts(parameters)
        if facts is None:
            return self._said("a parameter is missing", 400)
        if fault := self.ground.weather.fault():
            coded = served.script.failed(self.ground.weather.dials.code)
            return self.ground.faulty(fault, coded)
        return self.ground.json(self.ground.body(served, facts))

    def _said(self, message: str, status: int) -> web.Response:
        return self.ground.json({"message": message}, status)


async def _parameters(request: web.Request) -> Mapping[str, str]:
    if request.method == "GET":
        return request.query
    if request.content_type == "application/json":
        return _texts(await request.read())
    form = await request.post()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _texts(body: bytes) -> dict[str, str]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return (
        {name: str(value) for name, value in document.items()} if isinstance(document, dict) else {}
    )
