"""Dialect: the sharing gateway with the MD5 handshake (province, municipality)."""

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
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
from connectors.gateway_codes import STALE, coded, require_ok
from connectors.http import FORM, JSON, Call, Http, timed_out
from connectors.renewals import Secrets
from connectors.signing import form_encoded, plus_quoted
from connectors.templates import filled
from connectors.tokens import Handshake, Signer

_PURPOSE = {
    "accesscardId": "purpose.operator",
    "materialName": "purpose.material",
    "sponsorName": "purpose.sponsor_name",
    "sponsorCode": "purpose.sponsor_code",
    "projectId": "purpose.case",
}
_ADDITIONAL = "additional"
_SUB_ITEM = re.compile(r"(.*-)(?!000$)\d{3}", re.ASCII)

Parameters = dict[str, str]
Request = Callable[[Endpoint, Interface, Parameters, str, Parameters, float], Call]


class SharingGateway:
    """One gateway under one credential."""

    def __init__(
        self, endpoint: Endpoint, options: Options, http: Http, clock: ServerClock | None = None
    ) -> None:
        self.clock = clock or ServerClock()
        self._endpoint = endpoint
        self._http = http
        self._signer = Signer(endpoint, self.clock, options.get("lower_case_signing") is True)
        self.handshake = Handshake(endpoint, http, self.clock, self._signer)
        self._vain: dict[str, str] = {}  # by interface: a request secret it refused though new

    async def health(self) -> Health:
        """Renew the secrets: nothing less tells whether the credential is accepted."""
        await self.handshake.renew()
        return Health(True, True, self.clock.offset, "the handshake succeeds")

    async def ask(self, interface: Interface, inquiry: Inquiry, by: float) -> Json:
        """The whole document of code 00; one call more where the secret had ended."""
        parameters = filled(interface.parameters, inquiry.facts)
        purpose = additional(inquiry.facts)
        parameters.pop(_ADDITIONAL, None)
        secrets = self.handshake.held or await self._renewed(interface, None, by)
        code, document = await self._call(interface, parameters, purpose, secrets.request, by)
        if code in STALE and self._vain.get(interface.name) != secrets.request:
            secrets = await self._renewed(interface, secrets, by)
            code, document = await self._call(interface, parameters, purpose, secrets.request, by)
        self._note(interface, code, secrets)
        require_ok(code)
        return document

    async def _renewed(self, interface: Interface, stale: Secrets | None, by: float) -> Secrets:
        """Secrets good for a call now, newer than those that the gateway refused."""
        try:
            async with asyncio.timeout_at(by):
                return await (self.handshake.after(stale) if stale else self.handshake.secrets())
        except TimeoutError:
            raise timed_out(interface.timeout) from None

    def _note(self, interface: Interface, code: str, secrets: Secrets) -> None:
        """Remember a secret that is refused though new: to renew it would only disturb others."""
        if code in STALE:
            self._vain[interface.name] = secrets.request
        else:
            self._vain.pop(interface.name, None)

    async def _call(
        self, interface: Interface, parameters: Parameters, purpose: str, secret: str, by: float
    ) -> tuple[str, Json]:
        signed = self._signer.signed(secret)
        request = _REQUESTS[interface.style]
        call = request(self._endpoint, interface, parameters, purpose, signed, by)
        return coded(await self._http.ask(call))


def additional(facts: Mapping[str, str]) -> str:
    """The purpose as the gateway wants it bound to every call: a JSON text."""
    return _additional(
        facts.get("purpose.item", ""), *[facts.get(f, "") for f in _PURPOSE.values()]
    )


@lru_cache(maxsize=1024)
def _additional(item: str, *texts: str) -> str:
    purpose = _item(item) | dict(zip(_PURPOSE, texts, strict=True))
    return orjson.dumps({name: text for name, text in purpose.items() if text}).decode()


def _item(item: str) -> Parameters:
    """A sub-item such as …-001 belongs to its main item …-000."""
    if sub := _SUB_ITEM.fullmatch(item):
        return {"powerMatters": f"{sub[1]}000", "subPowerMatters": item}
    return {"powerMatters": item}


@lru_cache(maxsize=1024)
def _url(endpoint: str, target: str) -> str:
    return endpoint.rstrip("/") + quote(target, safe="/%")


def _encoded(parameters: Parameters, purpose: str) -> str:
    return f"{form_encoded(parameters)}&{_ADDITIONAL}={_purpose_quoted(purpose)}"


_purpose_quoted = lru_cache(maxsize=1024)(plus_quoted)  # the same for all whom a case asks about


def _query(
    endpoint: Endpoint,
    interface: Interface,
    parameters: Parameters,
    purpose: str,
    signed: Parameters,
    by: float,
) -> Call:
    url = f"{_url(endpoint.url, interface.target)}?{_encoded(signed | parameters, purpose)}"
    return Call(endpoint, "GET", url, interface.timeout, lookup=True, until=by)


def _form(
    endpoint: Endpoint,
    interface: Interface,
    parameters: Parameters,
    purpose: str,
    signed: Parameters,
    by: float,
) -> Call:
    body = _encoded(signed | parameters, purpose).encode()
    url = _url(endpoint.url, interface.target)
    return Call(endpoint, "POST", url, interface.timeout, FORM, body, lookup=True, until=by)


def _json(
    endpoint: Endpoint,
    interface: Interface,
    parameters: Parameters,
    purpose: str,
    signed: Parameters,
    by: float,
) -> Call:
    body, url = (
        orjson.dumps(parameters | {_ADDITIONAL: purpose}),
        _url(endpoint.url, interface.target),
    )
    return Call(
        endpoint, "POST", url, interface.timeout, JSON | signed, body, lookup=True, until=by
    )


_REQUESTS: Mapping[str, Request] = {"query": _query, "form": _form, "json": _json}


def connect(endpoint: Endpoint, options: Options, http: Http) -> Connector:
    """A connector to one sharing gateway."""
    return OneByOne(endpoint, SharingGateway(endpoint, options, http), coded=DIALECT.coded)


DIALECT = Dialect(
    name="gateway",
    styles=frozenset(_REQUESTS),
    credential_keys=frozenset({"app_key", "app_secret"}),
    option_keys=frozenset({"lower_case_signing"}),
    target_key="path",
    batches=False,
    coded=True,
    connect=connect,
)
