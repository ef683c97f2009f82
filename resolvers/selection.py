"""Which certificate fields a query selects: they, and no others, are disclosed and recorded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)
from graphql.execution.values import get_directive_values
from strawberry.types import Info

from hub.declarations.words import CertificateType
from resolvers.plan.info import LightInfo

Fragments = Mapping[str, FragmentDefinitionNode]
ROLES = {
    "number": "number",
    "issuedOn": "issued_on",
    "validFrom": "valid_from",
    "validUntil": "valid_until",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """GraphQL field names selected on a certificate: on every type, and by concrete type.

    `read` is what `fields_of` has told so far, by certificate type.
    """

    common: frozenset[str]
    by_type: Mapping[str, frozenset[str]]
    read: dict[str, frozenset[str] | None] = field(default_factory=dict, compare=False)

    def selects(self, type_name: str, *names: str) -> bool:
        """Whether any of the names is selected on a type."""
        chosen = self.common | self.by_type.get(type_name, frozenset())
        return not chosen.isdisjoint(names)

    def fields_of(
        self, certificate: CertificateType, type_name: str, names: Mapping[str, str]
    ) -> frozenset[str] | None:
        """The declared fields selected of one certificate type; `None` where all are.

        `names` maps the GraphQL names of its fields to the declared ones.
        """
        name = certificate.name
        if name not in self.read:
            self.read[name] = self._read(certificate, type_name, names)
        return self.read[name]

    def _read(
        self, certificate: CertificateType, type_name: str, names: Mapping[str, str]
    ) -> frozenset[str] | None:
        chosen = self.common | self.by_type.get(type_name, frozenset())
        if "attributes" in chosen:
            return None
        fields = {names[name] for name in chosen if name in names}
        for role, attribute in ROLES.items():
            field = getattr(certificate, attribute)
            if role in chosen and field is not None:
                fields.add(field)
        return frozenset(fields)


def selection_below(info: Info, *path: str) -> Selection:
    """What the query selects on the certificates found by following `path` down from this field."""
    if not isinstance(info, LightInfo):
        return _read_below(info, path)
    known = info.remembered.get(path)
    if known is None:
        known = info.remembered[path] = _read_below(info, path)
    return known


def _read_below(info: Info, path: Sequence[str]) -> Selection:
    raw = info._raw_info
    reader = _Reader(raw.fragments, raw.variable_values)
    sets = [node.selection_set for node in raw.field_nodes if node.selection_set]
    for name in path:
        sets = [
            field.selection_set
            for _, field in reader.fields(sets)
            if field.name.value == name and field.selection_set
        ]
    common: set[str] = set()
    by_type: dict[str, set[str]] = {}
    for condition, node in reader.fields(sets):
        chosen = common if condition is None else by_type.setdefault(condition, set())
        chosen.add(node.name.value)
    return Selection(
        frozenset(common), {name: frozenset(fields) for name, fields in by_type.items()}
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads selection sets through fragments, honouring @skip and @include."""

    fragments: Fragments
    variables: object

    def fields(
        self, sets: Sequence[SelectionSetNode], condition: str | None = None
    ) -> Iterator[tuple[str | None, FieldNode]]:
        """Every included field with the certificate type it is selected on, if any."""
        for one in sets:
            for node in one.selections:
                if self._included(node):
                    yield from self._read(node, condition)

    def _read(
        self, node: SelectionNode, condition: str | None
    ) -> Iterator[tuple[str | None, FieldNode]]:
        if isinstance(node, FieldNode):
            yield condition, node
            return
        fragment: InlineFragmentNode | FragmentDefinitionNode
        if isinstance(node, FragmentSpreadNode):
            fragment = self.fragments[node.name.value]
        else:
            assert isinstance(node, InlineFragmentNode)
            fragment = node
        on = fragment.type_condition.name.value if fragment.type_condition else None
        narrowed = condition if on in (None, "Certificate") else on
        yield from self.fields([fragment.selection_set], narrowed)

    def _included(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        return not self._directive(node, GraphQLSkipDirective, False) and self._directive(
            node, GraphQLIncludeDirective, True
        )

    def _directive(self, node: SelectionNode, directive: object, absent: bool) -> bool:
        values = get_directive_values(directive, node, self.variables)  # type: ignore[arg-type]  # graphql-core's own pair
        return absent if values is None else bool(values["if"])
