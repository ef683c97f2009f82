"""From the text of a document to what runs: parsed, validated and compiled once for all of its shape."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import msgspec
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Source,
    parse,
    validate,
)

from resolvers.documents.checked import Checked, Chosen
from resolvers.documents.lifting import HARMLESS, Lifted, lifted
from resolvers.documents.literals import Cut, cut
from resolvers.documents.memory import Memory
from resolvers.documents.planning import Planner, unplanned
from resolvers.errors import CallerError, Code
from resolvers.limits import Limits

IDENTIFIER = re.compile(
    r"[0-9]{15}|[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", re.IGNORECASE | re.ASCII
)
"""Resident ids of either length, and credit codes: no text that holds one is remembered."""
NOTHING: Mapping[str, object] = MappingProxyType({})
OFTEN = 10
"""How often a text is read by its shape before it is worth a plan of its own."""
LATELY = 4096
"""Texts of which it is known how often they came."""


@dataclass(frozen=True, slots=True)
class Lifting:
    """The literals of one text, as the values of variables, and what places errors in that text."""

    values: Mapping[str, object] = field(repr=False)
    text: str = field(repr=False)
    cut: Cut = field(repr=False)
    lifted: Lifted = field(repr=False)

    def placed(self, answer: ExecutionResult) -> ExecutionResult:
        """The answer with its errors where they are in the text."""
        errors = [self._placed(error) for error in answer.errors or ()]
        return ExecutionResult(answer.data, errors or None, answer.extensions)

    def _placed(self, error: GraphQLError) -> GraphQLError:
        places = [self.lifted.place(one, self.cut) for one in error.positions or ()]
        return GraphQLError(
            error.message,
            source=Source(self.text),
            positions=places or None,
            path=error.path,
            original_error=error.original_error,
            extensions=error.extensions,
        )


class Written(msgspec.Struct, frozen=True):
    """A text: its document, and the literals that stand in it where it is one of many of its shape."""

    checked: Checked
    lifting: Lifting | None = None


@dataclass(frozen=True, slots=True)
class _Shape:
    """A document with its literals lifted; or which of them first tell which document it is."""

    checked: Checked
    lifted: Lifted


@dataclass(frozen=True, slots=True)
class _Kept:
    """Texts of this shape differ in literals that can't be lifted, too."""

    numbers: tuple[int, ...]


class Documents:
    """Reads documents under the limits, and remembers them; no literal of a caller's is remembered."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, planner: Planner = unplanned) -> None:
        self._schema = schema
        self._limits = limits
        self._planner = planner
        self._registered: dict[str, Written] = {}
        self._texts: Memory[Written] = Memory()
        self._shapes: Memory[_Shape | _Kept] = Memory()
        self._came: Memory[int] = Memory(LATELY)  # how often, by the hash of a harmless text

    def register(self, texts: Iterable[str]) -> int:
        """Compile texts that are never forgotten, in place of those before; tells how many are wrong."""
        self._registered = {text: Written(self._compiled(text)) for text in texts}
        return sum(bool(one.checked.errors) for one in self._registered.values())

    def _compiled(self, text: str) -> Checked:
        checked = self.check(text)
        if checked.document is not None and not checked.errors:
            for one in checked.document.definitions:
                if isinstance(one, OperationDefinitionNode):
                    name = None if one.name is None else one.name.value
                    checked.choose(self._schema, self._planner, name)
        return checked

    def may_keep(self, text: str) -> bool:
        """Whether the text is in order and holds nothing that may be of a person: it may be kept."""
        return _is_harmless(text, cut(text)) and not self.read(text).checked.errors

    def chosen(self, written: Written, operation: str | None) -> Chosen:
        """The operation of that name in a document, compiled when it is asked for first."""
        checked = written.checked
        known = checked.chosen.get(operation)
        return checked.choose(self._schema, self._planner, operation) if known is None else known

    def read(self, text: str) -> Written:
        """The document, from memory where it, or another of its shape, was seen before."""
        known = self._registered.get(text) or self._texts.get(text)
        if known is not None:
            return known
        given = cut(text)
        if not given.literals:
            return self._remembered(text)
        if self._comes_often(text, given):
            return self._remembered(text)
        return self._read_shape(text, given) or Written(self._of_a_new_shape(text, given))

    def _comes_often(self, text: str, given: Cut) -> bool:
        """Whether a text that holds nothing of a person came so often that it is to be remembered.

        Once told it is counted anew: what can't be remembered after all is seldom tried.
        """
        if not _is_harmless(text, given):
            return False
        key = hash(text)
        times = (self._came.get(key) or 0) + 1
        self._came.put(key, 1, times % OFTEN)
        return times == OFTEN

    def read_as_written(self, text: str) -> Written:
        """The document with its literals in it: nothing is remembered."""
        return Written(self.check(text))

    def check(self, text: str) -> Checked:
        """The document, parsed and validated."""
        try:
            document = parse(text, max_tokens=self._limits.tokens)
        except GraphQLError as error:
            return Checked(None, [error])
        if objection := self._limits.objection(document):
            return Checked(None, [too_large(objection)])
        return Checked(document, validate(self._schema, document, max_errors=20))

    def _remembered(self, text: str) -> Written:
        checked = self.check(text)
        written = Written(checked)
        # In a wrong one a name may stand where only words of the language may.
        if not checked.errors and not IDENTIFIER.search(text):
            self._texts.put(text, len(text), written)
        return written

    def _read_shape(self, text: str, given: Cut) -> Written | None:
        shape = given.shape
        known = self._shapes.get(shape)
        if isinstance(known, _Kept):
            known = self._shapes.get((*shape, *[given.literals[one] for one in known.numbers]))
        if not isinstance(known, _Shape):
            return None
        values = known.lifted.values(given)
        if values is None:
            return None
        return Written(known.checked, Lifting(values, text, given, known.lifted))

    def _of_a_new_shape(self, text: str, given: Cut) -> Checked:
        checked = self.check(text)
        if checked.document is not None and not checked.errors:
            found = lifted(self._schema, checked.document, given)
            if found is not None:
                self._remember(given, found)
        return checked

    def _remember(self, given: Cut, found: Lifted) -> None:
        gaps, kinds = given.shape
        if IDENTIFIER.search(gaps):
            return
        size = len(gaps) + len(kinds)
        key: tuple[str, ...] = (gaps, kinds)
        if found.kept:
            self._shapes.put(key, size, _Kept(found.kept))
            key = (*key, *[given.literals[one] for one in found.kept])
        self._shapes.put(key, size, _Shape(Checked(found.document, []), found))


def _is_harmless(text: str, given: Cut) -> bool:
    return all(map(HARMLESS.fullmatch, given.literals)) and not IDENTIFIER.search(text)


def too_large(message: str) -> GraphQLError:
    """More than one request may ask."""
    trouble = CallerError(Code.TOO_LARGE, message, "Split it over several requests.")
    return GraphQLError(message, original_error=trouble)
