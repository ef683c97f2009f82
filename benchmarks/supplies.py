"""The requests of each contender in each scenario, made before anything is timed."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import cycle

from benchmarks.contenders import Asked, Contender, Way
from benchmarks.launching import Server
from benchmarks.own_shapes import own_requests
from benchmarks.people import People
from benchmarks.requests import Request, posted
from benchmarks.scenarios import Scenario, Shape

_COUNTS = {1: 2000, 10: 200, 100: 40, 1000: 4, 10_000: 1}
"""Requests made of so many lookups; they are sent in turn, over and over."""


class Supplies:
    """Makes requests over the same people for everybody."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._asked = cache(people.asked)
        self._made: dict[tuple[str, str, Way], Sequence[Request]] = {}
        self._turns: dict[tuple[str, str, Way], Iterator[Request]] = {}

    def requests(self, server: Server, scenario: Scenario) -> Sequence[Request]:
        """All requests of a shape to a server, the same list for every latency and load."""
        key = server.contender.name, scenario.shape.name, scenario.way
        if key not in self._made:
            make = self._own if scenario.shape.own else self._common
            self._made[key] = make(server, scenario.shape, scenario.way)
        return self._made[key]

    def turn(self, server: Server, scenario: Scenario) -> Iterator[Request]:
        """The same without end; it goes on where it was left."""
        key = server.contender.name, scenario.shape.name, scenario.way
        if key not in self._turns:
            self._turns[key] = cycle(self.requests(server, scenario))
        return self._turns[key]

    def people(self, shape: Shape, way: Way) -> Iterator[tuple[Asked, ...]]:
        """About whom each request of the shape asks; no two of them about the same person."""
        count, stay = _COUNTS[shape.lookups], shape.lookups - shape.falling
        held = self._asked(way, count * stay)
        fallen = self._asked(way, count * shape.falling, falling=True) if shape.falling else []
        for place in range(count):
            fell = fallen[place * shape.falling : (place + 1) * shape.falling]
            yield (*held[place * stay : (place + 1) * stay], *fell)

    def _common(self, server: Server, shape: Shape, way: Way) -> Sequence[Request]:
        contender = server.contender
        return [
            Request(
                _posted(server, contender.body(shape.form, way, asked)),
                len(asked),
                (contender.mark,),
                asked,
            )
            for asked in self.people(shape, way)
        ]

    def _own(self, server: Server, shape: Shape, _: Way) -> Sequence[Request]:
        return [
            Request(_posted(server, own.body), own.lookups, own.marks, lenient=own.lenient)
            for own in own_requests(shape.name, self._people)
        ]


def _posted(server: Server, body: bytes) -> bytes:
    contender = server.contender
    return posted(server.url, contender.path, contender.headers, body)


def can(contender: Contender, scenario: Scenario) -> bool:
    """Whether that server can be asked that way at all."""
    return scenario.way in contender.ways and scenario.shape.form in contender.forms
