"""The example tabs that GraphiQL opens with."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from types import MappingProxyType

from graphql import get_operation_ast, parse

EXAMPLES = Path(__file__).parent / "examples"

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "resident_id": "<resident id 公民身份号码>",
        "resident_name": "<name 姓名>",
        "other_resident_id": "<another resident id 另一公民身份号码>",
        "other_resident_name": "<name 姓名>",
        "other_certificate": "<another certificate type of the item 事项所需的另一证照>",
        "denied_certificate": "<a certificate type the item does not need 事项不需要的证照>",
        "item": "<item code 事项编码>",
        "case": "<case number 办件编号>",
        "operator": "<operator 操作人员>",
        "pending_resident_id": "<resident id of whom something is held nowhere 公民身份号码>",
        "pending_resident_name": "<name 姓名>",
        "issuer_key": "<API key of an issuer's people 出具单位的密钥>",
        "verifier": "<verifier 核查人员>",
        "keeper": "<seal keeper 印章管理人员>",
    }
)
"""Every name the examples leave open, with a text that says what belongs there."""


@dataclass(frozen=True, slots=True)
class ExampleTab:
    """A query with its variables (JSON text); the title is the name of its operation.

    `headers` (JSON text) are its own where it is somebody else's to ask than the page's key.
    """

    title: str
    query: str
    variables: str
    headers: str | None = field(default=None, repr=False)


def load_examples(substitutions: Mapping[str, str] = PLACEHOLDERS) -> tuple[ExampleTab, ...]:
    """The examples in the order of their file names, each open name filled in."""
    return tuple(_tabs(EXAMPLES, substitutions))


def _tabs(folder: Path, substitutions: Mapping[str, str]) -> Iterator[ExampleTab]:
    for file in sorted(folder.glob("*.graphql")):
        query = file.read_text(encoding="utf-8")
        variables = _filled(file.with_suffix(".json"), substitutions)
        own = file.with_suffix(".headers.json")
        headers = _filled(own, substitutions) if own.exists() else None
        yield ExampleTab(_operation_name(query), query, variables, headers)


def _filled(file: Path, substitutions: Mapping[str, str]) -> str:
    """The file's text with each `${name}`, always inside a JSON string, replaced."""
    inside_a_string = {name: _escaped(value) for name, value in substitutions.items()}
    try:
        return Template(file.read_text(encoding="utf-8")).substitute(inside_a_string)
    except KeyError as missing:
        raise LookupError(
            f"examples/{file.name} leaves {missing} open: give it in the substitutions "
            f"(known names: {', '.join(PLACEHOLDERS)})."
        ) from None


def _escaped(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _operation_name(query: str) -> str:
    operation = get_operation_ast(parse(query))
    return operation.name.value if operation and operation.name else "Example"
