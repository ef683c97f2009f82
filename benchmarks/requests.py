"""One request as it goes over the wire, and how its answer is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.contenders import Asked, Read


class WrongAnswer(Exception):
    """A server answered otherwise than it must: its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """A whole HTTP request; each of its lookups leaves one of the marks in the answer.

    Of a lenient one some may not, as when a source is too slow for a lookup: they are counted.
    """

    wire: bytes = field(repr=False)
    lookups: int
    marks: tuple[bytes, ...]
    asked: tuple[Asked, ...] = field(default=(), repr=False)  # where the answer can be compared
    lenient: bool = False

    def glance(self, answer: bytes) -> int:
        """How many lookups are missing; cheap enough while time is taken.

        Raises `WrongAnswer` where none may be.
        """
        found = sum(map(answer.count, self.marks))
        if found != self.lookups and not self.lenient:
            raise WrongAnswer(f"{found} of {self.lookups} lookups were found")
        return self.lookups - found

    def check(self, answer: bytes, read: Read) -> None:
        """Raises `WrongAnswer` unless every lookup's fields are those that the platforms hold."""
        self.glance(answer)
        if not self.asked:
            return
        told = read(answer)
        if len(told) != len(self.asked):
            raise WrongAnswer(f"{len(told)} certificates came for {len(self.asked)} lookups")
        for asked, values in zip(self.asked, told, strict=True):
            _compare(asked, values)


def _compare(asked: Asked, values: Mapping[str, object]) -> None:
    if values.get("source", asked.source) != asked.source:
        raise WrongAnswer(f"a certificate came from another source than {asked.source}")
    for name, value in asked.values.items():
        if values.get(name) != value:
            raise WrongAnswer(f"the field {name} of a certificate is not as its source holds it")


def posted(url: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A POST of JSON."""
    return _headed("POST", url, path, {"Content-Type": "application/json", **headers}, body)


def got(url: str, path: str) -> bytes:
    """A GET."""
    return _headed("GET", url, path, {}, b"")


def _headed(method: str, url: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    parts = urlsplit(url)
    lines: Sequence[str] = [
        f"{method} {parts.path.rstrip('/')}{path} HTTP/1.1",
        f"Host: {parts.netloc}",
        *(f"{name}: {value}" for name, value in headers.items()),
        *([f"Content-Length: {len(body)}"] if method == "POST" else []),
        "\r\n",
    ]
    return "\r\n".join(lines).encode() + body
