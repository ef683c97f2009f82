"""What a checked proof says: its machine-readable twin, read against the declared fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from connectors.contract import Value, ValueKind
from hub.declarations.words import CertificateType
from hub.notary.reading import Misread, Reading, read_object
from hub.notary.statements import FORMAT, read_endorsement, read_sealed
from hub.notary.words import AnswerKind, Endorsement, SealKind, Unit

_SEXES = frozenset({"male", "female", "unknown"})


@dataclass(frozen=True, slots=True)
class Twin:
    """What a proof says; `values` are those it has, a field still to be verified has none.

    `content_sha256` is the digest of the document as it was sealed, before it was endorsed.
    """

    document_number: str
    certificate: str
    kind: SealKind
    answer: AnswerKind
    holder: str = field(repr=False)
    unit: Unit
    values: Mapping[str, Value] = field(repr=False)
    content_sha256: str
    endorsement: Endorsement = field(repr=False)


def read_twin(text: bytes, declared: CertificateType) -> Twin:
    """The twin of a proof of a declared certificate; raises `Misread`, which quotes no value."""
    whole = read_object(text, FORMAT)
    content = whole.within("content")
    sealed = read_sealed(content.values)
    lines = {line.text("name"): line for line in content.each("fields")}
    return Twin(
        document_number=sealed.document_number,
        certificate=sealed.certificate,
        kind=sealed.kind,
        answer=sealed.answer,
        holder=sealed.holder,
        unit=sealed.unit,
        values={
            name: _value(name, line, declared)
            for name, line in lines.items()
            if line.values.get("value") is not None
        },
        content_sha256=whole.text("contentSha256"),
        endorsement=read_endorsement(whole.within("endorsement").values),
    )


def _value(name: str, line: Reading, declared: CertificateType) -> Value:
    known = declared.fields.get(name)
    if known is None:
        raise Misread("it has a field that is not declared")
    value = _READ[known.kind](line.values["value"])
    if value is None:
        raise Misread(f"the value of `{name}` is no {known.kind}")
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _sex(value: object) -> str | None:
    return value if isinstance(value, str) and value in _SEXES else None


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _decimal(value: object) -> Decimal | None:
    try:
        read = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return read if read is not None and read.is_finite() else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _texts(value: object) -> tuple[str, ...] | None:
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return tuple(value) if texts and isinstance(value, list) else None


_READ: Mapping[ValueKind, Callable[[object], Value | None]] = {
    ValueKind.TEXT: _text,
    ValueKind.IDENTIFIER: _text,
    ValueKind.SEX: _sex,
    ValueKind.DATE: _date,
    ValueKind.DECIMAL: _decimal,
    ValueKind.INTEGER: _integer,
    ValueKind.BOOLEAN: _boolean,
    ValueKind.TEXTS: _texts,
}
