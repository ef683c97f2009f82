"""How much one request may ask, measured before anything of it is validated or run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request, and of what a caller may hold open.

    `fields` counts every field with all fragments written out, `same` how often one answer key may
    be selected in one selection set, `explored` the list entries read while exploring (rows,
    materials, declared fields …), `body_bytes` what is read of a body or a message, `connections` what
    one key may hold open (sockets and event streams), `operations` what one socket may run at once.
    """

    lookups: int = 1000
    depth: int = 16
    aliases: int = 400
    fields: int = 20_000
    same: int = 50
    tokens: int = 10_000
    explored: int = 20_000
    body_bytes: int = 2_000_000
    connections: int = 500
    operations: int = 100

    def objection(self, document: DocumentNode) -> str | None:
        """What is too much about a document, or nothing; takes time in proportion to its text."""
        measured = _Measure.of(document)
        for what, most, given in (
            ("depth", self.depth, measured.depth),
            ("aliases", self.aliases, measured.aliases),
            ("fields with all fragments written out", self.fields, measured.fields),
            ("selections of one name side by side", self.same, measured.same),
        ):
            if given > most:
                return f"The document has more than is allowed of: {what} (allowed: {most})."
        return None


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    fields: int = 0


@dataclass(slots=True)
class _Measure:
    """Walks each selection set once; a fragment's size is remembered, an undefined one has none."""

    fragments: Mapping[str, FragmentDefinitionNode]
    depth: int = 0
    fields: int = 0
    aliases: int = 0
    same: int = 0
    _sizes: dict[str, _Size] = field(default_factory=dict)

    @classmethod
    def of(cls, document: DocumentNode) -> "_Measure":
        fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        measure = cls(fragments)
        for one in document.definitions:
            if isinstance(one, OperationDefinitionNode):
                size = measure._set(one.selection_set)
                measure.depth = max(measure.depth, size.depth)
                measure.fields += size.fields
        return measure

    def _set(self, selections: SelectionSetNode) -> _Size:
        depth, fields = 0, 0
        keys: Counter[str] = Counter()
        for node in selections.selections:
            match node:
                case FieldNode():
                    size = self._field(node)
                    keys[(node.alias or node.name).value] += 1
                case InlineFragmentNode():
                    size = self._set(node.selection_set)
                case FragmentSpreadNode():
                    size = self._fragment(node.name.value)
                    keys[f"...{node.name.value}"] += 1
                case _:
                    continue
            depth, fields = max(depth, size.depth), fields + size.fields
        self.same = max(self.same, *keys.values(), 0)
        return _Size(depth, fields)

    def _field(self, node: FieldNode) -> _Size:
        self.aliases += node.alias is not None
        if node.selection_set is None:
            return _Size(1, 1)
        below = self._set(node.selection_set)
        # Introspection is as deep as its tools want it; its cost is in its fields.
        depth = 1 if node.name.value.startswith("__") else below.depth + 1
        return _Size(depth, below.fields + 1)

    def _fragment(self, name: str) -> _Size:
        if name not in self._sizes:
            self._sizes[name] = _Size()  # while it is measured: a cycle ends here
            if name in self.fragments:
                self._sizes[name] = self._set(self.fragments[name].selection_set)
        return self._sizes[name]
