"""Certificate types: one TOML file each, named after the type."""

import re
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path

from connectors.contract import ValueKind
from hub.declarations.reading import Table, complaint, files_of, listed, near, read_table
from hub.declarations.words import (
    CertificateField,
    CertificateType,
    Freshness,
    Sensitivity,
)
from hub.evidence import HolderKind

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")
_NAME_FORM = "words of a-z and 0-9 joined by _, each beginning with a letter, no Python keyword"
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}")
_PARTS = ("number", "issued_on", "valid_from", "valid_until")
_FRESH = ("fresh_for", "absence_fresh_for")
_TAKEN_TYPES = frozenset({"all", "certificate", "query", "mutation", "subscription", "node"})
_TAKEN_FIELDS = frozenset(
    {"id", "type", "holder", "issuer", "legal_force", "source", "proof", "attributes", "as_of"}
)
_HOLDERS = {
    "person": frozenset({HolderKind.PERSON}),
    "organisation": frozenset({HolderKind.ORGANISATION}),
    "either": frozenset(HolderKind),
}


def packaged_certificates() -> Path:
    """The folder of the certificate types that come with the hub."""
    return Path(__file__).parent.parent / "certificates"


def load_certificate_types(*folders: Path) -> Mapping[str, CertificateType]:
    """Every certificate type of the folders by name; a name or code declared twice is an error."""
    types: dict[str, CertificateType] = {}
    declared: dict[str, Path] = {}
    for file in (file for folder in folders for file in files_of(folder)):
        kind = _certificate_type(read_table(file))
        for key, value in (("(file name)", kind.name), ("code", kind.code)):
            if value is not None:
                _refuse_twice(file, key, value, declared)
        types[kind.name] = kind
    return types


def _refuse_twice(file: Path, key: str, value: str, declared: dict[str, Path]) -> None:
    if value in declared:
        problem = f'"{value}" is declared already in {declared[value]}'
        raise complaint(file, key, problem, "one file per certificate type")
    declared[value] = file


def _certificate_type(root: Table) -> CertificateType:
    titles = ("title_zh", "title_en", "issuer_zh", "issuer_en")
    root.only(*titles, "code", "holder", "commitment_excluded", *_FRESH, *_PARTS, "fields")
    fields = _fields(root.table("fields"))
    parts = {part: _part(root, part, fields) for part in _PARTS}
    _check_names(root, fields, parts)
    return CertificateType(
        name=_type_name(root.file),
        code=_code(root),
        title_zh=root.text("title_zh"),
        title_en=root.text("title_en"),
        holders=_HOLDERS[root.choice("holder", _HOLDERS)],
        issuer_zh=root.text("issuer_zh"),
        issuer_en=root.text("issuer_en"),
        fields=fields,
        commitment_excluded=root.text_if_any("commitment_excluded"),
        freshness=_freshness(root, fields),
        **parts,
    )


def _freshness(root: Table, fields: Mapping[str, CertificateField]) -> Freshness:
    if not any(key in root.entries for key in _FRESH):
        return Freshness()
    sensitive = [one.name for one in fields.values() if one.sensitivity is Sensitivity.SENSITIVE]
    if sensitive:
        problem = f"an answer with a sensitive field ({sensitive[0]}) is never used again"
        raise root.wrong("fresh_for", problem, "to leave it out")
    held = root.whole("fresh_for", 0)
    absent = root.whole("absence_fresh_for", held) if "absence_fresh_for" in root.entries else 0
    if absent > held:
        raise root.given("absence_fresh_for", f"seconds up to those of fresh_for ({held})")
    return Freshness(held, absent)


def _is_name(word: str) -> bool:
    return NAME.fullmatch(word) is not None and not iskeyword(word)


def _type_name(file: Path) -> str:
    if not _is_name(file.stem):
        raise complaint(file, "(file name)", f'given "{file.stem}"', _NAME_FORM)
    if file.stem in _TAKEN_TYPES:
        problem = f'"{file.stem}" is a word of the schema itself'
        raise complaint(
            file, "(file name)", problem, f"any name but {listed(sorted(_TAKEN_TYPES))}"
        )
    return file.stem


def _code(root: Table) -> str | None:
    code = root.text_if_any("code")
    if code is not None and not _CODE.fullmatch(code):
        raise root.given(
            "code", "a type code of GB/T 36903: credit code of 18 characters, 3 digits"
        )
    return code


def _fields(table: Table) -> dict[str, CertificateField]:
    if not table.entries:
        raise complaint(table.file, "fields", "empty", "at least one table, [fields.<name>]")
    return {name: _field(name, entry) for name, entry in table.tables()}


def _field(name: str, entry: Table) -> CertificateField:
    if not _is_name(name):
        raise complaint(entry.file, entry.at, f'given the name "{name}"', _NAME_FORM)
    entry.only("label_zh", "label_en", "type", "sensitivity")
    return CertificateField(
        name=name,
        label_zh=entry.text("label_zh"),
        label_en=entry.text("label_en"),
        kind=ValueKind(entry.choice("type", ValueKind)),
        sensitivity=Sensitivity(entry.choice("sensitivity", Sensitivity)),
    )


def _part(root: Table, part: str, fields: Mapping[str, CertificateField]) -> str | None:
    name = root.text_if_any(part)
    if name is None:
        return None
    kinds = (ValueKind.TEXT, ValueKind.IDENTIFIER) if part == "number" else (ValueKind.DATE,)
    fitting = [field.name for field in fields.values() if field.kind in kinds]
    if name not in fitting:
        allowed = f"a declared field of type {' or '.join(kinds)} ({listed(fitting) or 'none yet'})"
        raise root.given(part, allowed, near(name, fitting))
    return name


def _check_names(
    root: Table, fields: Mapping[str, CertificateField], parts: Mapping[str, str | None]
) -> None:
    for name in fields:
        if name in _TAKEN_FIELDS:
            taken = listed(sorted(_TAKEN_FIELDS))
            raise root.wrong(f"fields.{name}", "every certificate has this", f"any but {taken}")
        if name in _PARTS and parts[name] != name:
            player = f'"{parts[name]}" does' if parts[name] else "none does"
            problem = f"only the field that plays this part may have its name, and {player}"
            raise root.wrong(f"fields.{name}", problem, f'another name, or {name} = "{name}"')
