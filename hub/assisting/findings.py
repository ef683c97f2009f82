"""What a verifier writes down, checked against the declared fields before it goes under a seal."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connectors.assisted_parts import Told
from connectors.contract import ValueKind
from hub.declarations.words import CertificateField, CertificateType
from hub.guidance import close_matches

LONGEST_TEXT = 1000
MOST_TEXTS = 100
LONGEST_LIST = 10_000
"""Characters of all texts of a field together: several such fields fit into one call of the desk."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,15}", re.ASCII)
_SEXES = ("male", "female", "unknown")


@dataclass(frozen=True, slots=True)
class Written:
    """One field as it was written: a text, or texts where there are several; neither leaves it open."""

    name: str
    text: str | None = field(default=None, repr=False)
    texts: tuple[str, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Unsound:
    """What is wrong with what was written, and how to write it; it quotes no value."""

    problem: str
    remedy: str


def read_values(
    declared: CertificateType, asked: Sequence[str], written: Sequence[Written]
) -> Mapping[str, Told] | Unsound:
    """The values by field as the platform takes them; `asked` are the fields still to be answered."""
    names = [one.name for one in written]
    if not names:
        return Unsound("no field is answered", f"Give at least one of: {', '.join(asked)}.")
    if len(set(names)) < len(names):
        return Unsound("a field is answered twice", "Give each field once.")
    values: dict[str, Told] = {}
    for one in written:
        if one.name not in declared.fields:
            return _unknown(declared, asked, one.name)
        value = _value(declared.fields[one.name], one)
        if isinstance(value, Unsound):
            return value
        values[one.name] = value
    return values


def _unknown(declared: CertificateType, asked: Sequence[str], name: str) -> Unsound:
    return Unsound(
        f"{declared.name} ({declared.title_zh}) has no field of this name",
        f"{close_matches(name, declared.fields)} Allowed now: {', '.join(asked)}.",
    )


def _value(declared: CertificateField, written: Written) -> Told | Unsound:
    several = declared.kind is ValueKind.TEXTS
    if (written.text is not None and several) or (written.texts is not None and not several):
        right, wrong = ("texts", "value") if several else ("value", "texts")
        problem = f"{declared.name} ({declared.label_zh}) is given as `{wrong}`"
        return Unsound(problem, f"Give it as `{right}`.")
    if several:
        return None if written.texts is None else _texts(declared, written.texts)
    return None if written.text is None else _read(declared, written.text)


def _texts(declared: CertificateField, texts: tuple[str, ...]) -> Told | Unsound:
    fits = 0 < len(texts) <= MOST_TEXTS and sum(map(len, texts)) <= LONGEST_LIST
    if fits and all(map(_is_text, texts)):
        return texts
    remedy = (
        f"Give 1 to {MOST_TEXTS} printable texts of 1 to {LONGEST_TEXT} characters, "
        f"{LONGEST_LIST} in all."
    )
    return _wrong(declared, remedy)


def _read(declared: CertificateField, text: str) -> Told | Unsound:
    form = _FORMS[declared.kind]
    return form.read(text) if form.fits(text) else _wrong(declared, form.remedy)


def _wrong(declared: CertificateField, remedy: str) -> Unsound:
    return Unsound(f"the value of {declared.name} ({declared.label_zh}) can't be read", remedy)


def _is_text(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TEXT and text.isprintable() and text == text.strip()


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_identifier(text: str) -> bool:
    return _is_text(text) and " " not in text


def _as_it_is(text: str) -> Told:
    return text


def _truth(text: str) -> Told:
    return text == "true"


@dataclass(frozen=True, slots=True)
class _Form:
    fits: Callable[[str], object]
    remedy: str
    read: Callable[[str], Told] = _as_it_is


_OPEN = "leave `value` out where the record leaves it open."
_FORMS: Mapping[ValueKind, _Form] = {
    ValueKind.TEXT: _Form(
        _is_text,
        f"Give 1 to {LONGEST_TEXT} printable characters without blanks around them; {_OPEN}",
    ),
    ValueKind.IDENTIFIER: _Form(
        _is_identifier,
        f"Give the number as the document has it, without blanks; {_OPEN}",
        str.upper,
    ),
    ValueKind.SEX: _Form(_SEXES.__contains__, f"Give one of {', '.join(_SEXES)}; {_OPEN}"),
    ValueKind.DATE: _Form(
        _is_date, f"Give a date of the calendar as yyyy-MM-dd, such as 2026-03-09; {_OPEN}"
    ),
    ValueKind.DECIMAL: _Form(
        _DECIMAL.fullmatch, f"Give digits with a point at most, such as 120.50; {_OPEN}"
    ),
    ValueKind.INTEGER: _Form(
        _INTEGER.fullmatch, f"Give a whole number of at most 15 digits; {_OPEN}", int
    ),
    ValueKind.BOOLEAN: _Form(
        ("true", "false").__contains__, f"Give true or false; {_OPEN}", _truth
    ),
}
