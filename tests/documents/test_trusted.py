"""Documents that are named by their hash: those a caller sent before, and registered ones."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import DocumentNode, GraphQLSchema

from resolvers.documents.trusted import Named
from resolvers.execution import Executor, Operation, Refused, Request
from resolvers.limits import Limits
from resolvers.wire import BadRequest, refused_body, request_of
from tests.documents.ground import SCHEMA
from tests.documents.test_lifting import everything_held

TEXT = "query One($id: ID!) { echo(id: $id) }"
OTHER = "query Other($id: ID!) { fail(id: $id) }"
PERSON = "330203199001011234"


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sent(text: str | None, named: str | None = None, version: object = 1) -> Request:
    return Request(text, {"id": "a"}, None, named=None if named is None else Named(version, named))


def told(came: Operation | Refused) -> Any:
    """The code of the refusal, its hint, and the status it has."""
    assert isinstance(came, Refused)
    errors: Any = refused_body(came)["errors"]
    (error,) = errors
    return error["message"], error["extensions"]["code"], came.status


class Registry:
    """What is registered, as the hub shows it."""

    def __init__(self, *texts: str) -> None:
        self.texts: Mapping[str, str] = {hash_of(text): text for text in texts}

    def __call__(self) -> Mapping[str, str]:
        return self.texts


def test_a_document_that_was_sent_with_its_hash_is_known_by_it() -> None:
    """First the client hears what Apollo's clients wait for, with 200; then the hash is enough."""
    one = Executor(SCHEMA, Limits())

    unknown = told(one.operation(sent(None, hash_of(TEXT))))
    whole = one.operation(sent(TEXT, hash_of(TEXT).upper()))
    known = one.operation(sent(None, hash_of(TEXT)))

    assert unknown == ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND", 200)
    assert isinstance(whole, Operation)
    assert isinstance(known, Operation)
    assert known.document is whole.document


def test_another_hash_than_the_texts_is_refused() -> None:
    """Nobody can have another document run under a hash."""
    one = Executor(SCHEMA, Limits())

    refused = told(one.operation(sent(TEXT, hash_of(OTHER))))

    assert refused == ("`sha256Hash` is not the SHA-256 of `query`.", "BAD_REQUEST", 400)
    assert isinstance(one.operation(sent(None, hash_of(OTHER))), Refused)


def test_another_version_is_not_supported() -> None:
    """Its clients then send the whole text."""
    one = Executor(SCHEMA, Limits())

    refused = told(one.operation(sent(None, hash_of(TEXT), version=2)))

    assert refused == ("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED", 200)


@pytest.mark.parametrize(
    "text",
    [
        f'{{ echo(id: "{PERSON}") }}',
        '{ echo(text: "张三") }',
        "{ echo(number: 13800138) }",
        f"{{ a{PERSON}: echo }}",
        f"{{ echo }} # {PERSON}",
        "{ nothing }",
        "{ echo",
    ],
)
def test_what_may_hold_something_of_a_person_or_is_wrong_is_not_kept(text: str) -> None:
    """It runs, or is refused, as ever; the next time its hash is not known."""
    one = Executor(SCHEMA, Limits())

    one.operation(sent(text, hash_of(text)))

    assert told(one.operation(sent(None, hash_of(text))))[0] == "PersistedQueryNotFound"
    held = everything_held(one)
    assert PERSON not in held
    assert "张三" not in held


def test_small_numbers_and_plain_words_do_no_harm() -> None:
    """A page size or the name of a type in the text does not keep it from being kept."""
    one = Executor(SCHEMA, Limits())
    text = '{ echo(number: 10, text: "resident_id_card") }'

    one.operation(sent(text, hash_of(text)))

    assert isinstance(one.operation(sent(None, hash_of(text))), Operation)


def test_memory_for_what_was_sent_is_bounded() -> None:
    """By characters: the oldest text is not known any more."""
    one = Executor(SCHEMA, Limits())
    texts = [
        f"{{ {f'a{number}: echo ' * 1} {'b: echo ' * 40} }}".ljust(20_000) for number in range(22)
    ]
    for text in texts:
        one.operation(sent(text, hash_of(text)))

    kept = [isinstance(one.operation(sent(None, hash_of(text))), Operation) for text in texts]

    assert kept == [False] * 10 + [True] * 12


def test_only_registered_documents_run_where_it_is_strict() -> None:
    """By hash or by text; anything else hears how to register it, introspection included."""
    one = Executor(SCHEMA, Limits(), registered=Registry(TEXT), strict=True)

    allowed = [
        sent(TEXT),
        sent(None, hash_of(TEXT)),
        sent(TEXT, hash_of(TEXT)),
        sent(f"\n{TEXT}\n"),
    ]
    refused = [sent(OTHER), sent(None, hash_of(OTHER)), sent(OTHER, hash_of(OTHER))]
    refused += [sent("{ __schema { types { name } } }"), sent(TEXT.replace("id)", "id )"))]

    assert all(isinstance(one.operation(each), Operation) for each in allowed)
    for each in refused:
        came = one.operation(each)
        assert told(came) == (
            "Only registered documents run here, and this is none of them.",
            "DOCUMENT_NOT_REGISTERED",
            400,
        )
        assert isinstance(came, Refused)
        assert "certhub documents add" in str(refused_body(came))


def test_registered_documents_are_compiled_before_they_are_asked_for() -> None:
    """Each of their operations, at start and when more are registered; those no more there are forgotten."""
    compiled: list[str | None] = []

    def planner(_schema: GraphQLSchema, _document: DocumentNode, name: str | None) -> None:
        compiled.append(name)

    registry = Registry(TEXT)
    one = Executor(SCHEMA, Limits(), planner=planner, registered=registry, strict=True)
    at_start = list(compiled)
    registry.texts = Registry(OTHER).texts
    later = one.operation(sent(None, hash_of(OTHER)))

    assert at_start == ["One"]
    assert isinstance(later, Operation)
    assert isinstance(one.operation(sent(TEXT)), Refused)
    assert compiled[:2] == ["One", "Other"]


def test_a_registered_document_that_is_wrong_by_now_says_so() -> None:
    """After a change of the schema its callers hear what is wrong with it."""
    text = "{ gone }"
    one = Executor(SCHEMA, Limits(), registered=Registry(text), strict=True)

    assert told(one.operation(sent(text)))[1:] == ("GRAPHQL_INVALID", 400)


@pytest.mark.parametrize("persisted", [1, {}, {"version": 1}, {"version": 1, "sha256Hash": 5}])
def test_an_extension_that_names_nothing_is_told(persisted: object) -> None:
    """What is expected is in the hint."""
    with pytest.raises(BadRequest) as refused:
        request_of({"query": "{ a }", "extensions": {"persistedQuery": persisted}})

    assert "sha256Hash" in refused.value.hint


def test_a_name_is_enough_for_a_request() -> None:
    """Without one the text is wanted."""
    named = {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}

    assert request_of({"extensions": named}).named == Named(1, "ab")
    with pytest.raises(BadRequest):
        request_of({"extensions": {"other": 1}})
    with pytest.raises(BadRequest):
        request_of({"query": 5, "extensions": named})
