"""What the notary speaks of: seals and their uses, contents, endorsements, proofs."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from connectors.contract import Value, ValueKind
from hub.evidence import Subject

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, direction, half, separators


class ProofTrouble(Exception):
    """A proof can't be made of this: the text says why and what to do, and names no person."""


class SealKind(StrEnum):
    """The two seals of Article 14."""

    SHARING = "sharing"
    VERIFICATION = "verification"

    @property
    def title_zh(self) -> str:
        """The name of the seal, as it is cut."""
        return f"电子证明{self.information_zh}专用章"

    @property
    def information_zh(self) -> str:
        """What the seal stands for."""
        return {SealKind.SHARING: "共享信息", SealKind.VERIFICATION: "核实信息"}[self]


class SealState(StrEnum):
    """Where a seal stands; only a permitted one may be used."""

    MADE = "made"
    PERMITTED = "permitted"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (单位) as the catalogue knows it."""

    code: str
    name_zh: str

    def __post_init__(self) -> None:
        _plain(self.code, self.name_zh)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as the police bureau made it (Article 15); `certificate` is X.509 in DER."""

    id: str
    kind: SealKind
    unit: Unit
    certificate: bytes = field(repr=False)
    made_at: datetime
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class SealUse:
    """One use of a seal: which, by whom, when, on which document."""

    seal: str
    operator: str
    at: datetime
    document_number: str


class AnswerKind(StrEnum):
    """What a proof says; "no such record" is sealed like any other answer."""

    HELD = "held"
    NO_SUCH_RECORD = "no_such_record"
    PARTIAL = "partial"  # fields without a value are still being verified
    AMBIGUOUS = "ambiguous"  # several fit, and which one is meant could not be found out


@dataclass(frozen=True, slots=True)
class ContentField:
    """One line of a proof; without a value it is not known yet."""

    name: str
    label_zh: str
    value: Value | None = field(repr=False)
    kind: ValueKind = ValueKind.TEXT


@dataclass(frozen=True, slots=True)
class Content:
    """What a unit says of a holder, before it is sealed; `certificate` is the type's name.

    `remark_zh` is the verifier's own sentence; `source_zh` says where shared information lies.
    """

    document_number: str
    kind: SealKind
    certificate: str
    title_zh: str
    holder: Subject
    unit: Unit
    made_at: datetime
    answer: AnswerKind
    fields: tuple[ContentField, ...] = field(repr=False)
    remark_zh: str = field(default="", repr=False)
    source_zh: str = ""

    def __post_init__(self) -> None:
        _plain(self.document_number, self.title_zh, self.remark_zh, self.source_zh)
        _plain(self.holder.identifier, self.holder.name or "", *_texts(self.fields))
        if self.made_at.tzinfo is None:
            raise ProofTrouble("the time a proof was made has no zone: give it one")
        _agree(self.answer, {line.value is not None for line in self.fields})


@dataclass(frozen=True, slots=True)
class Extraction:
    """Who extracts a proof and for what, as the platform knows it: from the key, never a client."""

    unit: Unit
    operator: str
    item: str
    case: str = field(repr=False)
    item_zh: str = ""

    def __post_init__(self) -> None:
        _plain(self.operator, self.item, self.case, self.item_zh)


@dataclass(frozen=True, slots=True)
class Endorsement:
    """What the platform writes on a proof by itself (背书, Article 14).

    Only `sealing.endorse` makes one to be signed: the document number and the making unit come
    from the sealed content, all else from an `Extraction`.
    """

    document_number: str
    extracting: Unit
    making: Unit
    operator: str
    item: str
    item_zh: str
    case: str = field(repr=False)
    extracted_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed content that nobody has extracted yet; what `endorse` takes."""

    document_number: str
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """A sealed and endorsed document and the same in JSON, its machine-readable twin."""

    document_number: str
    pdf: bytes = field(repr=False)
    twin: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """What the whole document hashes to, in hex."""
        return hashlib.sha256(self.pdf).hexdigest()


def invisible_sign(text: str) -> str | None:
    """The first sign of a text that nobody would see on paper, line breaks apart."""
    return next(
        (sign for sign in text if unicodedata.category(sign) in _INVISIBLE and sign != "\n"), None
    )


def _texts(lines: Iterable[ContentField]) -> Iterable[str]:
    for line in lines:
        yield line.label_zh
        values = line.value if isinstance(line.value, tuple) else (line.value,)
        yield from (value for value in values if isinstance(value, str))


def _plain(*texts: str) -> None:
    """No control and no direction mark: they would show another text than the one that is sealed."""
    for text in texts:
        if sign := invisible_sign(text):
            raise ProofTrouble(
                f"a text of the proof holds the invisible sign U+{ord(sign):04X}: leave it out"
            )


def _agree(answer: AnswerKind, valued: set[bool]) -> None:
    expected: dict[AnswerKind, tuple[set[bool], str]] = {
        AnswerKind.HELD: ({True}, "every field has a value; else answer `partial`"),
        AnswerKind.PARTIAL: ({True, False}, "some fields have a value and some have none yet"),
        AnswerKind.NO_SUCH_RECORD: (set(), "there is no field at all"),
        AnswerKind.AMBIGUOUS: (set(), "there is no field at all"),
    }
    allowed, rule = expected[answer]
    if valued != allowed:
        raise ProofTrouble(f"the answer is `{answer}`, but its fields do not fit: {rule}")
