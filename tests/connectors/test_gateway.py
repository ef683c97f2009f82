"""The sharing gateway's own ways: request styles, purpose binding, envelopes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

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
from connectors.gateway import DIALECT, additional
from connectors.http import Http
from tests.connectors.gateways import KEY, SECRET, Gateway
from tests.connectors.people import MEI, inquiry
from tests.connectors.scripted_server import Asked, Said, Script, serving

NOW = 4_000_000_000.0
SHAPE = AnswerShape("datas", (FieldSource("name", "XM", ValueKind.TEXT),))
INTERFACE = Interface(
    "id_card",
    "/gateway/api/目录/dataSharing/a.htm",
    "query",
    {"cardId": "{subject.id}", "xm": "{subject.name}&=中 +", "kind": "1"},
    SHAPE,
    timeout=2.0,
)


async def asked(http: Http, interface: Interface, script: Script) -> Answer | ConnectorError:
    async with serving(script) as server:
        endpoint = Endpoint(
            "province", f"{server.url}/base/", {"app_key": KEY, "app_secret": SECRET}
        )
        connector = DIALECT.connect(endpoint, {}, http)
        (answer,) = await connector.fetch(interface, [inquiry(MEI)])
        return answer


@pytest.mark.parametrize(
    ("style", "method", "kind"),
    [
        ("query", "GET", ""),
        ("form", "POST", "application/x-www-form-urlencoded; charset=UTF-8"),
        ("json", "POST", "application/json; charset=UTF-8"),
    ],
)
async def test_styles(http: Http, style: str, method: str, kind: str) -> None:
    """All three request styles carry parameters, purpose and signature, and ask for one another."""
    gateway, calls = Gateway(NOW, datas=[{"XM": "梅一"}]), []

    async def script(call: Asked) -> Said:
        calls.append(call)
        return await gateway.answer(call)

    answer = await asked(http, replace(INTERFACE, style=style), script)

    sent = gateway.parameters[-1]
    assert answer == Held({"name": "梅一"})
    assert gateway.calls == ["by_key", "data"]
    assert (calls[-1].method, calls[-1].path) == (method, "/base" + INTERFACE.target)
    assert calls[-1].headers.get("Content-Type", "") == kind
    assert (sent["cardId"], sent["xm"], sent["kind"]) == (MEI, "示例&=中 +", "1")
    assert json.loads(sent["additional"])["projectId"] == "330200260102000042"
    assert ("sign" in sent) is (style != "json")
    assert ("sign" in calls[-1].headers) is (style == "json")


def test_additional() -> None:
    """The purpose as the gateway wants it; a sub-item names its main item too."""
    assert json.loads(additional(inquiry(MEI).facts)) == {
        "powerMatters": "许可-00757-000",
        "subPowerMatters": "许可-00757-001",
        "accesscardId": "clerk-7",
        "materialName": "居民身份证",
        "sponsorName": "示例单位",
        "sponsorCode": "11330200MB0000000A",
        "projectId": "330200260102000042",
    }


@pytest.mark.parametrize("item", ["许可-00757-000", "许可-00757", "公共-1"])
def test_additional_of_a_main_item(item: str) -> None:
    """A main item stands alone; what is not known is left out."""
    assert json.loads(additional({"purpose.item": item, "purpose.operator": ""})) == {
        "powerMatters": item
    }


ROWS = [{"XM": "梅一", "RQ": "20200101"}]
HELD = Held({"name": "梅一"})
OLD = json.dumps(ROWS).replace(",", ",\r\n")

ENVELOPES: list[tuple[str, object, object]] = [
    ("datas", ROWS, HELD),
    ("datas", ROWS[0], HELD),
    ("datas", json.dumps(ROWS), HELD),
    ("datas", f"\r\n{OLD}\r\n", HELD),
    ("datas", json.dumps(ROWS[0]), HELD),
    ("datas", json.dumps(json.dumps(ROWS)), HELD),
    ("datas", [json.dumps(ROWS[0])], HELD),
    ("datas", '[{"XM":"梅\n一"}]', Held({"name": "梅\n一"})),
    ("datas.datas", json.dumps({"code": "1", "datas": ROWS}), HELD),
    ("datas.data", {"success": True, "data": ROWS, "errorMsg": ""}, HELD),
    ("datas.data", {"success": True, "data": json.dumps(ROWS), "errMsg": None}, HELD),
    ("datas.data.result", {"code": 200, "data": {"status": "1", "result": ROWS[0]}}, HELD),
    ("datas.result.result", {"result": {"result": ROWS}}, HELD),
    ("datas.result.result", {"result": json.dumps({"RESULT": ROWS})}, HELD),
    ("datas.date", json.dumps({"date": ROWS}), HELD),
    ("datas.0.list", [{"list": ROWS}], HELD),
    ("datas", [{"xm": "梅一"}], HELD),
    ("datas", [{}, None, {"XM": ""}, ROWS[0]], HELD),
    ("datas", "", NotHeld()),
    ("datas", "[]", NotHeld()),
    ("datas", "{}", NotHeld()),
    ("datas", " \r\n", NotHeld()),
    ("datas", None, NotHeld()),
    ("datas", [], NotHeld()),
    ("datas", {}, NotHeld()),
    ("datas", [{}], NotHeld()),
    ("datas", [{"XM": "\\N", "RQ": None}], NotHeld()),
    ("datas.data", "", NotHeld()),
    ("datas.data", {"success": True, "data": []}, NotHeld()),
    ("datas.data", {"success": True}, Garbled),
    ("datas.data", ROWS, Garbled),
    ("datas.9.list", [{"list": ROWS}], Garbled),
    ("datas", "系统繁忙", Garbled),
    ("datas", '[{"XM":', Garbled),
    ("datas", [["梅一"]], Garbled),
    ("datas", 7, Garbled),
    ("datas", "[" * 3000, Garbled),
    ("datas", "[" * 500 + "]" * 500, Garbled),
    ("other", ROWS, Garbled),
]


@pytest.mark.parametrize(("path", "datas", "meaning"), ENVELOPES)
async def test_envelopes(http: Http, path: str, datas: object, meaning: object) -> None:
    """Every envelope seen in life, and what it means; unknown shapes are failures."""
    gateway = Gateway(NOW, datas=datas)
    interface = replace(INTERFACE, answer=replace(SHAPE, rows=path))

    answer = await asked(http, interface, gateway.answer)

    assert (type(answer) if isinstance(meaning, type) else answer) == meaning


CODED = replace(
    SHAPE,
    rows="datas.data",
    success=CodeTest("datas.code", ("1", "true")),
    absent=CodeTest("datas.code", ("2",)),
)


@pytest.mark.parametrize(
    ("datas", "meaning"),
    [
        ({"code": "1", "data": ROWS}, HELD),
        ({"code": 1, "data": ROWS}, HELD),
        ({"CODE": True, "data": ROWS}, HELD),
        ({"code": 2, "data": ROWS}, NotHeld()),
        ({"code": "2"}, NotHeld()),
        ({"code": 3, "data": ROWS}, Refused),
        ({"code": False, "data": ROWS}, Refused),
        ({"code": None, "data": ROWS}, Refused),
        ({"data": ROWS}, Garbled),
        ("", NotHeld()),
    ],
)
async def test_inner_codes(http: Http, datas: object, meaning: object) -> None:
    """An inner code is a success, an absence or a failure, as declared; a missing one is a failure."""
    gateway = Gateway(NOW, datas=datas)

    answer = await asked(http, replace(INTERFACE, answer=CODED), gateway.answer)

    assert (type(answer) if isinstance(meaning, type) else answer) == meaning


MARRIAGES = [
    {"registrationDate": "2001-05-06 00:00:00.0", "mCardId": MEI},
    {"registrationDate": "2019-05-06 10:00:00", "MCARDID": MEI},
    {"registrationDate": "2019-05-06 09:00:00", "mCardId": MEI},
    {"registrationDate": "2022-05-06", "mCardId": "33010219800101****"},
    {"registrationDate": "\\N", "mCardId": MEI},
    {"mCardId": MEI},
]


@pytest.mark.parametrize(
    ("rows", "registered"),
    [(MARRIAGES, date(2019, 5, 6)), (MARRIAGES[:1], date(2001, 5, 6)), (MARRIAGES[5:] * 2, None)],
)
async def test_newest_row(
    http: Http, rows: list[Mapping[str, str]], registered: date | None
) -> None:
    """Of several rows the subject's own newest counts."""
    shape = AnswerShape(
        "datas",
        (
            FieldSource("registered_on", "registrationDate", ValueKind.DATE),
            FieldSource("husband", "mCardId", ValueKind.IDENTIFIER),
        ),
        holder=("mCardId", "fCardId"),
        newest="registrationDate",
    )
    gateway = Gateway(NOW, datas=rows)

    answer = await asked(http, replace(INTERFACE, answer=shape), gateway.answer)

    assert answer == Held({"registered_on": registered, "husband": MEI})


async def test_unreadable_newest(http: Http) -> None:
    """A date that decides and can't be read is a failure that names its key only."""
    gateway = Gateway(NOW, datas=[{"XM": "梅一", "RQ": "soon"}] * 2)

    answer = await asked(
        http, replace(INTERFACE, answer=replace(SHAPE, newest="RQ")), gateway.answer
    )

    assert str(answer) == "province/id_card: RQ: not a date in a known format; check `newest`"


async def test_texts_of_all_rows(http: Http) -> None:
    """Texts are gathered over every row; a list in a row counts as its items."""
    shape = AnswerShape(
        "datas",
        (
            FieldSource("places", "zl", ValueKind.TEXTS),
            FieldSource("deeds", "no", ValueKind.TEXTS),
            FieldSource("others", "none", ValueKind.TEXTS),
        ),
    )
    gateway = Gateway(NOW, datas=[{"zl": "一号"}, {"zl": ["二号", ""], "no": "\\N"}, {"x": 1}])

    answer = await asked(http, replace(INTERFACE, answer=shape), gateway.answer)

    assert answer == Held({"places": ("一号", "二号"), "deeds": None, "others": None})


async def test_unreadable_texts(http: Http) -> None:
    """A text that is an object is a failure."""
    shape = AnswerShape("datas", (FieldSource("places", "zl", ValueKind.TEXTS),))
    gateway = Gateway(NOW, datas=[{"zl": {"a": 1}}])

    answer = await asked(http, replace(INTERFACE, answer=shape), gateway.answer)

    assert type(answer) is Garbled
    assert "zl: neither text nor number" in str(answer)


async def test_no_gateway(http: Http) -> None:
    """An answer without the gateway's code comes from something else."""

    async def script(_: Asked) -> Said:
        return Said(b'["hello"]')

    answer = await asked(http, INTERFACE, script)

    assert type(answer) is Garbled
    assert "check that `endpoint` is a sharing gateway" in str(answer)
