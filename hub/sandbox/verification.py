"""The supplementary verification platform's proof lookup: many subjects in one signed call."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import orjson
from aiohttp import web

from connectors.contract import Value
from hub.sandbox.asking import asking_of
from hub.sandbox.ground import Ground, Served
from hub.sandbox.signatures import NO_ROUTE, refusal
from hub.sandbox.weather import Fault
from hub.sandbox.wire import script_of

LOOKUP = "proofs/lookup"
LARGEST_BATCH = 100
_BASE = "/api/v1/"


class VerificationPlatform:
    """The stand-in of the verification platform."""

    def __init__(self, ground: Ground, credential: Mapping[str, str], prefix: str) -> None:
        self.ground, self._credential, self._prefix = ground, credential, prefix
        asking = asking_of(ground.platform.name, {"id": "{subject.id}", "name": "{subject.name}"})
        self._served = {
            name: Served(name, script_of(ground.platform.name, interface), asking)
            for name, interface in ground.platform.interfaces.items()
        }

    async def respond(self, request: web.Request) -> web.Response:
        """Answer a batch of lookups, or say how the platform is."""
        match request.method, request.path.removeprefix(self._prefix + _BASE):
            case "GET", "health":
                return self._health()
            case "POST", "proofs/lookup":
                return await self._lookup(request)
            case _:
                return self._said(NO_ROUTE, 401)

    def _health(self) -> web.Response:
        return self.ground.json({"status": "up", "time": int(self.ground.weather.now() * 1000)})

    async def _lookup(self, request: web.Request) -> web.Response:
        """A lookup of nobody is a probe, and not counted."""
        requests = _requests(await request.read())
        if requests and (stop := await self.ground.begin(request, LOOKUP)):
            return stop
        if message := refusal(request, self._credential, self.ground.weather.now()):
            self.ground.tally.refusal()
            return self._said(message, 401)
        if isinstance(requests, str):
            return self._said(requests, 400)
        return self._answers(requests) if requests else self.ground.json({"answers": []})

    def _answers(self, requests: list[Mapping[str, object]]) -> web.Response:
        self.ground.tally.batch(len(requests))
        if len(requests) > LARGEST_BATCH:
            return self._said(f"{len(requests)} requests: send {LARGEST_BATCH} at most", 413)
        fault = self.ground.weather.fault()
        if fault is Fault.CODE:
            code = self.ground.weather.dials.code
            answers = [_coded(request, code) for request in requests]
            return self.ground.json({"answers": answers})
        if fault is not None:
            return self.ground.faulty(fault, None)
        return self.ground.json({"answers": [self._answer(request) for request in requests]})

    def _answer(self, request: Mapping[str, object]) -> dict[str, object]:
        subject, purpose = request.get("subject"), request.get("purpose")
        served = self._served.get(str(request.get("certificateType")))
        if served is None:
            return _coded(request, "unknownCertificateType")
        if not isinstance(subject, dict) or not isinstance(subject.get("id"), str):
            return _coded(request, "subjectMissing")
        if not isinstance(purpose, dict) or not purpose.get("item"):
            return _coded(request, "purposeMissing")
        return {"ref": request.get("ref"), **self._proof(served, subject, purpose)}

    def _proof(
        self, served: Served, subject: Mapping[str, str], purpose: Mapping[str, str]
    ) -> dict[str, object]:
        self.ground.purposes.append(purpose)
        facts = {"subject.id": subject["id"]}
        if name := subject.get("name"):
            facts["subject.name"] = name
        copy = self.ground.copy(served, facts)
        if copy is None:
            return {"status": "notHeld"}
        fields = {name: _plain(value) for name, value in copy.values.items()}
        return {"status": "held", "fields": fields, "holder": {"id": copy.subject.identifier}}

    def _said(self, message: str, status: int) -> web.Response:
        return self.ground.json({"message": message}, status)


def _requests(body: bytes) -> list[Mapping[str, object]] | str:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "the body is not JSON: send an object with a list of requests"
    requests = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(requests, list) or not all(isinstance(each, dict) for each in requests):
        return "requests is missing: send an object with a list of requests"
    return requests


def _coded(request: Mapping[str, object], code: str) -> dict[str, object]:
    return {"ref": request.get("ref"), "status": "error", "code": code}


def _plain(value: Value | None) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
