"""The bureau service's own ways."""

import re
from xml.etree.ElementTree import fromstring

import pytest

from connectors.bureau_xml import DIALECT
from connectors.contract import (
    Answer,
    AnswerShape,
    CodeTest,
    ConnectorError,
    Endpoint,
    FieldSource,
    Garbled,
    Held,
    Interface,
    NotHeld,
    Refused,
    ValueKind,
)
from connectors.http import Http
from tests.connectors.people import MEI, inquiry
from tests.connectors.scripted_server import Asked, Said, ScriptedServer, serving

INTERFACE = Interface(
    "social_insurance",
    "GRCBZM",
    "xml",
    {"AAC002": "{subject.id}", "AAC003": "{subject.name}<&", "AAB301": "330200"},
    AnswerShape(
        "CONTENT.ROW",
        (
            FieldSource("name", "AAC003", ValueKind.TEXT),
            FieldSource("kinds", "AAE140", ValueKind.TEXTS),
        ),
        success=CodeTest("HEAD.RSTCODE", ("0",)),
    ),
    timeout=2.0,
)
SECRETS = {"username": "hub", "token": "T0", "sender": "3302"}


async def asked(http: Http, body: bytes) -> tuple[Answer | ConnectorError, ScriptedServer]:
    async def script(_: Asked) -> Said:
        return Said(body, headers={"Content-Type": "text/xml"})

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("bureau", f"{server.url}/ws", SECRETS), {}, http)
        (answer,) = await connector.fetch(INTERFACE, [inquiry(MEI)])
        return answer, server


async def test_message(http: Http) -> None:
    """A message has its head, and its content escaped."""
    _, server = await asked(http, b"<ROOT/>")

    (sent,) = server.asked
    root = fromstring(sent.body)
    head = {element.tag: element.text or "" for element in root.iterfind("HEAD/*")}
    assert (sent.method, sent.path, root.tag) == ("POST", "/ws", "ROOT")
    assert re.fullmatch(r"\d{14}", head.pop("SNDTIME"))
    assert re.fullmatch(r"[0-9a-f]{32}", head.pop("SNDMSGID"))
    assert head == {"MSGCODE": "GRCBZM", "MSGTOKEN": "T0", "SNDCODE": "3302", "USERNAME": "hub"}
    assert [(element.tag, element.text) for element in root.iterfind("CONTENT/*")] == [
        ("AAC002", MEI),
        ("AAC003", "示例<&"),
        ("AAB301", "330200"),
    ]


ROW = "<ROW><AAC003>梅</AAC003><AAE140>{}</AAE140></ROW>"
HEAD = '<?xml version="1.0" encoding="{}"?><r:ROOT xmlns:r="urn:x"><HEAD><RSTCODE>0</RSTCODE></HEAD><CONTENT>'
TAIL = "</CONTENT></r:ROOT>"

ANSWERS: list[tuple[str, object]] = [
    (ROW.format("110"), Held({"name": "梅", "kinds": ("110",)})),
    (ROW.format("110") + ROW.format("210"), Held({"name": "梅", "kinds": ("110", "210")})),
    (ROW.format("110").replace("AAC003", "aac003"), Held({"name": "梅", "kinds": ("110",)})),
    ("", NotHeld()),
    ("<ROW/>", NotHeld()),
    ("<ROW><AAC003/><AAE140> </AAE140></ROW>", NotHeld()),
    ("<OTHER>1</OTHER>", Garbled),
    ("<a>" * 40 + "1" + "</a>" * 40, Garbled),
    ("<ROW>", Garbled),
]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk"])
@pytest.mark.parametrize(("content", "meaning"), ANSWERS)
async def test_answers(http: Http, content: str, meaning: object, encoding: str) -> None:
    """Rows, one or many, in the encoding that the prologue names."""
    answer, _ = await asked(http, f"{HEAD.format(encoding)}{content}{TAIL}".encode(encoding))

    assert (type(answer) if isinstance(meaning, type) else answer) == meaning


@pytest.mark.parametrize(
    "body",
    [b"<ROOT/>", b"<ROOT><HEAD/><CONTENT/></ROOT>", b"<ROOT><HEAD><RSTCODE/></HEAD></ROOT>"],
)
async def test_a_blank_without_the_code_of_success_is_no_absence(http: Http, body: bytes) -> None:
    """An empty message says nothing: without the code of success a blank is a failure."""
    answer, _ = await asked(http, body)

    assert isinstance(answer, Garbled | Refused)


ATTACKS = [
    '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r>&b;</r>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r>&x;</r>',
    '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><r/>',
]


@pytest.mark.parametrize("attack", ATTACKS)
async def test_attacks(http: Http, attack: str) -> None:
    """Entities and DTDs are turned away unread."""
    answer, _ = await asked(http, attack.encode())

    assert type(answer) is Garbled
    assert "not XML without a DTD" in str(answer)


async def test_probe(http: Http) -> None:
    """A probe sends no message."""

    async def script(_: Asked) -> Said:
        return Said(b"", 405)

    async with serving(script) as server:
        health = await DIALECT.connect(Endpoint("bureau", server.url, SECRETS), {}, http).probe()

    assert (health.reachable, health.credential_accepted) == (True, None)
    assert [(one.method, one.body) for one in server.asked] == [("GET", b"")]
