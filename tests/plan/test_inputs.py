"""Input objects are made as Strawberry makes them, however their classes want it."""

from typing import Any

import pytest
import strawberry
from graphql import is_input_type

from resolvers.plan.coercing import coercer
from resolvers.plan.inputs import Inputs, Unfit


@strawberry.input
class Plain:
    name: str
    nickname: str | None = None


@strawberry.input
class Shouted:
    name: str

    def __post_init__(self) -> None:
        self.name = self.name.upper()


@strawberry.input
class Greeted:
    name: str

    def __init__(self, name: str) -> None:
        self.name = f"Hello {name}"


@strawberry.input
class Trimmed:
    name: str

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value.strip())


@strawberry.input
class Nested:
    plain: strawberry.Maybe[Plain]
    others: list[Plain | None] | None = None


@strawberry.type
class Query:
    @strawberry.field
    def names(self, plain: Plain, shouted: Shouted, greeted: Greeted, trimmed: Trimmed) -> str:
        return " ".join(one.name for one in (plain, shouted, greeted, trimmed))

    @strawberry.field
    def nested(self, nested: Nested) -> str:
        return str(nested)


def made(name: str, given: object) -> Any:
    """What a value of the named type becomes."""
    schema = strawberry.Schema(Query)._schema
    type_ = schema.type_map[name]
    assert is_input_type(type_)
    return coercer(Inputs(schema), type_)(given)


def test_a_plain_one_has_its_fields() -> None:
    """Those that are left out have their defaults, and it equals one that was constructed."""
    assert made("Plain", {"name": "a"}) == Plain(name="a")
    assert made("Plain", {"name": "a", "nickname": "b"}) == Plain(name="a", nickname="b")
    assert vars(made("Plain", {"name": "a"})) == {"name": "a", "nickname": None}


def test_constructors_with_a_will_of_their_own_are_called() -> None:
    """One that does more afterwards, one that is written by hand, one that sets attributes its way."""
    assert made("Shouted", {"name": "a"}).name == "A"
    assert made("Greeted", {"name": "a"}).name == "Hello a"
    assert made("Trimmed", {"name": " a "}).name == "a"


def test_one_inside_another_is_made_with_it() -> None:
    """In a `Some` where it may be nothing, in a list where one may stand alone."""
    given = {"plain": {"name": "a"}, "others": [{"name": "b"}, None]}

    assert made("Nested", given) == Nested(
        plain=strawberry.Some(Plain(name="a")), others=[Plain(name="b"), None]
    )
    assert made("Nested", {"others": {"name": "c"}}) == Nested(plain=None, others=[Plain(name="c")])


@pytest.mark.parametrize(
    "given",
    [
        {"plain": None},
        {"plain": {"name": 1}},
        {"plain": {"name": "a", "more": 1}},
        {"plain": {}},
        {"plain": {"nickname": "b", "name": None}},
        {"others": [["a"]]},
        {"others": [{"nickname": "b"}]},
        {"others": True},
        [],
    ],
)
def test_what_does_not_fit_is_refused(given: object) -> None:
    """Wherever it stands: graphql-core then says why."""
    with pytest.raises((Unfit, KeyError)):
        made("Nested", given)
