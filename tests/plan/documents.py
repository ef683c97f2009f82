"""Documents drawn from a schema: every kind of selection, argument, variable and condition in it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)
from hypothesis import strategies as st

Choice = TypeVar("Choice")
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
DEEPEST = 4
PLAIN: Mapping[str, Sequence[object]] = {
    "String": ("", "身份", "a"),
    "ID": ("x", 7, ""),
    "Int": (0, 1, 2, 3),
    "Float": (0.5, 2),
    "Boolean": (True, False),
}
WRONG: tuple[object, ...] = (None, 5, "wrong", [], {}, {"nothing": 1}, True, [None])


@dataclass(frozen=True)
class Facts:
    """What to give for arguments and input fields, by their name or their type."""

    named: Mapping[str, Sequence[object]]
    typed: Mapping[str, Sequence[object]]
    plain_keys: frozenset[str] = frozenset()  # fields that are never given another key
    hidden: frozenset[str] = frozenset()  # fields that are never selected


@dataclass(frozen=True)
class Drawn:
    """One document with its variables."""

    text: str
    variables: dict[str, Any]


@dataclass
class Drawing:
    """A document while it is drawn."""

    schema: GraphQLSchema
    facts: Facts
    draw: Callable[[st.SearchStrategy[Any]], Any]
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, tuple[Composite, str]] = field(default_factory=dict)
    heads: dict[str, list[str]] = field(default_factory=dict)
    made: int = 0

    def one(self, choices: Sequence[Choice]) -> Choice:
        chosen: int = self.draw(st.integers(0, len(choices) - 1))
        return choices[chosen]

    def chance(self, of_ten: int) -> bool:
        return bool(self.draw(st.integers(1, 10)) <= of_ten)

    def fresh(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    def document(self) -> Drawn:
        assert self.schema.query_type is not None
        body = self.selection(self.schema.query_type, 0)
        given = f"({', '.join(self.declared)})" if self.declared else ""
        parts = [f"query Drawn{given} {body}", *(text for _, text in self.fragments.values())]
        return Drawn("\n".join(parts), self.variables)

    def selection(self, type_: Composite, depth: int) -> str:
        parts = [self.part(type_, depth) for _ in range(self.draw(st.integers(1, 3)))]
        return f"{{ {' '.join(parts)} }}"

    def part(self, type_: Composite, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType):
            return "__typename" if self.chance(2) else self.narrowed(type_, depth)
        if depth < DEEPEST and self.chance(2):
            return self.narrowed(type_, depth)
        if self.chance(1):
            key = f"{self.fresh('t')}: " if self.chance(4) else ""
            return f"{key}__typename{self.condition()}"
        return self.field(type_, depth)

    def narrowed(self, type_: Composite, depth: int) -> str:
        """A fragment on the type itself, on a part of it, or on an interface around it."""
        on = self.one(self.around(type_))
        condition = self.condition()
        if isinstance(on, GraphQLUnionType) and depth >= DEEPEST:
            return "__typename"
        if self.chance(4):
            known = [name for name, (kind, _) in self.fragments.items() if kind is on]
            if known and self.chance(5):
                return f"...{self.one(known)}{condition}"
            body = self.selection(on, depth + 1)
            name = self.fresh("F")
            self.fragments[name] = (on, f"fragment {name} on {on.name} {body}")
            return f"...{name}{condition}"
        told = "" if on is type_ and self.chance(3) else f" on {on.name}"
        return f"...{told}{condition} {self.selection(on, depth + 1)}"

    def around(self, type_: Composite) -> list[Composite]:
        if isinstance(type_, GraphQLObjectType):
            return [type_, *type_.interfaces]
        possible = self.schema.get_possible_types(type_)
        liked = [one for one in possible if one.name in self.facts.typed.get("types", ())]
        return [type_, *(liked or possible)]

    def field(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        fields = [
            (name, one)
            for name, one in type_.fields.items()
            if name not in self.facts.hidden
            and (depth < DEEPEST or is_leaf_type(get_named_type(one.type)))
        ]
        if not fields:
            return "__typename"
        name, chosen = self.one(fields)
        return f"{self.head(type_, name, chosen)}{self.below(chosen, depth)}"

    def head(self, type_: GraphQLNamedType, name: str, chosen: GraphQLField) -> str:
        """Key, name, arguments; now and then one that was there, so that the two are merged."""
        known = self.heads.setdefault(f"{type_.name}.{name}", [])
        if known and self.chance(4):
            return self.one(known) + self.condition()
        head = f"{name}{self.arguments(chosen.args)}"
        another = chosen.args or self.chance(3)
        if another and name not in self.facts.plain_keys:
            head = f"{self.fresh('k')}: {head}"
        known.append(head)
        return head + self.condition()

    def below(self, chosen: GraphQLField, depth: int) -> str:
        type_ = get_named_type(chosen.type)
        if not is_composite_type(type_):
            return ""
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
        return f" {self.selection(type_, depth + 1)}"

    def condition(self) -> str:
        if not self.chance(1):
            return ""
        which = self.one(["skip", "include"])
        if self.chance(3):
            return f" @{which}(if: {self.one(['true', 'false'])})"
        name = self.fresh("c")
        if self.chance(5):
            self.declared.append(f"${name}: Boolean!")
            self.variables[name] = self.one([True, False])
        else:
            self.declared.append(f"${name}: Boolean! = {self.one(['true', 'false'])}")
            if self.chance(5):
                self.variables[name] = self.one([True, False])
        return f" @{which}(if: ${name})"

    def arguments(self, declared: Mapping[str, GraphQLArgument]) -> str:
        given = [
            f"{name}: {self.argument(name, one.type)}"
            for name, one in declared.items()
            if isinstance(one.type, GraphQLNonNull) or self.chance(4)
        ]
        return f"({', '.join(given)})" if given else ""

    def argument(self, name: str, type_: GraphQLInputType) -> str:
        """A literal, perhaps with variables inside, or a variable."""
        return self.variable(name, type_) if self.chance(6) else self.literal(name, type_)

    def variable(self, name: str, type_: GraphQLInputType) -> str:
        variable = self.fresh("v")
        wanted: GraphQLInputType = type_
        if not isinstance(type_, GraphQLNonNull) and self.chance(2):
            wanted = GraphQLNonNull(type_)
        default = ""
        if self.chance(2):
            default = f" = {self.literal(name, wanted, variables=False)}"
            wanted = wanted.of_type if isinstance(wanted, GraphQLNonNull) else wanted
        self.declared.append(f"${variable}: {wanted}{default}")
        absent = default or not isinstance(wanted, GraphQLNonNull)
        if not (absent and self.chance(4)) and not (
            not absent and self.chance(1) and self.chance(2)
        ):
            self.variables[variable] = self.value(name, wanted)
        return f"${variable}"

    def literal(self, name: str, type_: GraphQLInputType, variables: bool = True) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self.literal(name, type_.of_type, variables)
        if isinstance(type_, GraphQLList):
            entries = range(self.draw(st.integers(0, 3)))
            return f"[{', '.join(self.inside(name, type_.of_type, variables) for _ in entries)}]"
        if isinstance(type_, GraphQLInputObjectType):
            chosen = self.slots(type_)
            return f"{{{', '.join(f'{n}: {self.inside(n, t, variables)}' for n, t in chosen)}}}"
        if isinstance(type_, GraphQLEnumType):
            name_of_value: str = self.one(list(type_.values))
            return name_of_value
        return json.dumps(self.leaf(name, type_), ensure_ascii=False)

    def inside(self, name: str, type_: GraphQLInputType, variables: bool) -> str:
        if variables and self.chance(3):
            return self.variable(name, type_)
        return self.literal(name, type_, variables)

    def slots(self, type_: GraphQLInputObjectType) -> list[tuple[str, GraphQLInputType]]:
        fields = list(type_.fields.items())
        if type_.extensions["strawberry-definition"].is_one_of:
            name, one = self.one(fields)
            return [(name, GraphQLNonNull(one.type))]
        return [
            (name, one.type)
            for name, one in fields
            if isinstance(one.type, GraphQLNonNull) or self.chance(3)
        ]

    def value(self, name: str, type_: GraphQLInputType) -> object:
        """A value for a variable; now and then a wrong one."""
        if self.chance(1) and self.chance(1):
            return self.one(WRONG)
        if isinstance(type_, GraphQLNonNull):
            return self.value(name, type_.of_type)
        if isinstance(type_, GraphQLList):
            return [self.value(name, type_.of_type) for _ in range(self.draw(st.integers(0, 4)))]
        if isinstance(type_, GraphQLInputObjectType):
            return {n: self.value(n, t) for n, t in self.slots(type_)}
        if isinstance(type_, GraphQLEnumType):
            return self.one(list(type_.values))
        return self.leaf(name, type_)

    def leaf(self, name: str, type_: GraphQLInputType) -> object:
        facts = self.facts
        known = facts.named.get(name) or facts.typed.get(str(type_)) or PLAIN.get(str(type_))
        assert known, f"what is a {type_} such as {name}?"
        return self.one(known)


def documents(schema: GraphQLSchema, facts: Facts) -> st.SearchStrategy[Drawn]:
    """Documents over a whole schema; some are not valid."""

    @st.composite
    def drawn(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Drawn:
        return Drawing(schema, facts, draw).document()

    return drawn()
