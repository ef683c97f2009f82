"""A sharing gateway: MD5 handshake, HTTP 200 with codes, the full envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex

import orjson
from aiohttp import web

from hub.sandbox.draw import pick
from hub.sandbox.ground import Ground, Served, served_by_target
from hub.sandbox.nesting import Tree, Wrapping, wrapped
from hub.sandbox.tokens import BAD_TOKEN_SIGN, OK, Pair, TokenOffice
from hub.sandbox.weather import Fault

_TOKENS_BY_KEY = "/gateway/app/refreshTokenByKey.htm"
_TOKENS_BY_SEC = "/gateway/app/refreshTokenBySec.htm"
_SIGNING = ("appKey", "sign", "requestTime")
_METHODS = {"query": "GET", "form": "POST", "json": "POST"}
_SAYINGS = {
    "00": "成功",
    "03": "签名错误",
    "11": "请求密钥已过期",
    "14": "签名错误",
    "18": "接口调用次数超过限额",
    "20": "additional参数缺失或格式错误",
    "21": "请求参数缺失",
    "22": "接口不存在",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A data call as it was signed and what it asks."""

    signing: Mapping[str, str]
    parameters: Mapping[str, str]


class Gateway:
    """The stand-in of one sharing gateway."""

    def __init__(self, ground: Ground, credential: Mapping[str, str], prefix: str) -> None:
        self.ground, self._prefix = ground, prefix
        lower = ground.platform.options.get("lower_case_signing") is True
        self.tokens = TokenOffice(credential, lower=lower, clock=ground.weather.now)
        self._served = served_by_target(ground.platform)

    async def respond(self, request: web.Request) -> web.Response:
        """Answer a token call or a data call."""
        path = request.path.removeprefix(self._prefix)
        if path in (_TOKENS_BY_KEY, _TOKENS_BY_SEC):
            return await self._renewed(request, path)
        served = self._served.get(path)
        if served is None:
            return self._coded("22")
        if stop := await self.ground.begin(request, served.name):
            return stop
        call = await _read(request, served.script.interface.style)
        if call is None:
            return self.ground.response(b"Method Not Allowed", "text/plain", 405)
        return self._answer(served, call)

    async def _renewed(self, request: web.Request, path: str) -> web.Response:
        if self.ground.weather.dials.outage:
            return self.ground.broken_off(request)
        call = dict(request.query) | await _form(request)
        by_key = path == _TOKENS_BY_KEY
        pair = self.tokens.by_key(call) if by_key else self.tokens.by_sec(call)
        if pair is None:
            self.ground.tally.refusal()
            return self._coded(BAD_TOKEN_SIGN)
        self.ground.tally.renewal("by_key" if by_key else "by_sec")
        return self.ground.json(envelope(OK, {"datas": pair_document(pair)}))

    def _answer(self, served: Served, call: Call) -> web.Response:
        code = self.tokens.verdict(call.signing)
        if code != OK:
            self.ground.tally.refusal()
            return self._coded(code)
        purpose = _purpose(call.parameters)
        if purpose is None:
            return self._coded("20")
        self.ground.purposes.append(purpose)
        facts = served.asking.facts(call.parameters)
        if facts is None:
            return self._coded("21")
        if fault := self.ground.weather.fault():
            return self._faulty(fault)
        return self.ground.json(envelope(OK, wrapped_body(served, self.ground.body(served, facts))))

    def _faulty(self, fault: Fault) -> web.Response:
        if fault is Fault.QUOTA:
            return self._coded("18")
        return self.ground.faulty(fault, envelope(self.ground.weather.dials.code, {}))

    def _coded(self, code: str) -> web.Response:
        return self.ground.json(envelope(code, {}))


async def _read(request: web.Request, style: str) -> Call | None:
    if request.method != _METHODS[style]:
        return None
    if style == "query":
        return Call(request.query, request.query)
    if style == "form":
        form = await _form(request)
        return Call(form, form)
    signing = {name: request.headers.get(name, "") for name in _SIGNING}
    return Call(signing, _texts(await request.read()))


async def _form(request: web.Request) -> dict[str, str]:
    form = await request.post()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _texts(body: bytes) -> dict[str, str]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(document, dict):
        return {}
    return {name: value for name, value in document.items() if isinstance(value, str)}


def _purpose(parameters: Mapping[str, str]) -> Mapping[str, str] | None:
    purpose = _texts(parameters.get("additional", "").encode())
    return purpose if purpose.get("powerMatters") else None


def wrapped_body(served: Served, body: Tree) -> Tree:
    """The body as this interface sends it: its outermost part may travel as text."""
    target = served.script.interface.target
    wrapping = pick(tuple(Wrapping), "wrapping", target)
    return {key: wrapped(value, wrapping) for key, value in body.items()}


def envelope(code: str, body: Tree) -> Tree:
    """The envelope around what an interface answers, or around nothing."""
    rows = body.get("datas")
    return {
        "code": code,
        "msg": _SAYINGS.get(code, "系统繁忙"),
        "data": "",
        "datas": "",
        "dataCount": len(rows) if isinstance(rows, list) else 0,
        "totalDataCount": 0,
        "totalPage": 1,
        "requestId": token_hex(16),
        "interfaces": None,
        **body,
    }


def pair_document(pair: Pair) -> Tree:
    """A pair as the handshake tells it."""
    return {
        "refreshSecret": pair.refresh_secret,
        "refreshSecretEndTime": int(pair.refresh_end * 1000),
        "requestSecret": pair.request_secret,
        "requestSecretEndTime": int(pair.request_end * 1000),
    }
