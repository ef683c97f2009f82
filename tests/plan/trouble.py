"""A schema in which everything goes wrong somewhere: what raises, is null, comes late, or is another type."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, cast

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry import relay
from strawberry.types import Info

from resolvers.plan.alike import same_for
from resolvers.types.connection import CountedConnection

Told = Info[Any, None]


class Trouble(Exception):
    """What resolvers of this schema raise."""


class Explorer:
    """A context for connections, which counts nothing but how often it made something for many."""

    def __init__(self) -> None:
        self.made = 0

    def explore(self, entries: int) -> None:
        assert entries >= 0


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = strawberry.enum_value("green", name="VERDANT")


@strawberry.input
class Inner:
    text: str
    number: int = 7
    colour: Colour | None = None
    many: list[str] | None = None


@strawberry.input(one_of=True)
class Choice:
    one: strawberry.Maybe[Inner]
    other: strawberry.Maybe[str]


@strawberry.input
class Outer:
    inner: Inner
    choice: Choice | None = None
    inners: list[Inner] | None = None
    flag: bool = strawberry.field(name="isFlag", default=True)
    perhaps: strawberry.Maybe[int] = None


def wrong(value: object) -> Any:
    """A value of another type than is promised."""
    return value


@strawberry.interface
class Named:
    name: str

    @strawberry.field
    def shout(self, times: int = 1) -> str:
        return self.name.upper() * times

    @strawberry.field
    async def later_name(self) -> str:
        await asyncio.sleep(0)
        return self.name


@strawberry.type
class Leafy(Named, relay.Node):
    key: relay.NodeID[str]

    @classmethod
    def resolve_nodes(cls, *, info: Told, node_ids: Iterable[str], required: bool = False) -> Any:
        return [cls(name=one, key=one) for one in node_ids]

    @strawberry.field
    def day(self) -> date:
        return date(2026, 3, 9)

    @strawberry.field
    def no_day(self) -> date | None:
        return None

    @strawberry.field
    def wrong_day(self) -> date | None:
        return wrong("yesterday")  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def moment(self) -> datetime:
        return datetime(2026, 3, 9, 17)

    @strawberry.field
    def price(self) -> Decimal:
        return Decimal("1.50")

    @strawberry.field
    def colour(self) -> Colour:
        return Colour.GREEN

    @strawberry.field
    def raw_colour(self) -> Colour:
        return wrong("red")  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def wrong_colour(self) -> Colour | None:
        return wrong("blue")  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def large(self) -> int | None:
        return 2**40

    @strawberry.field
    def wrong_int(self) -> int:
        return wrong("12")  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def infinite(self) -> float | None:
        return float("inf")

    @strawberry.field
    def whole(self) -> float:
        return 3

    @strawberry.field
    def truth(self) -> bool | None:
        return wrong(1)  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def texts(self) -> list[str | None]:
        return ["a", None, wrong(5)]

    @strawberry.field
    def strict_texts(self) -> list[str] | None:
        return ["a", wrong(None)]

    @strawberry.field
    def no_list(self) -> list[str] | None:
        return wrong(5)  # type: ignore[no-any-return]  # wrong on purpose


@strawberry.type
class Other(Named):
    @strawberry.field
    def fails(self) -> str | None:
        raise Trouble("other fails")

    @strawberry.field
    def fails_hard(self) -> str:
        raise GraphQLError("other fails hard")


@strawberry.type
class Stranger(Named):
    """A type of the interface that nobody expects in the union."""

    own: str = "own"


Either = Annotated[Leafy | Other, strawberry.union("Either")]


def leafy(name: str = "leaf") -> Leafy:
    return Leafy(name=name, key=name)


@strawberry.type
class Thing:
    level: int

    @strawberry.field
    def fails(self) -> str | None:
        raise Trouble(f"fails at {self.level}")

    @strawberry.field
    def fails_hard(self) -> str:
        raise Trouble(f"fails hard at {self.level}")

    @strawberry.field
    def gives_error(self) -> str | None:
        return wrong(Trouble("given, not raised"))  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def null(self) -> str:
        return wrong(None)  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def null_thing(self) -> "Thing":
        return wrong(None)  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def thing(self) -> "Thing":
        return Thing(level=self.level + 1)

    @strawberry.field
    @same_for("level")
    def alike(self, info: Told) -> Leafy:
        info.context.made += 1
        return leafy(f"of {self.level}")

    @strawberry.field
    @same_for("level")
    def alike_or_none(self) -> Other | None:
        return Other(name="other") if self.level else None

    @strawberry.field
    def maybe(self) -> "Thing | None":
        return None if self.level % 2 else Thing(level=self.level + 1)

    @strawberry.field
    def things(self) -> list["Thing"]:
        return [Thing(level=self.level + 1), Thing(level=self.level + 2)]

    @strawberry.field
    def broken_things(self) -> list["Thing | None"]:
        return [Thing(level=0), None, wrong(Trouble("in a list")), Thing(level=1)]

    @strawberry.field
    def strict_things(self) -> list["Thing"] | None:
        return [Thing(level=0), wrong(None)]

    @strawberry.field
    def nested(self) -> list[list["Thing | None"] | None]:
        return [[Thing(level=1), None], None, wrong(3), [wrong(Trouble("deep"))]]

    @strawberry.field
    def named(self) -> Named:
        return leafy() if self.level % 2 else Other(name="other")

    @strawberry.field
    def maybe_named(self) -> list[Named | None]:
        return [
            leafy(),
            None,
            Other(name="o"),
            wrong("nobody"),
            Named(name="bare"),
            Stranger(name="s"),
        ]

    @strawberry.field
    def either(self) -> Either:
        return Other(name="either") if self.level % 2 else leafy("either")

    @strawberry.field
    def strange_either(self) -> Either | None:
        return wrong(Stranger(name="s"))  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def wrong_leafy(self) -> Leafy | None:
        return wrong(Other(name="no leaf"))  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def any_thing(self) -> "Thing | None":
        return wrong(Other(name="no thing"))  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    async def later(self) -> "Thing":
        await asyncio.sleep(0)
        return Thing(level=self.level + 1)

    @strawberry.field
    async def later_null(self) -> "Thing":
        return wrong(None)  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    async def later_fails(self) -> str | None:
        await asyncio.sleep(0)
        raise Trouble("late")

    @strawberry.field
    async def later_fails_hard(self) -> str:
        raise Trouble("late and hard")

    @strawberry.field
    def later_text(self) -> str:
        return wrong(asyncio.sleep(0, "an awaitable"))  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def later_day(self) -> date | None:
        return wrong(asyncio.sleep(0, date(2026, 1, 1)))  # type: ignore[no-any-return]  # wrong on purpose

    @strawberry.field
    def later_things(self) -> list["Thing | None"]:
        return [wrong(asyncio.sleep(0, Thing(level=3))), Thing(level=4), wrong(asyncio.sleep(0))]

    @strawberry.field
    def strict_later_things(self) -> list["Thing"] | None:
        return [wrong(asyncio.sleep(0, Thing(level=1))), wrong(None), wrong(asyncio.sleep(0))]

    @strawberry.field
    def echo(
        self,
        text: str | None = None,
        outer: Outer | None = None,
        inners: list[Inner] | None = None,
        choice: Choice | None = None,
        colour: Colour = Colour.RED,
        numbers: list[int | None] | None = None,
        day: date | None = None,
    ) -> str:
        return repr((self.level, text, outer, inners, choice, colour, numbers, day))

    @strawberry.field
    def strict_echo(self, outer: Outer, count: int, share: float = 0.5) -> str:
        return repr((outer, count, share))

    @strawberry.field
    def selected(self, info: Told) -> list[str]:
        raw = info._raw_info
        return [info.field_name, raw.parent_type.name, *sorted(raw.variable_values.coerced)]

    @relay.connection(CountedConnection[Leafy])  # type: ignore[untyped-decorator]  # Strawberry's own
    def leaves(self, search: str | None = None) -> Iterable[Leafy]:
        return [leafy(one) for one in "abcdef" if (search or "") in one]

    @strawberry.field
    def parent_level(self, root: strawberry.Parent[Any]) -> int:
        return cast(int, root.level)


@strawberry.type
class Query:
    @strawberry.field
    def thing(self) -> Thing:
        return Thing(level=0)

    @strawberry.field
    def maybe(self) -> Thing | None:
        return Thing(level=1)

    @strawberry.field
    def things(self, count: int = 2) -> list[Thing | None]:
        return [Thing(level=one) for one in range(count)]

    @strawberry.field
    async def later(self) -> Thing | None:
        await asyncio.sleep(0)
        return Thing(level=2)

    @strawberry.field
    def fails(self) -> str | None:
        raise Trouble("at the top")

    @strawberry.field
    def fails_hard(self) -> str:
        raise Trouble("hard at the top")


def trouble_schema() -> GraphQLSchema:
    """The schema, as Strawberry makes it for graphql-core."""
    return strawberry.Schema(Query, types=[Stranger])._schema
