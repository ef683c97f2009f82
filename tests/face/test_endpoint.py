"""GraphQL over HTTP, the parts that need no server."""

import pytest

from resolvers.endpoint import accepted
from resolvers.execution import Request
from resolvers.wire import BadRequest, parsed

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{JSON};q=0.5, {GRAPHQL};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0, {JSON}", JSON),
        (f"{GRAPHQL};q=x, {JSON}", JSON),
        (f"{GRAPHQL}; charset=utf-8", GRAPHQL),
        (f"{GRAPHQL}; charset=iso-8859-1", None),
        (EVENTS, EVENTS),
        (f"{JSON}, {EVENTS}", JSON),
        (f"{EVENTS}, {JSON}", EVENTS),
        (f"{EVENTS};q=0.1, */*", JSON),
        ("text/*", None),
        ("text/html", None),
        ("text/html, */*;q=0.1", JSON),
    ],
)
def test_the_answer_comes_in_what_the_client_prefers(accept: str, media: str | None) -> None:
    """Weights first, then order; what we can't write is refused."""
    assert accepted(accept) == media


def test_a_request_is_read() -> None:
    """Query, variables and operation name come out as given, and how long a list in it may be."""
    body = b'{"query": "{me{key}}", "variables": {"a": 1}, "operationName": "X", "extensions": {}}'

    assert parsed(body) == Request("{me{key}}", {"a": 1}, "X", entries=body.count(b",") + 1)
    assert parsed(b'{"query": "q", "variables": null}') == Request("q", None, None, entries=2)


def test_the_repr_of_a_request_shows_nothing_of_a_person() -> None:
    """Neither its text nor its variables: either may hold an identifier."""
    request = Request("{me{key}}", {"a": 1}, "X", {"traceparent": "t"})

    assert repr(request) == "Request(operation='X', named=None)"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "The body is not JSON."),
        (b"[]", "The body must be one JSON object."),
        (b"{}", "`query` must be text."),
        (b'{"query": 1}', "`query` must be text."),
        (b'{"query": "q", "variables": []}', "`variables` must be an object."),
        (b'{"query": "q", "operationName": 1}', "`operationName` must be text."),
        (b'{"query": "q", "extensions": 1}', "`extensions` must be an object."),
    ],
)
def test_a_malformed_request_is_told_what_is_expected(body: bytes, message: str) -> None:
    """Every malformed body gets a 400 that names the part and a hint that tells the fix."""
    with pytest.raises(BadRequest) as refused:
        parsed(body)

    assert (str(refused.value), refused.value.status) == (message, 400)
    assert refused.value.hint
