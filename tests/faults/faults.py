"""The faults a platform can have, each as its dialect shows it, and what the trail says of it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from hub.evidence import Said
from tests.connectors.contract_world import Platform, row
from tests.connectors.people import LAN, MEI
from tests.connectors.scripted_server import Asked
from tests.connectors.scripted_server import Fault as Wire
from tests.connectors.scripted_server import Said as Answer
from tests.connectors.speakers import Refusal, Speaker

Script = Callable[[Asked], Awaitable[Answer | Wire]]
SKEWED = b'{"message":"Clock skew exceeded"}'


class Place(Enum):
    """Where a faulty platform is found."""

    SERVED = auto()
    NOBODY_LISTENS = auto()
    NO_SUCH_HOST = auto()


class Takes(Enum):
    """How long a fault may hold up a query."""

    NOTHING = "at once"
    ONE_TIMEOUT = "one timeout"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what is said of it, what it costs, who can have it, and how it is shown."""

    name: str
    said: Said
    shown: Callable[[Platform], Script]
    takes: Takes = Takes.NOTHING
    place: Place = Place.SERVED
    dialects: frozenset[str] = frozenset({"gateway", "restapi", "bureau_xml", "verification"})

    def concerns(self, speaker: Speaker) -> bool:
        """Whether a platform of the dialect can have it."""
        return speaker.dialect in self.dialects


def _told(told: object) -> Callable[[Platform], Script]:
    """A platform that says this about MEI, and answers about everybody else."""

    def shown(platform: Platform) -> Script:
        platform.told[MEI] = told  # type: ignore[assignment]  # one of what can be told
        return platform.answer

    return shown


def _healthy(platform: Platform) -> Script:
    return platform.answer


def _whole(platform: Platform) -> bytes:
    """The right answer about MEI, as the dialect has it."""
    return platform.speaker.say([row("梅一", MEI)]).body


def _half(platform: Platform) -> Script:
    whole = _whole(platform)
    return _told(Answer(whole[: len(whole) // 2]))(platform)


def _wrong_encoding(platform: Platform) -> Script:
    text = _whole(platform).decode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return _told(Answer(text.encode("utf-16"), headers=headers))(platform)


def _gbk(platform: Platform) -> Script:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return _told(Answer(_whole(platform).decode().encode("gb18030"), headers=headers))(platform)


def _repeated(platform: Platform) -> Script:
    """The same row twice, as the gateways' lists have it."""
    said = platform.speaker.say([row("梅一", MEI)])
    document = json.loads(said.body)
    key = "datas" if platform.speaker.dialect == "gateway" else "data"
    rows = document[key] if isinstance(document[key], list) else json.loads(document[key])
    document[key] = [*rows, *rows]
    return _told(Answer(json.dumps(document, ensure_ascii=False).encode()))(platform)


def _refusing_once(refusal: Answer, calls: int = 1) -> Callable[[Platform], Script]:
    """The first data calls are refused with this, and the same call is answered after."""

    def shown(platform: Platform) -> Script:
        left = calls

        async def answer(asked: Asked) -> Answer | Wire:
            nonlocal left
            if left and platform.speaker.handshake(asked) is None:
                left -= 1
                return refusal
            return await platform.answer(asked)

        return answer

    return shown


_GATEWAY = frozenset({"gateway"})
_LISTS = frozenset({"gateway", "restapi"})
_SIGNED = frozenset({"restapi", "verification"})

FAULTS = (
    Fault("none", Said.HELD, _healthy),
    Fault("refused", Said.UNREACHABLE, _healthy, place=Place.NOBODY_LISTENS),
    Fault("name does not resolve", Said.UNREACHABLE, _healthy, place=Place.NO_SUCH_HOST),
    Fault("reset", Said.UNREACHABLE, _told(Wire.RESET)),
    Fault("hang before headers", Said.TIMED_OUT, _told(Wire.HANG), Takes.ONE_TIMEOUT),
    Fault("hang mid-body", Said.TIMED_OUT, _told(Wire.MID_BODY), Takes.ONE_TIMEOUT),
    Fault("slow drip", Said.TIMED_OUT, _told(Wire.DRIP), Takes.ONE_TIMEOUT),
    Fault("500", Said.REFUSED, _told(Answer(b"{}", 500))),
    Fault("503 of a proxy", Said.REFUSED, _told(Answer(b"<html>", 503))),
    Fault("200 with an error code", Said.REFUSED, _told(Refusal())),
    Fault(
        "quota spent (18)",
        Said.QUOTA_SPENT,
        _told(Answer(b'{"code":"18","msg":"x","datas":""}')),
        dialects=_GATEWAY,
    ),
    Fault("quota spent (429)", Said.QUOTA_SPENT, _told(Answer(b"{}", 429)), dialects=_SIGNED),
    Fault("garbage", Said.GARBLED, _told(Answer(b"\x00\xff\xfe<"))),
    Fault("empty body", Said.GARBLED, _told(Answer(b""))),
    Fault("cut off by the wire", Said.GARBLED, _told(Wire.TRUNCATED)),
    Fault("half a document", Said.GARBLED, _half),
    Fault("wrong encoding", Said.GARBLED, _wrong_encoding),
    Fault("GB18030 called UTF-8", Said.HELD, _gbk),
    Fault("somebody else", Said.GARBLED, _told(row("兰二", LAN))),
    Fault("no known field", Said.GARBLED, _told({"ZJHM": "", "OTHER": "x"})),
    Fault("unreadable date", Said.GARBLED, _told(row("梅一", MEI, "soon"))),
    Fault("row twice", Said.HELD, _repeated, dialects=_LISTS),
    Fault("oversize", Said.GARBLED, _told(Answer(b" " * 20_001))),
    Fault(
        "expired secret",
        Said.HELD,
        _refusing_once(Answer(b'{"code":"14","msg":"x","datas":""}')),
        dialects=_GATEWAY,
    ),
    Fault(
        "secret renewed by another",
        Said.HELD,
        _refusing_once(Answer(b'{"code":"11","msg":"x","datas":""}')),
        dialects=_GATEWAY,
    ),
    Fault(
        "secret refused for ever",
        Said.REFUSED,
        _refusing_once(Answer(b'{"code":"14","msg":"x","datas":""}'), calls=1000),
        dialects=_GATEWAY,
    ),
    Fault(
        "clock skew",
        Said.HELD,
        _refusing_once(Answer(SKEWED, 401, {"Date": "Mon, 23 Nov 2026 00:00:00 GMT"})),
        dialects=_SIGNED,
    ),
    Fault(
        "credential refused",
        Said.REFUSED,
        _refusing_once(Answer(b'{"message":"Invalid signature"}', 401), calls=1000),
        dialects=_SIGNED,
    ),
)
