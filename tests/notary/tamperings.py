"""Ways of tampering with a proof, and what it is then checked with."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO

from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hub.evidence import Subject
from hub.notary.checking import check
from hub.notary.material import Signing
from hub.notary.registry import Change, Registry, SealEvent, used
from hub.notary.signatures import hush
from hub.notary.verdict import Verdict
from hub.notary.words import Extraction, SealKind, SealUse
from tests.notary.ground import (
    CONTENT,
    ENDORSEMENT,
    EXTRACTION,
    HOLDER,
    KEEPER,
    LAND,
    LATER,
    NOW,
    NUMBER,
    Keyed,
    authority,
    civil_seal,
    done,
    endorsed,
    endorsed_with,
    forged,
    made_seal,
    proof,
    registry,
    sealed,
    stranger,
    timed,
)

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Received:
    """A document and what it is checked with."""

    pdf: bytes = field(repr=False)
    registry: Registry | None = field(default_factory=registry)
    subject: Subject | None = HOLDER
    twin: bytes | None = None
    sealed_at: datetime | None = None
    now: datetime = LATER

    def checked(self) -> Verdict:
        """What comes of it."""
        hush()
        return check(
            self.pdf,
            authority().trust,
            self.registry,
            subject=self.subject,
            twin=self.twin,
            sealed_at=self.sealed_at,
            now=self.now,
        )


def flipped(pdf: bytes, at: int) -> bytes:
    """The document with one byte changed."""
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def content_byte() -> Received:
    """One byte of the drawn page is changed."""
    pdf = proof().pdf
    return Received(flipped(pdf, pdf.index(b"stream", 20000) + 40))


def stated_byte() -> Received:
    """One letter of what the unit states is changed: another resident id."""
    pdf, told = proof().pdf, HOLDER.identifier.encode().hex().encode()
    return Received(pdf.replace(told, told[:-1] + b"9"))


def endorsement_byte() -> Received:
    """One letter of what the platform states is changed: another case."""
    pdf, told = proof().pdf, EXTRACTION.case.encode().hex().encode()
    assert told in pdf
    return Received(pdf.replace(told, told[:-1] + b"9"))


def other_units_seal() -> Received:
    """A genuine seal of another unit, permitted and recorded."""
    keyed = recorded(made_seal("S-2", LAND))
    return Received(endorsed(forged(keyed)), registry(keyed.record))


def foreign_seal() -> Received:
    """A seal that another authority cut under the same number."""
    foreign = made_seal(civil_seal().seal.id, by=stranger())
    return Received(endorsed(forged(foreign)))


def unregistered_seal() -> Received:
    """A seal of the right authority that the registry does not know."""
    return Received(endorsed(forged(made_seal("S-9"))))


def expired_seal() -> Received:
    """The seal's certificate had ended the day before."""
    keyed = recorded(made_seal("S-3", life=timedelta(days=19)))
    return Received(endorsed(forged(keyed)), registry(keyed.record))


def wrong_kind() -> Received:
    """The sharing seal on what was verified."""
    keyed = recorded(made_seal("S-4", kind=SealKind.SHARING))
    return Received(endorsed(forged(keyed)), registry(keyed.record))


def after(change: Change, at: datetime, operator: str | None = None) -> Received:
    """Something was done to the seal."""
    event = SealEvent(at, change, "police", operator)
    return Received(proof().pdf, registry(done(civil_seal().record, event)))


def unrecorded_use() -> Received:
    """The seal was used without a record."""
    return Received(proof().pdf, registry(replace(civil_seal().record, uses=())))


def use_by_another() -> Received:
    """The record of the use names another operator."""
    other = SealUse(civil_seal().seal.id, "keeper-2", NOW, NUMBER)
    return Received(proof().pdf, registry(replace(civil_seal().record, uses=(other,))))


def added_content() -> Received:
    """After the endorsement, a further update writes on the page."""
    writer = IncrementalPdfFileWriter(BytesIO(proof().pdf))
    writer.add_stream_to_page(0, writer.add_object(StreamObject(stream_data=b"0 0 50 50 re f")))
    output = BytesIO()
    writer.write(output)
    return Received(output.getvalue())


def added_before_endorsing() -> Received:
    """Between seal and endorsement, an update writes on the page."""
    writer = IncrementalPdfFileWriter(BytesIO(sealed().pdf))
    writer.add_stream_to_page(0, writer.add_object(StreamObject(stream_data=b"0 0 50 50 re f")))
    output = BytesIO()
    writer.write(output)
    return Received(endorsed_with(of=replace(sealed(), pdf=output.getvalue())))


def hidden_bytes() -> Received:
    """Bytes are hidden beside the last signature, where nothing signs them."""
    pdf = proof().pdf
    end = pdf.rindex(b"00000000>")  # the filling behind a signature, not an id that ends in 0
    return Received(pdf[:end] + b"F" + pdf[end + 1 :])


def backdated() -> Received:
    """The keeper states an hour less than the clock."""
    made = SealUse(civil_seal().seal.id, KEEPER, NOW - HOUR, NUMBER)
    return Received(endorsed(forged(civil_seal(), made=made)))


def strange_clock() -> Received:
    """The timestamp is by a clock that nobody believes."""
    signing = Signing(civil_seal().key, NOW, stranger().clock)
    return Received(endorsed(forged(civil_seal(), signing=signing)))


def strangers_endorsement() -> Received:
    """Somebody else endorses."""
    return Received(endorsed_with(signing=timed(stranger().endorser, LATER)))


def units_endorsement() -> Received:
    """The making unit endorses with its own seal."""
    return Received(endorsed_with(signing=timed(civil_seal().key, LATER)))


def strange_endorsing_clock() -> Received:
    """The endorsement's timestamp is by a clock that nobody believes."""
    return Received(endorsed_with(signing=Signing(authority().endorser, LATER, stranger().clock)))


def late_endorsement() -> Received:
    """The platform's certificate had ended when it endorsed."""
    late = LATER + timedelta(days=3650)
    told = replace(ENDORSEMENT, extracted_at=late, valid_until=late + HOUR)
    pdf = endorsed_with(told, Signing(authority().endorser, late))
    return Received(pdf, now=late)


def sharing(extraction: Extraction) -> Received:
    """A shared proof, sealed by the land office's clerk, extracted by somebody."""
    keyed = recorded(made_seal("S-5", LAND, SealKind.SHARING))
    content = replace(CONTENT, kind=SealKind.SHARING, unit=LAND, source_zh="省公共数据共享平台")
    return Received(endorsed(forged(keyed, content), extraction), registry(keyed.record))


def recorded(keyed: Keyed) -> Keyed:
    """The seal with its use on the proof recorded."""
    made = SealUse(keyed.seal.id, KEEPER, NOW, NUMBER)
    return replace(keyed, record=used(keyed.record, made))


def changed_twin() -> Received:
    """The twin says another name."""
    return Received(proof().pdf, twin=proof().twin.replace("王小芳".encode(), "王大芳".encode()))
