"""Dialect: an older bureau service that takes and gives XML."""

import secrets
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from connectors.asking import OneByOne
from connectors.clocks import ServerClock
from connectors.contract import (
    Connector,
    Endpoint,
    Health,
    Inquiry,
    Interface,
    Refused,
)
from connectors.decoding import Json, decoded
from connectors.dialects import Dialect, Options
from connectors.http import Call, Http
from connectors.probing import answers_at_all
from connectors.reading import CHINA
from connectors.templates import filled
from connectors.xml_document import prologue_charset, xml_document

_XML = {"Content-Type": "text/xml; charset=UTF-8"}


class BureauService:
    """One bureau's service under one user."""

    def __init__(self, endpoint: Endpoint, http: Http) -> None:
        self.clock = ServerClock()
        self._endpoint = endpoint
        self._http = http

    async def health(self) -> Health:
        """A bare GET: whether the token is accepted shows only in a message."""
        return await answers_at_all(self._http, self._endpoint, self.clock)

    async def ask(self, interface: Interface, inquiry: Inquiry, by: float) -> Json:
        """What one message is answered."""
        body = self._message(interface.target, filled(interface.parameters, inquiry.facts))
        url, seconds = self._endpoint.url, interface.timeout
        call = Call(self._endpoint, "POST", url, seconds, _XML, body, lookup=True, until=by)
        reply = await self._http.ask(call)
        if reply.status != 200:
            raise Refused(f"HTTP status {reply.status}; check `endpoint`")
        return xml_document(decoded(reply.body, reply.charset or prologue_charset(reply.body)))

    def _message(self, code: str, content: dict[str, str]) -> bytes:
        root = Element("ROOT")
        _put(root, "HEAD", self._head(code))
        _put(root, "CONTENT", content)
        message: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return message

    def _head(self, code: str) -> dict[str, str]:
        credential = self._endpoint.credential
        return {
            "MSGCODE": code,
            "MSGTOKEN": credential["token"],
            "SNDCODE": credential["sender"],
            "SNDMSGID": secrets.token_hex(16),
            "USERNAME": credential["username"],
            "SNDTIME": datetime.fromtimestamp(self.clock.now(), CHINA).strftime("%Y%m%d%H%M%S"),
        }


def _put(root: Element, tag: str, texts: dict[str, str]) -> None:
    part = SubElement(root, tag)
    for name, text in texts.items():
        SubElement(part, name).text = text


def connect(endpoint: Endpoint, _: Options, http: Http) -> Connector:
    """A connector to one bureau's service."""
    return OneByOne(endpoint, BureauService(endpoint, http), coded=DIALECT.coded)


DIALECT = Dialect(
    name="bureau_xml",
    styles=frozenset({"xml"}),
    credential_keys=frozenset({"username", "token", "sender"}),
    option_keys=frozenset(),
    target_key="message",
    batches=False,
    coded=False,
    connect=connect,
)
