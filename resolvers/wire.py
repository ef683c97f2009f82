"""What a GraphQL request and its answer look like in JSON, whatever carries them."""

from collections.abc import Mapping

import orjson
from graphql import ExecutionResult

from resolvers.documents.trusted import Named
from resolvers.errors import formatted
from resolvers.execution import MANY, Refused, Request


class BadRequest(Exception):
    """The HTTP request is not one of ours: status, and what to do."""

    def __init__(self, status: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self.hint = hint


def parsed(body: bytes, headers: Mapping[str, str] | None = None) -> Request:
    """The request inside a JSON body; anything else is refused with what is expected."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(
            400, "The body is not JSON.", 'Send {"query": "…", "variables": {…}}.'
        ) from None
    if not isinstance(given, dict):
        raise BadRequest(
            400,
            "The body must be one JSON object.",
            "Send one request; batches are lists of lookups.",
        )
    # Between two entries of a list stands a comma: to count them costs nothing, to find a list does.
    return request_of(given, headers, body.count(b",") + 1)


def request_of(
    given: Mapping[str, object], headers: Mapping[str, str] | None = None, entries: int = MANY
) -> Request:
    """The request inside a JSON object; anything else is refused with what is expected.

    No list in it has more than `entries`.
    """
    query, variables, operation = (
        given.get("query"),
        given.get("variables"),
        given.get("operationName"),
    )
    named = _named(given.get("extensions"))
    if not isinstance(query, str) and (query is not None or named is None):
        raise BadRequest(400, "`query` must be text.", "Put the GraphQL document in `query`.")
    if not isinstance(variables, dict | None):
        raise BadRequest(
            400, "`variables` must be an object.", "Send it as a JSON object, or leave it out."
        )
    if not isinstance(operation, str | None):
        raise BadRequest(
            400, "`operationName` must be text.", "Name one operation, or leave it out."
        )
    return Request(query, variables, operation or None, headers, entries, named)


def _named(extensions: object) -> Named | None:
    """What the extensions name as the document, as the clients of Apollo do."""
    if extensions is None:
        return None
    if not isinstance(extensions, dict):
        raise BadRequest(
            400, "`extensions` must be an object.", "Send it as a JSON object, or leave it out."
        )
    match extensions.get("persistedQuery"):
        case None:
            return None
        case {"version": version, "sha256Hash": str(hash)}:
            return Named(version, hash)
        case _:
            raise BadRequest(
                400,
                "`extensions.persistedQuery` names no document.",
                'Send {"version": 1, "sha256Hash": "…"}, or leave it out.',
            )


def body_of(result: ExecutionResult) -> dict[str, object]:
    """The executed answer; errors first, as the specification advises."""
    body: dict[str, object] = {}
    if result.errors:
        body["errors"] = [formatted(error) for error in result.errors]
    body["data"] = result.data
    return body


def refused_body(refused: Refused) -> dict[str, object]:
    """The answer to a request that was not executed."""
    return {"errors": [formatted(error) for error in refused.errors]}
