"""Seals what a unit says, and endorses what an operator extracts (Article 14).

Both are CPU work of some 20 ms and must not run on the loop: `pool.py` runs them.
"""

from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import append_signature_field

from hub.notary.layers import open_layers
from hub.notary.material import Signing
from hub.notary.rendering import (
    ENDORSEMENT_MM,
    SEAL_MM,
    draw_endorsement,
    draw_page,
    draw_seal,
)
from hub.notary.signing import Layer, field_at, sign_layer
from hub.notary.statements import content_statement, endorsement_statement, twin_of
from hub.notary.words import (
    Content,
    Endorsement,
    Extraction,
    Proof,
    ProofTrouble,
    Seal,
    Sealed,
    SealUse,
)


def seal(content: Content, with_seal: Seal, use: SealUse, signing: Signing) -> Sealed:
    """Render a content and put the unit's seal on it.

    `use` is the use that `registry.use` allowed; the caller puts it on record in the same
    transaction in which it keeps the document. Raises `ProofTrouble` where the three disagree.
    """
    _agree(content, with_seal, use, signing)
    writer = IncrementalPdfFileWriter(BytesIO(draw_page(content)))
    append_signature_field(writer, field_at(Layer.SEAL, SEAL_MM))
    append_signature_field(writer, field_at(Layer.ENDORSEMENT, ENDORSEMENT_MM))
    statement = content_statement(content, with_seal, use)
    pdf = sign_layer(writer, Layer.SEAL, draw_seal(with_seal), statement, signing)
    return Sealed(content.document_number, pdf)


def endorse(
    sealed: Sealed, extraction: Extraction, valid_until: datetime, signing: Signing
) -> Proof:
    """Write the platform's endorsement over the sealed document and leave the seal intact.

    The document number and the making unit are read from the sealed layer. A document that is not
    sealed, or endorsed already, raises `ProofTrouble`.
    """
    layers = open_layers(sealed.pdf)
    if layers.endorsed is not None:
        raise ProofTrouble("the document is endorsed already: endorse the sealed original")
    endorsement = Endorsement(
        document_number=layers.sealed.document_number,
        extracting=extraction.unit,
        making=layers.sealed.unit,
        operator=extraction.operator,
        item=extraction.item,
        item_zh=extraction.item_zh,
        case=extraction.case,
        extracted_at=signing.at,
        valid_until=valid_until,
    )
    writer = IncrementalPdfFileWriter(BytesIO(sealed.pdf))
    statement = endorsement_statement(endorsement)
    drawing = draw_endorsement(endorsement)
    pdf = sign_layer(writer, Layer.ENDORSEMENT, drawing, statement, signing)
    twin = twin_of(layers.statement, statement, layers.content_sha256)
    return Proof(endorsement.document_number, pdf, twin)


def _agree(content: Content, with_seal: Seal, use: SealUse, signing: Signing) -> None:
    troubles = {
        "the seal is another unit's": with_seal.unit.code != content.unit.code,
        "the seal is of the other kind": with_seal.kind is not content.kind,
        "the recorded use is of another seal": use.seal != with_seal.id,
        "the recorded use is of another document": use.document_number != content.document_number,
        "the recorded use is of another moment": use.at != signing.at,
        "the key is not that of the seal": signing.key.certificate != with_seal.certificate,
    }
    for trouble, found in troubles.items():
        if found:
            raise ProofTrouble(f"document {content.document_number} can't be sealed: {trouble}")
