"""A query compiled once: its variables, and what it selects under each set of conditions."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    is_input_type,
    type_from_ast,
)

from resolvers.plan.arguments import Variables, constant
from resolvers.plan.coercing import coercer
from resolvers.plan.growing import Growth
from resolvers.plan.inputs import Coercer, Inputs, Unplannable
from resolvers.plan.known import knows
from resolvers.plan.operation import Operation, operation_of
from resolvers.plan.running import Run
from resolvers.plan.selecting import Compiled

ROOM = 250_000
"""Characters of documents whose selection under a set of conditions (@skip, @include) is kept, counted for
each set; another one is compiled afresh. One character takes some 300 bytes at most.
"""

Held = tuple[bool, ...]
Selections = LRUCache[tuple["Plan", Held], Compiled]
"""Of all plans of one schema: a document of a page has as many sets of conditions as a caller likes."""


@lru_cache(maxsize=8)
def _inputs_of(schema: GraphQLSchema) -> Inputs | None:
    return Inputs(schema) if knows(schema) else None


@lru_cache(maxsize=8)
def _selections_of(_: GraphQLSchema) -> Selections:
    return LRUCache(ROOM, getsizeof=lambda one: one.characters)


@lru_cache(maxsize=8)
def _growth_of(_: GraphQLSchema) -> Growth:
    return Growth()


def planned(schema: GraphQLSchema, document: DocumentNode, operation: str | None) -> "Plan | None":
    """The plan of a valid document's operation; none where graphql-core is to run it."""
    inputs = _inputs_of(schema)
    if inputs is None:
        return None
    try:
        found = operation_of(schema, document, operation)
        return Plan(found, inputs, _selections_of(schema), _growth_of(schema))
    except Unplannable:
        return None


class Variable(NamedTuple):
    """One variable of a query: how it is coerced, and what it is where nothing is given."""

    name: str
    coerce: Coercer
    required: bool
    default: object

    @classmethod
    def of(cls, operation: Operation, inputs: Inputs, node: VariableDefinitionNode) -> "Variable":
        """Raises `Unplannable` for a type that the plan does not coerce."""
        type_ = type_from_ast(operation.schema, node.type)
        assert is_input_type(type_), "the document is valid"
        default: object = Undefined
        if node.default_value is not None:
            default = constant(inputs, type_, node.default_value)
        required = isinstance(type_, GraphQLNonNull) and default is Undefined
        return cls(node.variable.name.value, coercer(inputs, type_), required, default)


class Plan:
    """A query that is run without being walked again."""

    def __init__(
        self, operation: Operation, inputs: Inputs, selections: Selections, growth: Growth
    ) -> None:
        self._operation = operation
        self._inputs = inputs
        self._selections = selections
        self._growth = growth
        self._only: Compiled | None = None  # where there are no conditions
        self._usual: tuple[Held, Compiled] | None = None
        definitions = operation.node.variable_definitions or ()
        self._variables = [Variable.of(operation, inputs, one) for one in definitions]

    def bound(self, variables: Mapping[str, object]) -> Run | None:
        """A run with these variables; none where they don't fit, and graphql-core is to say why."""
        coerced: dict[str, object] = {}
        try:
            for name, coerce, required, default in self._variables:
                if name in variables:
                    coerced[name] = coerce(variables[name])
                elif required:
                    return None
                elif default is not Undefined:
                    coerced[name] = default
        except Exception:  # whatever a scalar raises: graphql-core refuses it in its own words
            return None
        selection = self._only or self._selection(coerced)
        return None if selection is None else Run(self._operation, variables, coerced, selection)

    def _selection(self, coerced: Variables) -> Compiled | None:
        """What is selected where its conditions are these; none where one of them is null."""
        given = [coerced.get(name) for name in self._operation.conditions]
        if not all(isinstance(one, bool) for one in given):
            return None
        held = tuple(map(bool, given))
        if self._usual is not None and self._usual[0] == held:
            return self._usual[1]
        known = self._selections.get((self, held))
        return self._compiled(held) if known is None else known

    def _compiled(self, held: Held) -> Compiled:
        """The first is forgotten with the plan: a document that is read once may hold an identifier."""
        conditions = dict(zip(self._operation.conditions, held, strict=True))
        compiled = Compiled(self._operation, self._inputs, conditions, self._growth)
        if self._usual is None:
            self._usual = held, compiled
            self._only = None if held else compiled
        elif compiled.characters <= ROOM:
            self._selections[self, held] = compiled
        return compiled
