"""A signed call on its way in: who it is from, its body, its idempotency key."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from hub.desk.face.bodies import OFFICER, Given, officer
from hub.desk.face.replies import NO_SUCH_REQUEST, Refused
from hub.desk.face.shapes import BadBody, Shape, read, sound_text
from hub.desk.registry import Client
from hub.desk.store.answers import Call
from hub.desk.words import Officer

IDEMPOTENCY_KEY = "Idempotency-Key"
LONGEST_KEY = 200
MOST_OF_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Signed:
    """A call whose signature holds."""

    client: Client
    request: web.Request
    body: bytes = field(repr=False)

    @property
    def call(self) -> Call:
        """The write under its idempotency key; raises `Refused` without one."""
        key = self.request.headers.get(IDEMPOTENCY_KEY, "")
        if not 0 < len(key) <= LONGEST_KEY:
            raise Refused(
                400,
                f"send an {IDEMPOTENCY_KEY} header of at most {LONGEST_KEY} characters, new for"
                " each write, the same when you repeat one",
            )
        return self.call_under(key)

    def call_under(self, key: str) -> Call:
        """The write under a key."""
        what = f"{self.request.method}\n{self.request.path}\n".encode() + self.body
        return Call(self.client.name, key, hashlib.sha256(what).hexdigest())

    def document(self) -> object:
        """The body as JSON; raises `Refused`."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Refused(400, "the body is not JSON: send a JSON object in UTF-8") from None

    def given(self, shape: Shape) -> Given:
        """The body's parts; raises `BadBody` or `Refused`, also where the client may not act so."""
        given = read(shape, self.document())
        self.may_act_for(officer(given).unit)
        return given

    def by(self) -> Officer | None:
        """Who acts, as far as the body says it, whatever else is wrong with it."""
        try:
            document = self.document()
            by = document.get("by") if isinstance(document, Mapping) else None
            who = officer({"by": read(OFFICER, by)})
        except (Refused, BadBody):
            return None
        return who if self.client.acts_for(who.unit) else None

    def unit(self) -> str:
        """The unit that reads, from the query; raises `Refused`."""
        try:
            unit = sound_text(self.request.query.get("unit"))
        except ValueError:
            raise Refused(400, "say for which unit you read: ?unit=<code>") from None
        self.may_act_for(unit)
        return unit

    def id(self) -> str:
        """The id of the request it is about; raises `Refused` for what can't be one."""
        request_id = self.request.match_info["id"]
        if not request_id.isalnum():
            raise Refused(404, NO_SUCH_REQUEST)
        return request_id

    def count(self, usual: int = 50) -> int:
        """How long a page may be, from the query; raises `Refused`."""
        text = self.request.query.get("count", str(usual))
        if (
            not text.isascii()
            or not text.isdigit()
            or len(text) > 3
            or not 1 <= int(text) <= MOST_OF_A_PAGE
        ):
            raise Refused(400, f"count isn't allowed; give a number from 1 to {MOST_OF_A_PAGE}")
        return int(text)

    def may_act_for(self, unit: str) -> None:
        """Raise `Refused` where the client may not act for a unit."""
        if not self.client.acts_for(unit):
            raise Refused(
                403, "this client may not act for this unit; have it added to the desk's registry"
            )
