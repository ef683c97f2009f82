"""An older bureau's XML service, answering in GB18030."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from xml.etree.ElementTree import Element, ParseError, tostring

from aiohttp import web
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from hub.sandbox.ground import Ground, Served, served_by_target
from hub.sandbox.nesting import Tree
from hub.sandbox.weather import Fault

_CHINA = timezone(timedelta(hours=8))
_TYPE = "text/xml;charset=GB18030"
_DECLARATION = '<?xml version="1.0" encoding="GB18030"?>\n'
_GARBAGE = b"<ROOT><HEAD><MSGCODE>GRCB\xff"


class Bureau:
    """The stand-in of one bureau service."""

    def __init__(self, ground: Ground, credential: Mapping[str, str], _prefix: str) -> None:
        self.ground, self._credential = ground, credential
        self._served = served_by_target(ground.platform)

    async def respond(self, request: web.Request) -> web.Response:
        """Answer one message."""
        message = _message(await request.read())
        if message is None:
            return self._coded("", "400", "报文格式错误")
        head, content = _texts(message.find("HEAD")), _texts(message.find("CONTENT"))
        code = head.get("MSGCODE", "")
        served = self._served.get(code)
        if served is not None and (stop := await self.ground.begin(request, served.name)):
            return stop
        if not self._known(head):
            if served is not None:
                self.ground.tally.refusal()
            return self._coded(code, "401", "身份验证失败")
        if served is None:
            return self._coded(code, "404", "交易代码不存在")
        return self._answer(served, code, content)

    def _answer(self, served: Served, code: str, content: Mapping[str, str]) -> web.Response:
        facts = served.asking.facts(content)
        if facts is None:
            return self._coded(code, "402", "参数缺失")
        match self.ground.weather.fault():
            case Fault.CODE:
                return self._coded(code, self.ground.weather.dials.code, "系统繁忙")
            case Fault.GARBAGE:
                return web.Response(body=_GARBAGE, headers={"Content-Type": _TYPE})
            case None:
                return self._said(code, self.ground.body(served, facts))
            case fault:
                return self.ground.faulty(fault, None)

    def _known(self, head: Mapping[str, str]) -> bool:
        ours = self._credential
        theirs = (head.get("USERNAME"), head.get("MSGTOKEN"), head.get("SNDCODE"))
        return theirs == (ours["username"], ours["token"], ours["sender"])

    def _coded(self, message_code: str, code: str, text: str) -> web.Response:
        return self._said(message_code, {"HEAD": {"RSTCODE": code, "RSTMSG": text}})

    def _said(self, message_code: str, body: Tree) -> web.Response:
        head: Tree = {"MSGCODE": message_code, "RSTCODE": "0", "RSTMSG": "成功"}
        head["SNDTIME"] = datetime.fromtimestamp(self.ground.weather.now(), _CHINA).strftime(
            "%Y%m%d%H%M%S"
        )
        given = body.get("HEAD")
        head |= given if isinstance(given, dict) else {}
        root = _element("ROOT", {**body, "HEAD": head})
        text = _DECLARATION + tostring(root, encoding="unicode")
        headers = {"Content-Type": _TYPE}
        return web.Response(body=text.encode("gb18030"), headers=headers)


def _message(body: bytes) -> Element | None:
    try:
        message: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return message


def _texts(element: Element | None) -> dict[str, str]:
    return {} if element is None else {child.tag: child.text or "" for child in element}


def _element(name: str, value: object) -> Element:
    element = Element(name)
    if isinstance(value, dict):
        for key, inner in value.items():
            for item in inner if isinstance(inner, list) else [inner]:
                element.append(_element(key, item))
    elif value is not None:
        element.text = str(value)
    return element
