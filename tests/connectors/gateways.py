"""A sharing gateway that checks signatures and answers codes as told, in order."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qsl

from tests.connectors.scripted_server import Asked, Said

KEY, SECRET = "AppKey1", "AppSecret1"
CALLS = {"refreshTokenByKey.htm": "by_key", "refreshTokenBySec.htm": "by_refresh"}


@dataclass
class Gateway:
    """Its secrets, the codes it will answer (00 when there are no more), and the calls it got."""

    now: float
    lower_case: bool = False
    life: float = 900.0
    dated: bool = True
    codes: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    parameters: list[Mapping[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    tolerance: float | None = None
    pair: int = 0
    datas: object = ""

    async def answer(self, asked: Asked) -> Said:
        name = CALLS.get(asked.path.rpartition("/")[2], "data")
        self.calls.append(name)
        parameters = dict(asked.query) | _body(asked)
        self.parameters.append(parameters)
        code = self._code(name, parameters if "sign" in parameters else asked.headers)
        if name != "data" and code == "00":
            self.pair += 1
            return self.said(code, self._pair())
        return self.said(code, self.datas)

    def _code(self, name: str, signing: Mapping[str, str]) -> str:
        if told := self.codes.get(name):
            return told.pop(0)
        time = signing["requestTime"]
        self.times.append(int(time) / 1000)
        fresh = self.tolerance is None or abs(self.times[-1] - self.now) < self.tolerance
        right = signing["appKey"] == KEY and signing["sign"] == self._sign(name, time)
        if right and fresh:
            return "00"
        return "14" if name == "data" else "03"

    def _sign(self, name: str, time: str) -> str:
        secret = {"by_key": SECRET, "by_refresh": f"Refresh-{self.pair}"}.get(name)
        plain = KEY + (secret or f"Request-{self.pair}")
        plain = plain.lower() if self.lower_case else plain
        return hashlib.md5((plain + time).encode()).hexdigest()

    def _pair(self) -> dict[str, object]:
        return {
            "refreshSecret": f"Refresh-{self.pair}",
            "refreshSecretEndTime": int((self.now + 48 * 3600) * 1000),
            "requestSecret": f"Request-{self.pair}",
            "requestSecretEndTime": int((self.now + self.life) * 1000),
        }

    def said(self, code: str, datas: object) -> Said:
        body = {"code": code, "msg": "", "data": "", "datas": datas, "requestId": None}
        # An empty Date header stands for none: aiohttp would add its own.
        return Said(json.dumps(body).encode(), headers={"Date": self._date()})

    def _date(self) -> str:
        return formatdate(self.now, usegmt=True) if self.dated else ""


def _body(asked: Asked) -> dict[str, str]:
    if "json" in asked.headers.get("Content-Type", ""):
        return dict(json.loads(asked.body))
    return dict(parse_qsl(asked.body.decode()))
