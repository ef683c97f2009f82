"""Interfaces of a platform: one TOML file each, checked against the certificate type it serves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.contract import AnswerShape, Blank, CodeTest, FieldSource, Interface
from connectors.dialects import Dialect
from connectors.templates import FACTS, facts_named
from hub.declarations.reading import Table, complaint, listed, near
from hub.declarations.words import CertificateType

_EVERY_TYPE = "all"
_SUCCESS_FORM = (
    '[answer.success] with path and values of the code for success, or blank = "failure"'
)


@dataclass(frozen=True, slots=True)
class Serving:
    """What an interface file is checked against: the platform's dialect, default timeout, types."""

    dialect: Dialect
    timeout: float
    types: Mapping[str, CertificateType]


def read_interfaces(root: Table, serving: Serving) -> Iterator[tuple[str, Interface]]:
    """The interfaces that one file declares, each with the certificate type it serves."""
    if "certificates" in root.entries:
        yield from _every_type(root, serving)
    else:
        yield _one_type(root, serving)


def _every_type(root: Table, serving: Serving) -> Iterator[tuple[str, Interface]]:
    if serving.dialect.target_key is not None:
        raise root.wrong(
            "certificates", "this dialect has one interface per type", 'certificate = "<type>"'
        )
    root.only("certificates", "style", "timeout")
    root.choice("certificates", (_EVERY_TYPE,))
    style = root.choice("style", sorted(serving.dialect.styles))
    timeout = root.seconds("timeout", serving.timeout)
    for kind in serving.types.values():
        fields = tuple(FieldSource(f.name, f.name, f.kind) for f in kind.fields.values())
        shape = AnswerShape(rows="fields", fields=fields)
        yield kind.name, Interface(kind.name, kind.name, style, {}, shape, timeout)


def _one_type(root: Table, serving: Serving) -> tuple[str, Interface]:
    target_key = serving.dialect.target_key
    if target_key is None:
        raise root.wrong("certificate", "this dialect serves every type", 'certificates = "all"')
    root.only("certificate", target_key, "style", "timeout", "parameters", "answer", "fields")
    kind = _served_type(root, serving.types)
    return kind.name, Interface(
        name=root.file.stem,
        target=_target(root, target_key),
        style=root.choice("style", sorted(serving.dialect.styles)),
        parameters=_parameters(root.table_if_any("parameters")),
        answer=_shape(root.table("answer"), _sources(root.table("fields"), kind), serving.dialect),
        timeout=root.seconds("timeout", serving.timeout),
    )


def _served_type(root: Table, types: Mapping[str, CertificateType]) -> CertificateType:
    name = root.text("certificate")
    if name not in types:
        allowed = f"one of the declared certificate types ({len(types)}), or add {name}.toml"
        raise root.given("certificate", allowed, near(name, types))
    return types[name]


def _target(root: Table, key: str) -> str:
    target = root.text(key)
    if key == "path" and not re.fullmatch(r"/[^\s?#]*", target):
        raise root.given(key, "a path that begins with / and has neither ? nor # nor blanks")
    return target


def _parameters(table: Table) -> dict[str, str]:
    templates = {parameter: table.text_or_blank(parameter) for parameter in table.entries}
    for parameter, template in templates.items():
        for fact in facts_named(template):
            if fact not in FACTS:
                problem = f'the template names "{fact}", which is no fact of an inquiry'
                raise table.wrong(parameter, problem, listed(sorted(FACTS)), near(fact, FACTS))
    return templates


def _shape(answer: Table, fields: tuple[FieldSource, ...], dialect: Dialect) -> AnswerShape:
    answer.only("rows", "blank", "holder", "newest", "success", "absent")
    blank, success = Blank(answer.choice("blank", Blank)), _code_test(answer, "success")
    if blank is Blank.NOT_HELD and success is None and not dialect.coded:
        problem = f"missing: {dialect.name} has no code of its own, so a blank could be an error"
        raise answer.wrong("success", problem, _SUCCESS_FORM)
    return AnswerShape(
        rows=answer.text("rows"),
        fields=fields,
        blank=blank,
        success=success,
        absent=_code_test(answer, "absent"),
        holder=answer.texts("holder"),
        newest=answer.text_if_any("newest"),
    )


def _code_test(answer: Table, key: str) -> CodeTest | None:
    if key not in answer.entries:
        return None
    table = answer.table(key)
    table.only("path", "values")
    values = table.texts("values")
    if not values:
        raise table.wrong("values", "no values", 'a list of the codes that pass, such as ["1"]')
    return CodeTest(table.text("path"), values)


def _sources(table: Table, kind: CertificateType) -> tuple[FieldSource, ...]:
    if not table.entries:
        allowed = f"at least one of {listed(kind.fields)}"
        raise complaint(table.file, table.at, "no field is mapped", allowed)
    for name in table.entries:
        if name not in kind.fields:
            problem = f"{kind.name} has no such field"
            raise table.wrong(name, problem, listed(kind.fields), near(name, kind.fields))
    return tuple(FieldSource(n, key, kind.fields[n].kind) for n, key in table.all_texts().items())
