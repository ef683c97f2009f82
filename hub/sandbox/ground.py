"""What every stand-in platform stands on, whatever its dialect."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate

import orjson
from aiohttp import web

from hub.declarations.words import ConfigurationError, Platform
from hub.sandbox.archive import Archive, Copy
from hub.sandbox.asking import Asking, asking_of
from hub.sandbox.counts import Tally
from hub.sandbox.draw import share
from hub.sandbox.nesting import Tree
from hub.sandbox.weather import Fault, Weather
from hub.sandbox.wire import Script, script_of

_GARBAGE = b'{"code":"00","msg":"\xff\xfe\xb3\xc9","datas":[{"CZRK'
_BLANK_FIRST = 0.3  # share of subjects for whom an `ask_again` interface is blank at first
_PURPOSES_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Served:
    """One interface in service: how calls are read and answered."""

    certificate: str
    script: Script
    asking: Asking

    @property
    def name(self) -> str:
        """The interface's name, by which it is counted."""
        return self.script.interface.name


class Ground:
    """One platform's holdings, dials and counts, and the purposes it was last told."""

    def __init__(self, platform: Platform, archive: Archive) -> None:
        self.platform, self.archive = platform, archive
        self.weather = Weather(str(archive.population.seed), platform.name)
        self.tally = Tally()
        self.purposes: deque[Mapping[str, str]] = deque(maxlen=_PURPOSES_KEPT)
        self._blank_before: set[tuple[str, str]] = set()

    async def begin(self, request: web.Request, interface: str) -> web.Response | None:
        """Count a data call and let its time pass; a response where the line breaks."""
        self.tally.call(interface)
        if self.weather.dials.outage:
            return self.broken_off(request)
        await self.weather.pass_time()
        return None

    def broken_off(self, request: web.Request) -> web.Response:
        """Close the connection without a word."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def copy(self, served: Served, facts: Mapping[str, str]) -> Copy | None:
        """What this platform holds of the subject; counted as one subject asked."""
        self.tally.subject(served.name)
        mistaken = self.weather.mistakes_person()
        return self.archive.answer(self.platform, served.certificate, facts, mistaken=mistaken)

    def body(self, served: Served, facts: Mapping[str, str]) -> Tree:
        """The body an interface answers about these facts."""
        copy = self.copy(served, facts)
        if copy is None or self._blank_at_first(served, copy):
            return served.script.not_held()
        return served.script.held(served.script.rows(copy.values, copy.subject.identifier))

    def json(self, document: object, status: int = 200) -> web.Response:
        """A JSON response by the platform's own clock."""
        return self.response(orjson.dumps(document), "application/json", status)

    def response(self, body: bytes, content_type: str, status: int = 200) -> web.Response:
        """A response by the platform's own clock."""
        headers = {"Content-Type": f"{content_type};charset=UTF-8"}
        if self.weather.dials.clock_skew:
            headers["Date"] = formatdate(self.weather.now(), usegmt=True)
        return web.Response(body=body, headers=headers, status=status)

    def faulty(self, fault: Fault, coded: object) -> web.Response:
        """How a fault looks over HTTP; `coded` is the dialect's answer with an error code."""
        match fault:
            case Fault.ERROR:
                return self.response(b"Internal Server Error", "text/plain", 500)
            case Fault.GARBAGE:
                return self.response(_GARBAGE, "application/json")
            case Fault.QUOTA:
                return self.json({"message": "API rate limit exceeded"}, 429)
            case Fault.CODE:
                return self.json(coded)

    def _blank_at_first(self, served: Served, copy: Copy) -> bool:
        if served.script.interface.answer.blank != "ask_again":
            return False
        once = served.name, copy.subject.identifier
        if once in self._blank_before:
            self._blank_before.remove(once)
            return False
        if share("blank at first", *once) >= _BLANK_FIRST:
            return False
        self._blank_before.add(once)
        return True


def served_by_target(platform: Platform) -> dict[str, Served]:
    """Every interface of a platform by its target; a target of two interfaces is an error."""
    served: dict[str, Served] = {}
    for certificate, interface in platform.interfaces.items():
        where = f"platform {platform.name}, interface {interface.name}"
        if interface.target in served:
            raise ConfigurationError(
                f"{where}: {interface.target} belongs to {served[interface.target].name} already;"
                " the sandbox needs one target per interface"
            )
        text_only = platform.dialect == "bureau_xml"
        script = script_of(platform.name, interface, text_only=text_only)
        served[interface.target] = Served(
            certificate, script, asking_of(where, interface.parameters)
        )
    return served
