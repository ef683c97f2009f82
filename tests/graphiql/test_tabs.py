"""The example tabs are valid, complete and named."""

import json

import pytest
from graphql import build_schema, parse, validate

from resolvers.graphiql.tabs import PLACEHOLDERS, load_examples
from resolvers.schema import packaged_schema


def test_the_tabs_are_named_after_their_operations() -> None:
    """Nine tabs, in order."""
    assert [tab.title for tab in load_examples()] == [
        "OneLookup",
        "Batch",
        "Dossier",
        "Catalogue",
        "Denial",
        "ObtainDossier",
        "RequestChanged",
        "InboxChanged",
        "AnswerRequest",
    ]


def test_every_example_is_valid_in_the_schema() -> None:
    """No example asks for what the schema does not have."""
    schema = build_schema(packaged_schema())

    assert [error for tab in load_examples() for error in validate(schema, parse(tab.query))] == []


def test_every_open_name_is_filled_and_every_name_is_used() -> None:
    """The variables are JSON, and hold what was substituted, whatever its letters."""
    substitutions = {name: f'"{name}" \\ 王小明' for name in PLACEHOLDERS}

    values = [json.loads(tab.variables) for tab in load_examples(substitutions)]

    assert values[0]["subject"]["person"]["name"] == '"resident_name" \\ 王小明'
    headers = [json.loads(tab.headers) for tab in load_examples(substitutions) if tab.headers]
    text = json.dumps([values, headers], ensure_ascii=False)
    assert "${" not in text
    assert [name for name in PLACEHOLDERS if name not in text] == []


def test_the_issuers_tabs_have_a_key_of_their_own() -> None:
    """The others are sent with the page's key."""
    own = [tab.title for tab in load_examples() if tab.headers is not None]

    assert own == ["InboxChanged", "AnswerRequest"]


def test_a_missing_substitution_names_the_file_and_the_name() -> None:
    """The message tells what to give."""
    given = {name: "x" for name in PLACEHOLDERS if name != "item"}

    with pytest.raises(LookupError, match=r"examples/1-one-lookup\.json leaves 'item' open"):
        load_examples(given)
