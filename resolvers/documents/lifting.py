"""Lifts literal values out of a document, as variables, so that others of its shape need no parser."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLID,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    IntValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    VariablesInAllowedPositionRule,
    Visitor,
    is_scalar_type,
    is_specified_scalar_type,
    parse,
    validate,
    visit,
)
from graphql.language import Node

from resolvers.documents.literals import COMMENT, NUMBER, STRING, Cut, NoValue, number_of, text_of

NAME = "lifted"
HARMLESS = re.compile(r'-?[0-9]{1,6}|"[a-z_]{0,60}"|#')
"""Literals that may be kept where they stand: no identifier, number or name of a person is one."""
RULES = (OverlappingFieldsCanBeMergedRule, VariablesInAllowedPositionRule)
"""The rules that may object to a variable where they have nothing against a value."""

Reader = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a literal stands, and the scalar that is wanted there, if a variable may stand there."""

    start: int
    scalar: GraphQLScalarType | None


@dataclass(frozen=True, slots=True)
class _Slot:
    """The literal of that number is the value of a variable."""

    number: int
    name: str
    scalar: GraphQLScalarType
    read: Reader


@dataclass(frozen=True, slots=True)
class Lifted:
    """A document whose literals are variables, but for those that are `kept`.

    `cut` is its own text, in which the variables stand in for the literals.
    """

    document: DocumentNode
    cut: Cut
    slots: Sequence[_Slot]
    kept: tuple[int, ...]
    strings: Mapping[str, int] | None  # the literal's number by variable, where all are strings

    def values(self, given: Cut) -> dict[str, object] | None:
        """The values of the variables in a text of this shape; none where it has a literal without."""
        literals = given.literals
        if self.strings is not None and given.is_plain:
            return {name: literals[number][1:-1] for name, number in self.strings.items()}
        try:
            return {slot.name: slot.read(literals[slot.number]) for slot in self.slots}
        except (NoValue, GraphQLError):
            return None

    def place(self, position: int, given: Cut) -> int:
        """Where in a text of this shape stands what stands at a position of this one's."""
        ours = theirs = 0
        for gap, mine, its in zip(self.cut.gaps, self.cut.literals, given.literals, strict=False):
            if position <= ours + len(gap):
                break
            ours, theirs = ours + len(gap) + len(mine), theirs + len(gap) + len(its)
        return theirs + position - ours


def lifted(schema: GraphQLSchema, document: DocumentNode, given: Cut) -> Lifted | None:
    """The valid document with its literals lifted; none where it might then be answered otherwise."""
    places = _places(schema, document)
    numbers = [number for number, kind in enumerate(given.kinds) if kind != COMMENT]
    starts = list(_starts(given))
    if [place.start for place in places] != [starts[number] for number in numbers]:
        return None
    prefix = _unused(document)
    slots = [
        _Slot(number, f"{prefix}{number}", place.scalar, _reader(place.scalar, given.kinds[number]))
        for number, place in zip(numbers, places, strict=True)
        if place.scalar is not None
    ]
    return _checked(schema, _rewritten(given, slots))


def _checked(schema: GraphQLSchema, result: Lifted | None) -> Lifted | None:
    if result is None or validate(schema, result.document, RULES):
        return None
    return result


def _rewritten(given: Cut, slots: Sequence[_Slot]) -> Lifted | None:
    written = [COMMENT if kind == COMMENT else "" for kind in given.kinds]
    for slot in slots:
        written[slot.number] = f"${slot.name}"
    kept = tuple(number for number, text in enumerate(written) if not text)
    for number in kept:
        written[number] = given.literals[number]
        if not HARMLESS.fullmatch(written[number]):
            return None
    document = parse(given.written(written))
    definitions = tuple(
        _with_variables(one, slots) if isinstance(one, OperationDefinitionNode) else one
        for one in document.definitions
    )
    document = replace(document, definitions=definitions)
    own = Cut(given.gaps, given.kinds, written)
    return Lifted(document, own, slots, kept, _strings(given, slots))


def _strings(given: Cut, slots: Sequence[_Slot]) -> Mapping[str, int] | None:
    all_are = all(given.kinds[slot.number] == STRING for slot in slots)
    return {slot.name: slot.number for slot in slots} if all_are else None


def _with_variables(
    operation: OperationDefinitionNode, slots: Sequence[_Slot]
) -> OperationDefinitionNode:
    more = [_definition(slot) for slot in slots]
    return replace(operation, variable_definitions=(*(operation.variable_definitions or ()), *more))


def _definition(slot: _Slot) -> VariableDefinitionNode:
    wanted = NamedTypeNode(name=NameNode(value=slot.scalar.name))
    return VariableDefinitionNode(
        variable=VariableNode(name=NameNode(value=slot.name)),
        type=NonNullTypeNode(type=wanted),
        directives=(),
    )


def _starts(given: Cut) -> Iterator[int]:
    """Where each literal begins."""
    position = 0
    for gap, literal in zip(given.gaps, given.literals, strict=False):
        yield position + len(gap)
        position += len(gap) + len(literal)


def _unused(document: DocumentNode) -> str:
    """The beginning of names that no variable of the document has."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    names = [
        one.variable.name.value for each in operations for one in each.variable_definitions or ()
    ]
    prefix = NAME
    while any(name.startswith(prefix) for name in names):
        prefix += "_"
    return prefix


def _reader(scalar: GraphQLScalarType, kind: str) -> Reader:
    """What makes of a literal the value that a variable is given to mean the same."""
    return number_of if kind == NUMBER and scalar is not GraphQLID else text_of


def _places(schema: GraphQLSchema, document: DocumentNode) -> list[_Place]:
    """Where each string and whole number of the document stands, in their order."""
    types = TypeInfo(schema)
    search = _Search(types)
    visit(document, TypeInfoVisitor(types, search))
    return sorted(search.found, key=lambda place: place.start)


class _Search(Visitor):
    """Finds the literals, and what is wanted in their places."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.found: list[_Place] = []
        self._types = types
        self._constant = False

    def enter_variable_definition(self, *_: object) -> None:
        """No variable may stand in the default values and directives of variables."""
        self._constant = True

    def leave_variable_definition(self, *_: object) -> None:
        """Now they may again."""
        self._constant = False

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        """A string, or a description."""
        self._find(node)

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        """A whole number."""
        self._find(node)

    def _find(self, node: Node) -> None:
        assert node.loc is not None
        scalar = None if self._constant else _liftable(self._types.get_input_type())
        self.found.append(_Place(node.loc.start, scalar))


def _liftable(wanted: GraphQLInputType | None) -> GraphQLScalarType | None:
    """The scalar, where it takes a literal as it takes the value of a variable."""
    scalar = wanted.of_type if isinstance(wanted, GraphQLNonNull) else wanted
    if not is_scalar_type(scalar):
        return None
    # What reads literals in its own way might read them differently.
    own = scalar.coerce_input_literal is not None or "parse_literal" in vars(scalar)
    return None if own and not is_specified_scalar_type(scalar) else scalar
