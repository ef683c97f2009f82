"""How much one request may ask, and what strange ones are told."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.face.asking import MANY, person
from tests.stack import (
    DOSSIER_ITEM,
    PURPOSE,
    Stack,
    open_stack,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("explore")) as up:
        yield up


async def error(stack: Stack, query: str, **variables: Any) -> tuple[int, str]:
    status, answer = await stack.post(
        {"query": query, "variables": variables},
        Accept="application/graphql-response+json",
    )
    return status, answer["errors"][0]["message"]


async def test_depth_aliases_and_tokens_are_bounded(stack: Stack) -> None:
    """What could cost much is refused before anything runs: 400, and what the limit is."""
    nested = "me { items { edges { node { unit { code } } } } }"
    deep = "serviceItem(code: 1) { materials { item " * 10 + "{ code }" + " } }" * 10
    many = " ".join(f"a{n}: __typename" for n in range(401))
    long = " ".join(["__typename"] * 10_001)

    assert (await stack.post({"query": f"{{ {nested} }}"}))[0] == 200
    for query in (f"{{ {many} }}", f"{{ {long} }}"):
        status, message = await error(stack, query)
        assert status == 400
        assert "alias" in message or "token" in message.lower() or "side by side" in message
    status, message = await error(
        stack, f"{{ {deep.replace('item serviceItem(code: 1)', 'item')} }}"
    )
    assert status == 400
    assert "depth" in message


async def test_a_body_too_large_is_refused_as_it_comes_in(stack: Stack) -> None:
    """More than the bound is 413, with what to do."""
    body = io.BytesIO(b'{"query": "' + b"x" * 2_100_000 + b'"}')
    headers = {"Authorization": f"Bearer {stack.key}", "Content-Type": "application/json"}
    async with stack.session.post(f"{stack.url}/graphql", data=body, headers=headers) as reply:
        answer = await reply.json()

    assert reply.status == 413
    assert "2000000" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    "query",
    [
        "{ ...nobody } fragment f0 on Query { ...f1 } fragment f1 on Query { me { key } }",
        "{ ...loop } fragment loop on Query { ...loop }",
        "{ me" * 3000 + " { key } " + "}" * 3000,
        "query($a: " + "[" * 8000 + "Int" + "]" * 8000 + ") { me { key } }",
        "{ node(id: " + "[" * 9000 + "]" * 9000 + ") { id } }",
        "\ufeff{",
        "",
    ],
)
async def test_a_strange_document_is_refused_not_fallen_over(stack: Stack, query: str) -> None:
    """Undefined fragments, cycles and depths that exhaust a parser are errors of the caller."""
    status, answer = await stack.post({"query": query}, Accept="application/graphql-response+json")

    assert status == 400
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_INVALID"


@pytest.mark.parametrize(
    "query",
    [
        "{ ...f0 } "
        + " ".join(
            f"fragment f{n} on Query {{ ...f{n + 1} x{n}: me {{ ...c }} ...f{n + 1} }}"
            for n in range(30)
        )
        + " fragment f30 on Query { me { key } } fragment c on Caller { key }",
        "{ " + "me { key } " * 60 + "}",
        "{ "
        + " ".join(f"...f{n}" for n in range(9))
        + " } "
        + " ".join(f"fragment f{n} on Query {{ {'sources { name } ' * 51} }}" for n in range(9)),
    ],
)
async def test_documents_that_grow_when_written_out_are_refused_at_once(
    stack: Stack, query: str
) -> None:
    """Fragments that double at each level, and one name selected many times: 400, no work done."""
    status, answer = await stack.post({"query": query}, Accept="application/graphql-response+json")

    assert status == 400
    assert answer["errors"][0]["extensions"]["code"] == "TOO_LARGE"


async def test_lists_inside_lists_are_bounded(stack: Stack) -> None:
    """Materials of items of materials …: refused when too many entries have been read."""
    nested = "number"
    for _ in range(6):
        nested = f"item {{ materials {{ {nested} }} }}"

    _, answer = await stack.post(
        {"query": f'{{ serviceItem(code: "{DOSSIER_ITEM}") {{ materials {{ {nested} }} }} }}'}
    )

    assert answer["errors"][0]["extensions"]["code"] == "TOO_LARGE"
    assert "first" in answer["errors"][0]["extensions"]["hint"]


async def test_a_list_too_long_is_refused_before_its_entries_are_read(stack: Stack) -> None:
    """Twenty thousand lookups in the variables: TOO_LARGE, without a word on any of them."""
    query = "query($l: [LookupInput!]!, $p: PurposeInput!) { certificates(lookups: $l, purpose: $p) { record } }"

    _, answer = await stack.post(
        {"query": query, "variables": {"l": [{"type": 1}] * 20_000, "p": PURPOSE}}
    )

    assert [one["extensions"]["code"] for one in answer["errors"]] == ["TOO_LARGE"]


@pytest.mark.parametrize(
    "page", ["first: -1", "first: 1000", "last: -3", 'after: "garbage"', 'before: "x"']
)
async def test_a_page_that_cannot_be_taken_is_the_callers_error(stack: Stack, page: str) -> None:
    """Paging out of bounds is BAD_INPUT with what is allowed, not an incident."""
    _, answer = await stack.post(
        {"query": f"{{ catalogue({page}) {{ totalCount edges {{ cursor }} }} }}"}
    )

    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert "100" in answer["errors"][0]["extensions"]["hint"]


async def test_an_unknown_field_of_a_document_is_told_what_is_close(stack: Stack) -> None:
    """graphql-core's own suggestion reaches the caller."""
    status, message = await error(stack, "{ sorces { name } }")

    assert (status, "sources" in message) == (400, True)


async def test_more_lookups_than_allowed_are_refused(stack: Stack, tmp_path: Path) -> None:
    """The bound of one request counts every lookup in it."""
    subject = person(stack, "resident_id_card", province=True)
    lookups = [{"type": "resident_id_card", "subject": subject}] * 1001

    _, answer = await stack.post(
        {"query": MANY, "variables": {"lookups": lookups, "purpose": PURPOSE}}
    )

    assert answer["errors"][0]["extensions"]["code"] == "TOO_LARGE"
