"""The sharing gateway's dialect, answered from envelopes that are written beforehand."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import orjson

from benchmarks.stand_ins.wire import Call, Said
from hub.sandbox.gateway import envelope, pair_document, wrapped_body
from hub.sandbox.ground import Ground, Served, served_by_target
from hub.sandbox.tokens import BAD_TOKEN_SIGN, OK, TokenOffice

_BY_KEY, _BY_SEC = b"/gateway/app/refreshTokenByKey.htm", b"/gateway/app/refreshTokenBySec.htm"
_SIGNING = ("appKey", "sign", "requestTime")
_NO_INTERFACE, _NO_PARAMETER, _NO_PURPOSE = "22", "21", "20"


class Gateway:
    """One gateway's holdings; every signature is checked, each answer is written when first asked for.

    Each app key has secrets of its own, so that one caller's handshake does not end another's.
    """

    def __init__(self, ground: Ground, credential: Mapping[str, str], base: str) -> None:
        self._credential = credential
        self._offices: dict[str, TokenOffice] = {}
        self._ground, self._base = ground, base.encode()
        self._served = {
            target.encode(): one for target, one in served_by_target(ground.platform).items()
        }
        self._written: dict[tuple[object, ...], bytes] = {}

    def answer(self, call: Call) -> Said:
        """A handshake or a data call."""
        target, _, query = call.url.removeprefix(self._base).partition(b"?")
        if target in (_BY_KEY, _BY_SEC):
            return self._renewed(target, _split(query or call.body))
        served = self._served.get(target)
        if served is None:
            return _coded(_NO_INTERFACE)
        style = served.script.interface.style
        if style == "json":
            return self._data(served, _signing(call), orjson.loads(call.body))
        given = _split(query if style == "query" else call.body)
        return self._data(served, given, given)

    def _renewed(self, target: bytes, given: Mapping[str, str]) -> Said:
        tokens = self._tokens(given)
        pair = tokens.by_key(given) if target == _BY_KEY else tokens.by_sec(given)
        if pair is None:
            return _coded(BAD_TOKEN_SIGN)
        return Said(orjson.dumps(envelope(OK, {"datas": pair_document(pair)})))

    def _tokens(self, signing: Mapping[str, str]) -> TokenOffice:
        key = signing.get("appKey", "")
        office = self._offices.get(key)
        if office is None:
            lower = self._ground.platform.options.get("lower_case_signing") is True
            credential = {**self._credential, "app_key": key}
            office = TokenOffice(credential, lower=lower, clock=self._ground.weather.now)
            self._offices[key] = office
        return office

    def _data(self, served: Served, signing: Mapping[str, str], given: Mapping[str, str]) -> Said:
        if (code := self._tokens(signing).verdict(signing)) != OK:
            return Said(_coded(code).body, subjects=1)
        key = (served.name, *map(given.get, served.asking.patterns))
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = self._write(served, given)
        return Said(written, subjects=1)

    def _write(self, served: Served, given: Mapping[str, str]) -> bytes:
        """The whole answer; as bytes of a query or form where the parameters came in one."""
        if served.script.interface.style != "json":
            given = {name: _plain(text) for name, text in given.items()}
        if "additional" not in given:
            return _coded(_NO_PURPOSE).body
        facts = served.asking.facts(given)
        if facts is None:
            return _coded(_NO_PARAMETER).body
        body = wrapped_body(served, self._ground.body(served, facts))
        return orjson.dumps(envelope(OK, body))


def _split(text: bytes) -> dict[str, str]:
    """The parameters as they were written, percent signs and all: what is signed has none."""
    pairs = (pair.partition("=") for pair in text.decode("ascii").split("&"))
    return {name: value for name, _, value in pairs}


def _plain(text: str) -> str:
    return parse_qsl(f"_={text}", keep_blank_values=True)[0][1]


def _signing(call: Call) -> dict[str, str]:
    return {name: call.headers.get(name.lower().encode(), b"").decode() for name in _SIGNING}


def _coded(code: str) -> Said:
    return Said(orjson.dumps(envelope(code, {})))
