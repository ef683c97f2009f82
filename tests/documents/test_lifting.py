"""A document is answered as it would be if nothing were ever lifted out of it."""

import gc
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from graphql import ExecutionResult, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.documents.documents import OFTEN, Documents
from resolvers.documents.lifting import lifted
from resolvers.documents.literals import cut
from resolvers.execution import Operation, Refused, Request
from resolvers.limits import Limits
from resolvers.wire import body_of
from tests.documents.ground import SCHEMA, answer, executor

PERSON = "330203199001011234"
TEXTS = ['""', '"a"', '"a b"', f'"{PERSON}"', '"\\u0041\\""', '"""\n x\n  y\n"""', '"#"', '"张三"']
NUMBERS = ["0", "-0", "7", "8", "-12", "2147483647", "2147483648", "1" * 25]
ODD = ["1.5", "1e3", "null", "true", "RED", "$v", "[]", "{}", '"\\x"', '"\\ud800"']
VALUE = st.sampled_from(TEXTS * 3 + NUMBERS * 2 + ODD)


def _objects(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(["id", "name", "age", "friends", "one", "other"])
    fields = st.dictionaries(names, values, max_size=3)
    return fields.map(lambda one: "{" + " ".join(f"{k}: {v}" for k, v in one.items()) + "}")


VALUES = st.recursive(
    VALUE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda one: f"[{', '.join(one)}]"), _objects(inner)
    ),
    max_leaves=4,
)
NAMES = st.sampled_from(
    [
        "id",
        "text",
        "sure",
        "number",
        "real",
        "even",
        "own",
        "colour",
        "flag",
        "texts",
        "numbers",
        "person",
        "either",
    ]
)
SPACE = st.sampled_from([" ", "\n", "  ", ",", ' # "no" 7\n'])
FIT: dict[str, list[str]] = {
    "id": TEXTS + NUMBERS,
    "text": TEXTS,
    "sure": TEXTS,
    "number": ["0", "7", "-12", "2147483647"],
    "real": [*NUMBERS, "1.5"],
    "even": ["0", "8", "-12"],
    "own": TEXTS + NUMBERS,
    "texts": [*TEXTS, '["a", "b"]'],
    "numbers": [*NUMBERS, "[1 2]"],
    "person": ['{id: "a", age: 7}', '{id: 7, friends: {id: 8, name: "n"}}'],
    "either": ['{one: "a"}', "{other: 7}"],
}
FITTING = st.sampled_from(sorted(FIT)).flatmap(
    lambda name: st.sampled_from(FIT[name]).map(lambda value: f"{name}: {value}")
)
ARGUMENT = st.one_of(*[FITTING] * 15, st.builds("{}: {}".format, NAMES, VALUES))


ALIASES = ["", *(f"a{number}: " for number in range(30)), "lifted0: "]
VARIABLES = [
    ("", ""),
    ("($v: String)", "u: echo(text: $v)"),
    ('($v: String = "default")', "u: echo(text: $v)"),
    ("($v: Int = 7)", "u: echo(number: $v)"),
    ("($lifted1: ID, $v: ID)", "u: echo(id: $v) w: echo(id: $lifted1)"),
]


@st.composite
def fields(draw: st.DrawFn) -> str:
    """One field, with an alias that others may have, too."""
    alias = draw(st.sampled_from(ALIASES))
    name = draw(st.sampled_from(["echo", "echo", "fail"]))
    given = draw(st.lists(ARGUMENT, max_size=3, unique_by=lambda one: one.split(":")[0]))
    note = draw(st.sampled_from(["", "", ' @note(text: "x y")', " @include(if: true)"]))
    return f"{alias}{name}" + (f"({draw(SPACE).join(given)})" if given else "") + note


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document, right or wrong, of one operation and perhaps a fragment."""
    variables, used = draw(st.sampled_from(VARIABLES))
    kind = draw(st.sampled_from(["query ", "query ", "mutation "]))
    inside = draw(SPACE).join(draw(st.lists(fields(), min_size=1, max_size=3)))
    deeper = draw(st.sampled_from(["{}", "{} thing {{ {} }}", "...f", "{} ... {{ {} }}"]))
    body = f"{deeper.format(inside, draw(fields()))} {used}"
    body = f"do {{ {body} }}" if kind == "mutation " else body
    tail = f" fragment f on Thing {{ {inside} }}" if "...f" in body else ""
    note = draw(st.sampled_from(["", "", ' @note(text: "q")' if kind == "query " else ""]))
    return f"{kind}{variables}{note} {{ {body} }}{tail}"


def other_literals(text: str, data: st.DataObject) -> str:
    """The text with others in the places of its literals, of the same kinds."""
    given = cut(text)
    kinds = {'"': TEXTS, "0": NUMBERS, "#": ["# other", "#"]}
    return given.written([data.draw(st.sampled_from(kinds[kind])) for kind in given.kinds])


@settings(max_examples=300, deadline=None)
@given(st.data())
async def test_lifted_is_as_not_lifted(data: st.DataObject) -> None:
    """Of three texts of one shape each is answered as by one who never saw another: data, errors,
    their places and their order.
    """
    first = data.draw(documents())
    texts = [first, other_literals(first, data), other_literals(first, data), first]
    variables = data.draw(st.sampled_from([None, {}, {"v": "given"}, {"v": 7}, {"lifted0": 1}]))
    one = executor()

    for text in texts:
        assert await answer(one, text, variables) == await answer(executor(), text, variables)


def read_twice(text: str, other: str) -> bool:
    """Whether a second text is read from memory once the first was seen."""
    documents = Documents(SCHEMA, Limits())
    documents.read(text)
    return documents.read(other).lifting is not None


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ('{ echo(id: "a") }', '{ echo(id: "b") }'),
        ("{ echo(id: 1) }", "{ echo(id: 20000) }"),
        ('{ echo(text: "a") } # one', '{ echo(text: "\\n") } # two'),
        ("{ echo(number: 1, real: 2) }", "{ echo(number: -3, real: 44) }"),
        (
            '{ echo(person: {id: "a", friends: [{id: 2}]}) }',
            '{ echo(person: {id: "", friends: [{id: 3}]}) }',
        ),
        ('{ echo(either: {one: "a"}) }', '{ echo(either: {one: "b"}) }'),
        ('{ echo(texts: ["a" "b"]) }', '{ echo(texts: ["c" "d"]) }'),
        ('{ echo @note(text: "a") }', '{ echo @note(text: "b") }'),
        (
            'query ($v: Int = 7) { echo(id: "a", number: $v) }',
            'query ($v: Int = 7) { echo(id: "b", number: $v) }',
        ),
        (
            '{ ...f } fragment f on Thing { echo(id: "a") }',
            '{ ...f } fragment f on Thing { echo(id: "b") }',
        ),
        ('{ a: echo(id: "a") b: echo(id: "a") }', '{ a: echo(id: "a") b: echo(id: "b") }'),
    ],
)
def test_documents_that_differ_in_literals_share_what_was_compiled(text: str, other: str) -> None:
    """The second is neither parsed nor validated."""
    assert read_twice(text, other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ('{ echo(id: "a") echo(id: "a") }', '{ echo(id: "a") echo(id: "b") }'),
        ('{ echo(own: "a") }', '{ echo(own: "b") }'),
        ('{ echo(texts: "a1") }', '{ echo(texts: "b1") }'),
        (
            'query ($v: String = "7") { echo(text: $v) }',
            'query ($v: String = "7") { echo(text: $v) }',
        ),
        ("query ($v: Int = 7) { echo(number: $v) }", "query ($v: Int = 8) { echo(number: $v) }"),
        ('{ echo(id: "a") }', "{ echo(id: 1) }"),
        ("{ echo(number: 1) }", "{ echo(number: -0) }"),
        ('{ echo(id: "a") }', '{ echo(id: "\\x") }'),
    ],
)
def test_what_might_be_answered_otherwise_is_read_as_it_is_written(text: str, other: str) -> None:
    """Equal literals that had to be, scalars that read literals in their own way, constants."""
    assert not read_twice(text, other)


def everything_held(root: object) -> str:
    """Every text that can be reached from an object."""
    seen, within, texts = set[int](), [root], []
    while within:
        one = within.pop()
        if id(one) in seen or one is SCHEMA or isinstance(one, type):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            texts.append(one)
        elif not callable(one) and type(one).__name__ not in ("module", "GraphQLScalarType"):
            within += gc.get_referents(one)
    return "\n".join(texts)


@pytest.mark.parametrize(
    "text",
    [
        f'{{ echo(id: "{PERSON}", text: "张三") }} # of {PERSON}',
        f"{{ echo(id: {PERSON}) }}",
        f'{{ a{PERSON}: echo(id: "x") }}',
        f"{{ a{PERSON}: echo }}",
        "{ a91330200MA2AJ1234X: echo }",
        "{ a91330200ma2aj1234x: echo }",
        "{ echo(id: 91330200ma2aj1234x) }",
        "{ echo(text: 张三) }",
        "{ echo(text: zhangsan) }",
        f'query ($v: ID = "{PERSON}") {{ echo(id: $v) }}',
        f'{{ echo(own: "{PERSON}") }}',
        f'{{ echo(id: "{PERSON}", nothing: 1) }}',
        f'{{ echo(id: "{PERSON}"',
    ],
)
def test_no_identifier_stays_in_memory(text: str) -> None:
    """Whatever was read, and however wrong it was: nothing that is kept holds it."""
    documents = Documents(SCHEMA, Limits())

    for _ in range(2 * OFTEN):
        documents.read(text)

    held = everything_held(documents)
    assert PERSON not in held
    assert "91330200MA2AJ1234X" not in held.upper()
    assert "张三" not in held
    assert "zhangsan" not in held


def test_what_is_too_long_is_not_kept_for_the_sake_of_a_short_literal() -> None:
    """A megabyte of blanks around the default of a variable is read, and forgotten."""
    documents = Documents(SCHEMA, Limits())
    blanks = " " * 1_000_000

    written = documents.read(f"query ($v: Int = 7) {{ echo(number: $v) }}{blanks}")

    assert written.checked.errors == []
    assert blanks not in everything_held(documents)


def times_lifted(documents: Documents, text: str, times: int) -> list[bool]:
    """Whether its literals were lifted, each time it was read."""
    return [documents.read(text).lifting is not None for _ in range(times)]


def test_a_harmless_text_that_comes_often_is_compiled_as_it_is_written() -> None:
    """From then on nothing is cut out of it; what else has its shape is lifted as before."""
    documents = Documents(SCHEMA, Limits())
    documents.read('{ echo(id: "of_its_shape") }')

    often = times_lifted(documents, '{ echo(id: "often") }', OFTEN + 2)

    assert often == [True] * (OFTEN - 1) + [False] * 3
    assert times_lifted(documents, '{ echo(id: "seldom") }', 1) == [True]


def test_a_text_that_may_be_of_a_person_is_lifted_however_often_it_comes() -> None:
    """It is neither counted nor remembered."""
    documents = Documents(SCHEMA, Limits())
    documents.read('{ echo(id: "of_its_shape") }')

    often = times_lifted(documents, f'{{ echo(id: "{PERSON}") }}', 3 * OFTEN)

    assert all(often)
    assert PERSON not in everything_held(documents)


async def test_an_error_of_a_lifted_literal_stands_where_the_literal_does() -> None:
    """Locations are those of the text that was sent, after literals of other lengths and lines."""
    one = executor()
    text = '{ a: echo(text: """l\n\n""")\n b: fail(id: "longer") }'
    await answer(one, '{ a: echo(text: "x")\n b: fail(id: "y") }')

    got = await answer(one, text)

    operation = one.operation(Request(text, None, None))
    assert isinstance(operation, Operation)
    assert operation.lifting is not None
    assert isinstance(got["errors"], list)
    assert [error["locations"] for error in got["errors"]] == [[{"line": 4, "column": 2}]]


async def told(text: str, by_first: str | None) -> list[object]:
    """The events of a subscription, after another was seen."""
    one = executor()
    for text_seen in filter(None, [by_first]):
        one.operation(Request(text_seen, None, None))
    operation = one.operation(Request(text, None, None))
    if isinstance(operation, Refused):
        return [[error.message for error in operation.errors]]
    assert isinstance(operation, Operation)
    assert (operation.lifting is not None) == (by_first is not None)
    answers: AsyncGenerator[ExecutionResult | Refused, None] = one.answers(operation, lambda: None)
    async with aclosing(answers):
        return [
            [error.message for error in each.errors] if isinstance(each, Refused) else body_of(each)
            async for each in answers
        ]


async def test_a_subscription_is_lifted_too() -> None:
    """Its events are those of its own literal."""
    seen = 'subscription { tell(text: "a") }'

    assert await told('subscription { tell(text: "bc") }', seen) == [
        {"data": {"tell": "b"}},
        {"data": {"tell": "c"}},
    ]


def test_variables_of_the_document_keep_their_names() -> None:
    """A literal's variable takes a name that none of them begins with."""
    text = "query ($lifted: ID, $lifted_1: ID) { a: echo(id: $lifted) b: echo(id: $lifted_1) c: echo(id: 5) }"

    found = lifted(SCHEMA, parse(text), cut(text))

    assert found is not None
    assert found.values(cut(text)) == {"lifted__0": "5"}


async def test_limits_hold_for_every_text_of_a_shape() -> None:
    """A list of the variables that is too long is refused, whether the document was seen or not."""
    one = executor(lookups=2)
    text = 'query ($v: [Int]) { echo(numbers: $v, id: "a") }'
    fits = await answer(one, text, {"v": [1, 2]})

    too_many = await answer(one, text.replace('"a"', '"b"'), {"v": [1, 2, 3]})

    assert "data" in fits
    assert "data" not in too_many
