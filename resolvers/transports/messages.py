"""The messages of graphql-transport-ws, the protocol of npm's graphql-ws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

import orjson
from graphql import ExecutionResult

from resolvers.errors import formatted
from resolvers.execution import Refused, Request
from resolvers.wire import BadRequest, body_of, request_of

SUBPROTOCOL = "graphql-transport-ws"
LONGEST_REASON = 123
"""Bytes that fit into a close frame beside its code (RFC 6455, 5.5)."""

LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Close:
    """Why a socket is closed."""

    code: int
    reason: str


IDLE = Close(1000, "Nothing has run here for a while; connect again when needed")
GOING_AWAY = Close(1001, "The hub is stopping; connect again in a moment")
NOT_READING = Close(1008, "The client does not read what it is sent")
TOO_LARGE = Close(1009, "The message is too large; split the request")
KEYS_UNAVAILABLE = Close(1013, "API keys can't be checked now; connect again in a few seconds")
TOO_MANY_CONNECTIONS = Close(1013, "This API key holds as many connections as it may")
NOT_INITIALISED = Close(4401, "Unauthorized: send connection_init first")
FORBIDDEN = Close(4403, "Forbidden: the API key is missing, unknown, expired or revoked")
WRONG_SUBPROTOCOL = Close(4406, f"Subprotocol not acceptable: {SUBPROTOCOL} is")
INITIALISED_TOO_LATE = Close(4408, "Connection initialisation timeout")
INITIALISED_TWICE = Close(4429, "Too many initialisation requests")


def bad(reason: str) -> Close:
    """A message that the protocol does not know."""
    return Close(4400, f"Invalid message: {reason}"[:LONGEST_REASON])


def running_already(id: str) -> Close:
    """An operation of the same id runs; a long id is cut to fit."""
    room = LONGEST_REASON - len("Subscriber for  already exists")
    shown = id.encode(errors="replace")[:room].decode(errors="ignore")
    return Close(4409, f"Subscriber for {shown} already exists")


@dataclass(frozen=True, slots=True)
class Init:
    """The client says who it is."""

    authorization: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ping:
    """Is anybody there?"""

    payload: Mapping[str, object] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pong:
    """Somebody is there."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Run this, whatever kind of operation it is; `size` is the characters of the message."""

    id: str
    request: Request = field(repr=False)
    size: int


@dataclass(frozen=True, slots=True)
class Complete:
    """No more of that one."""

    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> Message | Close:
    """The message in a frame's text, or with what to close the socket."""
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        return bad("it is not JSON")
    if not isinstance(given, dict):
        return bad("it is not a JSON object")
    match given.get("type"):
        case "connection_init" | "ping" | "pong" as kind:
            return _of_the_connection(kind, given.get("payload"))
        case "subscribe" | "complete" as kind:
            return _of_an_operation(kind, given, len(text))
        case _:
            return bad("its type is not one that clients send")


def _of_the_connection(kind: str, payload: object) -> Message | Close:
    if not isinstance(payload, dict | None):
        return bad("payload must be an object or left out")
    match kind:
        case "connection_init":
            return _init(payload or {})
        case "ping":
            return Ping(payload)
        case _:
            return Pong()


def _init(payload: Mapping[str, object]) -> Init | Close:
    named = [value for name, value in payload.items() if name.lower() == "authorization"]
    match named:
        case []:
            return Init(None)
        case [str(authorization)]:
            return Init(authorization)
        case _:
            return bad("authorization must be one text")


def _of_an_operation(kind: str, given: Mapping[str, object], size: int) -> Message | Close:
    name, payload = given.get("id"), given.get("payload")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        return bad(f"id must be a text of 1 to {LONGEST_ID} characters")
    if kind == "complete":
        return Complete(name)
    if not isinstance(payload, dict):
        return bad("payload must be an object")
    try:
        return Subscribe(name, request_of(payload), size)
    except BadRequest as error:
        return bad(str(error))


def acknowledged() -> str:
    """The connection stands."""
    return _written({"type": "connection_ack"})


def pong(payload: Mapping[str, object] | None) -> str:
    """The answer to a ping, with what the ping carried."""
    return _written({"type": "pong", **({} if payload is None else {"payload": payload})})


def answered(id: str, answer: ExecutionResult | Refused) -> str:
    """One answer of an operation; a refusal is its last message."""
    match answer:
        case ExecutionResult():
            return _written({"id": id, "type": "next", "payload": body_of(answer)})
        case Refused():
            errors = [formatted(error) for error in answer.errors]
            return _written({"id": id, "type": "error", "payload": errors})
        case never:
            assert_never(never)


def completed(id: str) -> str:
    """Nothing comes after this for the operation."""
    return _written({"id": id, "type": "complete"})


def _written(message: Mapping[str, object]) -> str:
    return orjson.dumps(message).decode()
