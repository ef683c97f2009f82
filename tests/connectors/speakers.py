"""The platform's side of each dialect: what it is asked about, and how it says an answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from connectors.contract import (
    AnswerShape,
    Blank,
    CodeTest,
    Connector,
    Endpoint,
    FieldSource,
    Interface,
    ValueKind,
)
from connectors.dialects import find_dialect
from connectors.http import Http
from tests.connectors.scripted_server import Asked, Said

Row = Mapping[str, str]

FIELDS = (
    FieldSource("name", "XM", ValueKind.TEXT),
    FieldSource("id_number", "ZJHM", ValueKind.IDENTIFIER),
    FieldSource("born_on", "CSRQ", ValueKind.DATE),
)
PAIR = {
    "refreshSecret": "R-1",
    "refreshSecretEndTime": 4_000_000_000_000,
    "requestSecret": "S-1",
    "requestSecretEndTime": 4_000_000_000_000,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """The platform's own way of saying that it will not answer."""


Speech = Row | Refusal | None
"""A row, a refusal, or nothing held."""


class Speaker(Protocol):
    """One dialect, spoken from the platform's side."""

    dialect: str
    interface: Interface

    def handshake(self, asked: Asked) -> Said | None:
        """The answer to a call that asks about nobody."""
        ...

    def subjects(self, asked: Asked) -> list[str]:
        """Whom a call asks about."""
        ...

    def say(self, speeches: Sequence[Speech]) -> Said:
        """One answer that tells of all whom the call asked about."""
        ...


def connected(speaker: Speaker, url: str, http: Http, **limits: float) -> Connector:
    """A connector of the speaker's dialect; one subject per call."""
    secrets = {
        "app_key": "A1",
        "app_secret": "Topsecret",
        "access_key": "hub",
        "secret": "Topsecret",
        "username": "hub",
        "token": "Topsecret",
        "sender": "3302",
    }
    endpoint = replace(Endpoint("city", url, secrets, batch=1), **limits)  # type: ignore[arg-type]  # ints are floats here
    return find_dialect(speaker.dialect).connect(endpoint, {}, http)


def _interface(target: str, style: str, shape: AnswerShape, **parameters: str) -> Interface:
    return Interface("id_card", target, style, parameters, shape, timeout=2.0)


class GatewaySpeaker:
    """The sharing gateway, asked by query."""

    dialect = "gateway"
    interface = _interface(
        "/gateway/api/1/dataSharing/a.htm",
        "query",
        AnswerShape("datas", FIELDS, holder=("ZJHM",)),
        cardId="{subject.id}",
        name="{subject.name}",
    )

    def handshake(self, asked: Asked) -> Said | None:
        if "/app/refreshToken" not in asked.path:
            return None
        return Said(json.dumps({"code": "00", "datas": PAIR}).encode())

    def subjects(self, asked: Asked) -> list[str]:
        return [asked.query["cardId"]]

    def say(self, speeches: Sequence[Speech]) -> Said:
        (speech,) = speeches
        if isinstance(speech, Refusal):
            return Said(b'{"code":"99","msg":"x","datas":""}')
        rows = json.dumps([speech], ensure_ascii=False) if speech else ""
        return Said(json.dumps({"code": "00", "datas": rows}, ensure_ascii=False).encode())


class IntegratedSpeaker:
    """The integrated gateway, asked by GET."""

    dialect = "restapi"
    interface = _interface(
        "/api/id-card",
        "get",
        AnswerShape("data", FIELDS, success=CodeTest("code", ("0",)), holder=("ZJHM",)),
        cardId="{subject.id}",
        name="{subject.name}",
    )

    def handshake(self, asked: Asked) -> Said | None:
        return None

    def subjects(self, asked: Asked) -> list[str]:
        return parse_qs(asked.raw_query)["cardId"]

    def say(self, speeches: Sequence[Speech]) -> Said:
        (speech,) = speeches
        if isinstance(speech, Refusal):
            return Said(b'{"message":"The route_id is forbidden."}', 401)
        rows = [speech] if speech else []
        return Said(json.dumps({"code": 0, "data": rows}, ensure_ascii=False).encode())


class BureauSpeaker:
    """The bureau's XML service."""

    dialect = "bureau_xml"
    interface = _interface(
        "GRCBZM",
        "xml",
        AnswerShape(
            "CONTENT.ROW", FIELDS, success=CodeTest("HEAD.RTNCODE", ("0",)), holder=("ZJHM",)
        ),
        AAC002="{subject.id}",
        AAC003="{subject.name}",
    )

    def handshake(self, asked: Asked) -> Said | None:
        return None

    def subjects(self, asked: Asked) -> list[str]:
        return [fromstring(asked.body).findtext("CONTENT/AAC002") or ""]

    def say(self, speeches: Sequence[Speech]) -> Said:
        (speech,) = speeches
        root = Element("ROOT")
        code = SubElement(SubElement(root, "HEAD"), "RTNCODE")
        code.text = "7" if isinstance(speech, Refusal) else "0"
        content = SubElement(root, "CONTENT")
        if speech and not isinstance(speech, Refusal):
            row = SubElement(content, "ROW")
            for key, text in speech.items():
                SubElement(row, key).text = text
        return Said(tostring(root, encoding="unicode").encode())


class VerificationSpeaker:
    """The verification platform's proof lookup."""

    dialect = "verification"
    interface = _interface("id_card", "batch", AnswerShape("fields", FIELDS), name="{subject.name}")

    def handshake(self, asked: Asked) -> Said | None:
        return None

    def subjects(self, asked: Asked) -> list[str]:
        requests = json.loads(asked.body)["requests"]
        return [request["subject"]["id"] for request in requests]

    def say(self, speeches: Sequence[Speech]) -> Said:
        answers = [{"ref": str(n)} | self._answer(speech) for n, speech in enumerate(speeches)]
        return Said(json.dumps({"answers": answers}, ensure_ascii=False).encode())

    def _answer(self, speech: Speech) -> dict[str, object]:
        if isinstance(speech, Refusal):
            return {"status": "error", "code": "busy"}
        if speech is None:
            return {"status": "notHeld"}
        return {"status": "held", "fields": speech, "holder": {"id": speech["ZJHM"]}}


SPEAKERS: tuple[Speaker, ...] = (
    GatewaySpeaker(),
    IntegratedSpeaker(),
    BureauSpeaker(),
    VerificationSpeaker(),
)
ONE_BY_ONE = tuple(speaker for speaker in SPEAKERS if speaker.dialect != "verification")


def asking_again(interface: Interface) -> Interface:
    """The same interface, where blank means: ask once more."""
    return replace(interface, answer=replace(interface.answer, blank=Blank.ASK_AGAIN))
