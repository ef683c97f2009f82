"""What a proof says: a verifier's draft, or shared information, in the words of the certificate."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import assert_never

from connectors.contract import Value, ValueKind
from hub.declarations.words import CertificateType
from hub.desk.findings import AmbiguousSubject, Draft, NoRecord, Verified
from hub.desk.request import VerificationRequest
from hub.desk.sealing import SealRefused
from hub.evidence import Subject
from hub.notary.words import AnswerKind, Content, ContentField, ProofTrouble, SealKind, Unit

Types = Mapping[str, CertificateType]


def type_of(types: Types, certificate: str) -> CertificateType:
    """The certificate type; raises `SealRefused` where the desk has no declaration of it."""
    if certificate in types:
        return types[certificate]
    raise SealRefused(_undeclared(certificate))


def unanswerable(types: Types, certificate: str, fields: Iterable[str]) -> str | None:
    """Why a proof with these fields could never be made, where the desk knows its types."""
    if not types:
        return None
    if certificate not in types:
        return _undeclared(certificate)
    known = types[certificate].fields
    if strange := sorted(set(fields) - set(known)):
        return (
            f"certificate type {certificate} has no field {strange[0]}: ask for {', '.join(known)}"
        )
    return None


def unreadable(values: Mapping[str, Value | None], kind: CertificateType) -> str | None:
    """Which value can't be read as its field declares it, and how to give it."""
    for name, value in values.items():
        declared = kind.fields.get(name)
        if declared is not None and not _readable(value, declared.kind):
            return f"field {name} is a {declared.kind}: give it as such, like {_EXAMPLES[declared.kind]}"
    return None


def verified_content(
    request: VerificationRequest, kind: CertificateType, unit: Unit, number: str
) -> Content:
    """What a request's draft says; raises `SealRefused` where it can't be put on paper."""
    draft = request.draft
    assert draft is not None
    return _content(
        document_number=number,
        kind=SealKind.VERIFICATION,
        certificate=kind,
        holder=request.wanted.subject,
        unit=unit,
        made_at=draft.made_at,
        said=_said(draft, request, kind),
    )


def shared_content(
    values: Mapping[str, Value | None],
    kind: CertificateType,
    holder: Subject,
    unit: Unit,
    number: str,
    now: datetime,
    source_zh: str,
) -> Content:
    """What the shared platforms hold, for the extracting unit to seal."""
    return _content(
        document_number=number,
        kind=SealKind.SHARING,
        certificate=kind,
        holder=holder,
        unit=unit,
        made_at=now,
        said=_known(values, (), kind),
        source_zh=source_zh,
    )


_Said = tuple[AnswerKind, tuple[ContentField, ...], str]


def _content(
    *,
    document_number: str,
    kind: SealKind,
    certificate: CertificateType,
    holder: Subject,
    unit: Unit,
    made_at: datetime,
    said: _Said,
    source_zh: str = "",
) -> Content:
    answer, fields, remark = said
    try:
        return Content(
            document_number=document_number,
            kind=kind,
            certificate=certificate.name,
            title_zh=certificate.title_zh,
            holder=holder,
            unit=unit,
            made_at=made_at,
            answer=answer,
            fields=fields,
            remark_zh=remark,
            source_zh=source_zh,
        )
    except ProofTrouble as trouble:
        raise SealRefused(str(trouble)) from None


def _said(draft: Draft, request: VerificationRequest, kind: CertificateType) -> _Said:
    match draft.findings:
        case Verified(values):
            return _known(values, sorted(request.outstanding - draft.fields), kind)
        case NoRecord(searched):
            parts = (f"查询范围：{searched}", _about(draft, request, kind))
            return AnswerKind.NO_SUCH_RECORD, (), "\n".join(part for part in parts if part)
        case AmbiguousSubject(candidates):
            parts = (f"相符记录涉及{candidates}个对象。", _about(draft, request, kind))
            return AnswerKind.AMBIGUOUS, (), "\n".join(part for part in parts if part)
        case _:
            assert_never(draft.findings)


def _about(draft: Draft, request: VerificationRequest, kind: CertificateType) -> str:
    """Which fields are meant, where others were answered before."""
    if draft.fields == request.wanted.fields:
        return ""
    return f"所涉信息：{_labels(sorted(draft.fields), kind)}。"


def _known(
    values: Mapping[str, Value | None], pending: Iterable[str], kind: CertificateType
) -> _Said:
    """The values, what is pending among them; what the record leaves open is remarked."""
    if wrong := unreadable(values, kind):
        raise SealRefused(f"{wrong}; return the draft for that")
    known = [_line(name, value, kind) for name, value in values.items() if value is not None]
    if not known:
        raise SealRefused(
            "it holds no value at all, so there is nothing to seal: return the draft, and answer"
            " that there is no such record, or what the record says"
        )
    unknown = [_line(name, None, kind) for name in pending]
    left_open = [name for name, value in values.items() if value is None]
    remark = f"登记信息中未载明：{_labels(left_open, kind)}。" if left_open else ""
    answer = AnswerKind.PARTIAL if unknown else AnswerKind.HELD
    return answer, tuple(sorted((*known, *unknown), key=lambda line: _place(line, kind))), remark


def _line(name: str, value: Value | None, kind: CertificateType) -> ContentField:
    declared = kind.fields.get(name)
    if declared is None:
        return ContentField(name, name, value)
    return ContentField(name, declared.label_zh, _as_kind(value, declared.kind), declared.kind)


def _place(line: ContentField, kind: CertificateType) -> int:
    """Where the declaration has it; what it doesn't have comes last."""
    names = list(kind.fields)
    return names.index(line.name) if line.name in names else len(names)


def _labels(names: Iterable[str], kind: CertificateType) -> str:
    return "、".join(_line(name, None, kind).label_zh for name in names)


def _undeclared(certificate: str) -> str:
    return (
        f"the desk has no declaration of certificate type {certificate}: add {certificate}.toml to"
        " its folder of certificate types (CERTHUB_CERTIFICATES)"
    )


def _readable(value: Value | None, kind: ValueKind) -> bool:
    try:
        _as_kind(value, kind)
    except (ValueError, InvalidOperation):
        return False
    return True


def _as_kind(value: Value | None, kind: ValueKind) -> Value | None:
    """The value as its kind has it: dates and decimals travel as texts."""
    match kind, value:
        case ValueKind.DATE, str():
            return date.fromisoformat(value)
        case ValueKind.DECIMAL, str():
            return Decimal(value)
        case _:
            return value


_EXAMPLES = {ValueKind.DATE: "2026-11-23", ValueKind.DECIMAL: "12.50"}
