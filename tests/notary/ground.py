"""A small world of units, seals and proofs, all of it synthetic."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import append_signature_field

from connectors.contract import ValueKind
from hub.evidence import HolderKind, Subject
from hub.notary.authority import Authority, make_authority
from hub.notary.material import Signing, SigningKey
from hub.notary.registry import Change, Registry, SealEvent, SealRecord, changed, use, used
from hub.notary.rendering import (
    ENDORSEMENT_MM,
    SEAL_MM,
    draw_endorsement,
    draw_page,
    draw_seal,
)
from hub.notary.sealing import endorse, seal
from hub.notary.signing import Layer, field_at, sign_layer
from hub.notary.statements import content_statement, endorsement_statement
from hub.notary.words import (
    AnswerKind,
    Content,
    ContentField,
    Endorsement,
    Extraction,
    Proof,
    Seal,
    Sealed,
    SealKind,
    SealUse,
    Unit,
)

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
MADE = NOW - timedelta(days=20)
LATER = NOW + timedelta(minutes=3)
UNTIL = NOW + timedelta(days=30)
CIVIL = Unit("U-CIV", "某市民政局")
LAND = Unit("U-LAND", "某市自然资源和规划局")
HOLDER = Subject(HolderKind.PERSON, "330299199001011234", "王小芳")
NUMBER = "HZ-20260305-000042"
KEEPER = "keeper-1"
CLERK = "clerk-7"

CONTENT = Content(
    document_number=NUMBER,
    kind=SealKind.VERIFICATION,
    certificate="marriage_registration",
    title_zh="婚姻登记证明",
    holder=HOLDER,
    unit=CIVIL,
    made_at=NOW,
    answer=AnswerKind.HELD,
    fields=(
        ContentField("sex", "性别", "female", ValueKind.SEX),
        ContentField("registered_on", "登记日期", date(2015, 10, 1), ValueKind.DATE),
        ContentField("valid", "是否有效", True, ValueKind.BOOLEAN),
        ContentField("fee", "工本费", Decimal("9.00"), ValueKind.DECIMAL),
        ContentField("children", "子女", ("王一", "王二"), ValueKind.TEXTS),
    ),
    remark_zh="与原始档案核对一致。",
)
EXTRACTION = Extraction(LAND, CLERK, "RE-0001", "C-2026-0001", "不动产转移登记")


@dataclass(frozen=True, slots=True)
class Keyed:
    """A seal on record and its key."""

    record: SealRecord
    key: SigningKey = field(repr=False)

    @property
    def seal(self) -> Seal:
        """The seal."""
        return self.record.seal


@cache
def authority() -> Authority:
    """The one authority that is believed."""
    return make_authority(MADE)


@cache
def stranger() -> Authority:
    """An authority that nobody believes."""
    return make_authority(MADE)


def made_seal(
    number: str = "3302010000001",
    unit: Unit = CIVIL,
    kind: SealKind = SealKind.VERIFICATION,
    *,
    by: Authority | None = None,
    life: timedelta = timedelta(days=1095),
    operator: str = KEEPER,
) -> Keyed:
    """A seal that one operator may use."""
    cut, key = (by or authority()).make_seal(number, kind, unit, MADE, life)
    permitted = SealEvent(MADE, Change.PERMITTED, "police", operator)
    return Keyed(done(SealRecord(cut), permitted), key)


def done(record: SealRecord, event: SealEvent) -> SealRecord:
    """The record after a change that is allowed."""
    after = changed(record, event)
    assert isinstance(after, SealRecord)
    return after


@cache
def civil_seal() -> Keyed:
    """The seal of the unit that makes the proof, used on it."""
    keyed = made_seal()
    made = use(keyed.record, SealKind.VERIFICATION, KEEPER, NUMBER, NOW)
    assert isinstance(made, SealUse)
    return replace(keyed, record=used(keyed.record, made))


def registry(*records: SealRecord) -> Registry:
    """A registry of these seals, or of the one that was used on the proof."""
    whole = Registry()
    for record in records or (civil_seal().record,):
        whole = whole.having(record)
    return whole


@cache
def sealed() -> Sealed:
    """The proof before anybody extracts it."""
    keyed = civil_seal()
    return seal(CONTENT, keyed.seal, keyed.record.uses[0], timed(keyed.key))


@cache
def proof() -> Proof:
    """The proof as the platform delivers it."""
    return endorse(sealed(), EXTRACTION, UNTIL, timed(authority().endorser, LATER))


def timed(key: SigningKey, at: datetime = NOW) -> Signing:
    """Signing at a moment that the trusted clock confirms."""
    return Signing(key, at, authority().clock)


def forged(
    keyed: Keyed,
    content: Content = CONTENT,
    made: SealUse | None = None,
    signing: Signing | None = None,
) -> Sealed:
    """A sealed document as a tool without our rules would make it."""
    writer = IncrementalPdfFileWriter(BytesIO(draw_page(content)))
    append_signature_field(writer, field_at(Layer.SEAL, SEAL_MM))
    append_signature_field(writer, field_at(Layer.ENDORSEMENT, ENDORSEMENT_MM))
    made = made or SealUse(keyed.seal.id, KEEPER, NOW, content.document_number)
    statement = content_statement(content, keyed.seal, made)
    signing = signing or timed(keyed.key)
    pdf = sign_layer(writer, Layer.SEAL, draw_seal(keyed.seal), statement, signing)
    return Sealed(content.document_number, pdf)


ENDORSEMENT = Endorsement(
    document_number=NUMBER,
    extracting=LAND,
    making=CIVIL,
    operator=CLERK,
    item="RE-0001",
    item_zh="不动产转移登记",
    case="C-2026-0001",
    extracted_at=LATER,
    valid_until=UNTIL,
)


def endorsed_with(
    endorsement: Endorsement = ENDORSEMENT,
    signing: Signing | None = None,
    of: Sealed | None = None,
    stated: Mapping[str, object] | None = None,
) -> bytes:
    """The document with any endorsement whatever, by anybody."""
    writer = IncrementalPdfFileWriter(BytesIO((of or sealed()).pdf))
    statement = {**endorsement_statement(endorsement), **(stated or {})}
    signing = signing or timed(authority().endorser, LATER)
    return sign_layer(writer, Layer.ENDORSEMENT, draw_endorsement(endorsement), statement, signing)


def endorsed(of: Sealed, extraction: Extraction = EXTRACTION) -> bytes:
    """A sealed document after the platform's endorsement."""
    return endorse(of, extraction, UNTIL, timed(authority().endorser, LATER)).pdf
