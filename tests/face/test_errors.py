"""Errors tell the fix and never repeat a person's data."""

import json

import pytest
from graphql import GraphQLError, build_schema, graphql_sync
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from hub.trail.records import RecordsUnavailable, UnrecordableText
from resolvers.errors import CallerError, Code, formatted, without_values

SCHEMA = build_schema(
    "input I { id: Int!, n: Int } enum E { A } type Query { f(i: I, e: E, l: [Int!]): Int }"
)
PERSON = "330203199001015678"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($i: I) { f(i: $i) }", {"i": {"id": PERSON}}),
        ("query($i: I) { f(i: $i) }", {"i": {"n": "王示例; at 'x'"}}),
        ("query($i: I) { f(i: $i) }", {"i": {"id": 1, "王示例": 1}}),
        ("query($l: [Int!]) { f(l: $l) }", {"l": [1, "王示例"]}),
        ("query($e: E) { f(e: $e) }", {"e": "王示例"}),
        (f'{{ f(i: {{id: "{PERSON}"}}) }}', {}),
        ('{ f(e: "王示例") }', {}),
        ('{ f(l: ["王示例"]) }', {}),
        ('{ f "王示例" }', {}),
        ('{ f """王"示"例""" 王示例 }', {}),
    ],
)
def test_no_error_repeats_what_was_given(query: str, variables: dict[str, object]) -> None:
    """graphql-core quotes values in its errors; ours are without them and still say what is wrong."""
    result = graphql_sync(SCHEMA, query, variable_values=variables)

    assert result.errors
    shown = json.dumps([formatted(error) for error in result.errors], ensure_ascii=False)
    assert PERSON not in shown
    assert "王示例" not in shown


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_identifiers_are_taken_out_wherever_they_stand(identifier: str) -> None:
    """An 18-character identifier in any message is withheld."""
    assert identifier not in without_values(f"something about {identifier} went wrong")


def test_a_bug_is_masked_and_logged_without_values() -> None:
    """The caller gets an incident number; the log has it with the place, not with the values."""
    try:
        raise ValueError(PERSON)
    except ValueError as bug:
        error = GraphQLError("x", original_error=bug)

    with capture_logs() as logs:
        shown = formatted(error)

    assert shown["extensions"]["code"] == "INTERNAL"  # type: ignore[index]  # known to be a dict
    assert shown["extensions"]["incident"] == logs[0]["incident"]  # type: ignore[index]  # as above
    assert PERSON not in json.dumps([shown, logs])
    assert "test_errors.py" in logs[0]["where"][0]


def test_a_bug_in_a_group_shows_every_place() -> None:
    """Exceptions of tasks are logged with their own places."""
    try:
        raise KeyError("inner")
    except KeyError as bug:
        group = ExceptionGroup("tasks", [bug])

    with capture_logs() as logs:
        formatted(GraphQLError("x", original_error=group))

    assert "KeyError:" in logs[0]["where"]


@pytest.mark.parametrize(
    ("raised", "code", "retryable"),
    [
        (CallerError(Code.BAD_INPUT, "m", "h"), "BAD_INPUT", False),
        (RecordsUnavailable("disk"), "RECORDS_UNAVAILABLE", True),
        (UnrecordableText("case holds a NUL"), "BAD_INPUT", False),
    ],
)
def test_expected_errors_carry_code_and_hint(raised: Exception, code: str, retryable: bool) -> None:
    """What the caller can mend or retry says so in its extensions."""
    shown = formatted(GraphQLError("x", original_error=raised))

    extensions = shown["extensions"]
    assert isinstance(extensions, dict)
    assert (extensions["code"], extensions["retryable"]) == (code, retryable)
    assert extensions["hint"]
