"""Sealing and endorsing, judged by pyHanko's own validator."""

import asyncio
import hashlib
import json
from dataclasses import replace
from io import BytesIO

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from hub.notary.material import Signing
from hub.notary.sealing import endorse, seal
from hub.notary.words import Content, Proof, ProofTrouble, SealKind, SealUse
from tests.notary.ground import (
    CONTENT,
    EXTRACTION,
    HOLDER,
    KEEPER,
    LAND,
    LATER,
    NOW,
    NUMBER,
    UNTIL,
    Keyed,
    authority,
    civil_seal,
    made_seal,
    proof,
    sealed,
    timed,
)


def validated(pdf: bytes) -> list[PdfSignatureStatus]:
    """What pyHanko says of each signature, every root believed for everything."""
    reader = PdfFileReader(BytesIO(pdf))
    trust = authority().trust
    roots = [x509.Certificate.load(one) for one in trust.seals + trust.platform + trust.clocks]

    async def all_of_them() -> list[PdfSignatureStatus]:
        return [
            await async_validate_pdf_signature(one, ValidationContext(roots, moment=LATER))
            for one in reader.embedded_signatures
        ]

    return asyncio.run(all_of_them())


def test_pyhanko_accepts_a_proof() -> None:
    """Both signatures are whole, trusted and stamped; the endorsement leaves the seal intact."""
    of_seal, of_endorsement = validated(proof().pdf)

    assert [one.bottom_line for one in (of_seal, of_endorsement)] == [True, True]
    assert of_seal.coverage is SignatureCoverageLevel.ENTIRE_REVISION
    assert of_endorsement.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert of_seal.docmdp_ok
    stamps = [one.timestamp_validity for one in (of_seal, of_endorsement)]
    assert [stamp and stamp.timestamp for stamp in stamps] == [NOW, LATER]


def test_endorsing_only_appends() -> None:
    """The sealed document is the beginning of the endorsed one, byte for byte."""
    assert proof().pdf.startswith(sealed().pdf)
    assert [one.bottom_line for one in validated(sealed().pdf)] == [True]


def test_the_seal_certifies() -> None:
    """It is a PAdES certification after which only fields may be filled in."""
    first, second = PdfFileReader(BytesIO(proof().pdf)).embedded_signatures

    assert first.docmdp_level is MDPPerm.FILL_FORMS
    assert [one.sig_object["/SubFilter"] for one in (first, second)] == ["/ETSI.CAdES.detached"] * 2
    assert [one.field_name for one in (first, second)] == ["Seal", "Endorsement"]


def test_the_twin() -> None:
    """It says all that the document says, and which bytes were sealed."""
    twin = json.loads(proof().twin)

    assert twin["contentSha256"] == hashlib.sha256(sealed().pdf).hexdigest()
    assert twin["documentNumber"] == NUMBER
    assert twin["content"]["holder"] == {
        "kind": "person",
        "id": HOLDER.identifier,
        "name": HOLDER.name,
    }
    assert [line["value"] for line in twin["content"]["fields"]] == [
        "female",
        "2015-10-01",
        True,
        "9.00",
        ["王一", "王二"],
    ]
    assert twin["content"]["seal"] == {
        "id": civil_seal().seal.id,
        "kind": "verification",
        "operator": KEEPER,
        "usedAt": "2026-03-05T02:30:00+00:00",
    }
    assert twin["endorsement"] == {
        "format": "certhub-proof/1",
        "documentNumber": NUMBER,
        "extractingUnit": {"code": LAND.code, "name": LAND.name_zh},
        "makingUnit": {"code": CONTENT.unit.code, "name": CONTENT.unit.name_zh},
        "operator": EXTRACTION.operator,
        "item": EXTRACTION.item,
        "itemName": EXTRACTION.item_zh,
        "case": EXTRACTION.case,
        "extractedAt": LATER.isoformat(),
        "validUntil": UNTIL.isoformat(),
    }


@pytest.mark.parametrize(
    ("content", "keyed", "use", "message"),
    [
        (replace(CONTENT, unit=LAND), None, {}, "the seal is another unit's"),
        (replace(CONTENT, kind=SealKind.SHARING), None, {}, "the seal is of the other kind"),
        (CONTENT, None, {"seal": "S-9"}, "the recorded use is of another seal"),
        (CONTENT, None, {"document_number": "D"}, "the recorded use is of another document"),
        (CONTENT, None, {"at": LATER}, "the recorded use is of another moment"),
        (CONTENT, made_seal(), {}, "the key is not that of the seal"),
    ],
)
def test_what_does_not_fit_is_not_sealed(
    content: Content, keyed: Keyed | None, use: dict[str, object], message: str
) -> None:
    """Content, seal, use and key must be about the same thing."""
    recorded = SealUse(civil_seal().seal.id, KEEPER, NOW, NUMBER)
    made = replace(recorded, **use)  # type: ignore[arg-type]  # one field of many kinds
    key = (keyed or civil_seal()).key

    with pytest.raises(ProofTrouble, match=f"{NUMBER} can't be sealed: {message}"):
        seal(content, civil_seal().seal, made, timed(key))


def test_nothing_is_endorsed_twice() -> None:
    """Another extraction begins with the sealed original."""
    with pytest.raises(ProofTrouble, match="endorsed already: endorse the sealed original"):
        endorse(replace(sealed(), pdf=proof().pdf), EXTRACTION, UNTIL, _endorser())


def test_two_units_extract_the_same_document() -> None:
    """Each has its own endorsement over the same sealed bytes."""
    other = endorse(sealed(), replace(EXTRACTION, unit=CONTENT.unit), UNTIL, _endorser())

    assert other.pdf.startswith(sealed().pdf)
    assert other.pdf != proof().pdf
    assert _content_of(other) == _content_of(proof())


def test_without_a_clock() -> None:
    """A document may be sealed without a timestamp; pyHanko accepts it as of now."""
    keyed = civil_seal()
    plain = seal(CONTENT, keyed.seal, keyed.record.uses[0], Signing(keyed.key, NOW))

    (status,) = validated(plain.pdf)

    assert status.bottom_line
    assert status.timestamp_validity is None


def _endorser() -> Signing:
    return timed(authority().endorser, LATER)


def _content_of(made: Proof) -> object:
    twin = json.loads(made.twin)
    return twin["content"], twin["contentSha256"]
