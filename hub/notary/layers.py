"""Opens a proof: its two signed layers, and what each states."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from hub.notary.reading import Misread
from hub.notary.signing import STATEMENT, Layer
from hub.notary.statements import (
    SealedStatement,
    Statement,
    read_endorsement,
    read_sealed,
    read_statement,
)
from hub.notary.words import Endorsement


class NotAProof(Exception):
    """The file is none of this platform's proofs; says what is missing."""


@dataclass(frozen=True, slots=True)
class EndorsedLayer:
    """The platform's layer and what it states."""

    signature: EmbeddedPdfSignature = field(repr=False)
    statement: Statement = field(repr=False)
    endorsement: Endorsement


@dataclass(frozen=True, slots=True)
class Layers:
    """The sealed layer, what it states, and the endorsed layer where there is one.

    `tidy` tells that the gaps that signatures leave unsigned hold them and nothing else.
    """

    seal: EmbeddedPdfSignature = field(repr=False)
    statement: Statement = field(repr=False)
    sealed: SealedStatement
    content_sha256: str  # of all bytes up to the end of the sealed layer
    revisions: int
    tidy: bool
    endorsed: EndorsedLayer | None


def open_layers(pdf: bytes) -> Layers:
    """The layers of a proof, nothing of them checked yet.

    Raises `NotAProof`, and on a broken file whatever pyHanko raises: see `signatures.BROKEN`.
    """
    reader = PdfFileReader(BytesIO(pdf))
    signatures = {found.field_name: found for found in reader.embedded_signatures}
    unknown = sorted(set(signatures) - set(Layer))
    if unknown:
        raise NotAProof(f"it bears a signature that proofs do not have: {', '.join(unknown)}")
    if Layer.SEAL not in signatures:
        raise NotAProof("it bears no seal")
    return _layers(pdf, signatures[Layer.SEAL], signatures.get(Layer.ENDORSEMENT), reader)


def _layers(
    pdf: bytes,
    seal: EmbeddedPdfSignature,
    endorsed: EmbeddedPdfSignature | None,
    reader: PdfFileReader,
) -> Layers:
    try:
        statement = _statement(seal)
        return Layers(
            seal=seal,
            statement=statement,
            sealed=read_sealed(statement),
            content_sha256=hashlib.sha256(pdf[: _end(seal.byte_range)]).hexdigest(),
            revisions=reader.xrefs.total_revisions,
            tidy=all(_tidy(pdf, one) for one in (seal, endorsed) if one is not None),
            endorsed=None if endorsed is None else _endorsed(endorsed),
        )
    except Misread as trouble:
        raise NotAProof(f"what a layer states can't be read: {trouble}") from None


def _endorsed(signature: EmbeddedPdfSignature) -> EndorsedLayer:
    statement = _statement(signature)
    return EndorsedLayer(signature, statement, read_endorsement(statement))


def _statement(signature: EmbeddedPdfSignature) -> Statement:
    told = signature.sig_object.get(STATEMENT)
    if told is None:
        raise Misread("there is none")
    return read_statement(told.original_bytes)


def _tidy(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    _, begins, ends, _ = (int(place) for place in signature.byte_range)
    told = cms.ContentInfo.load(signature.pkcs7_content).dump().hex().upper()
    return pdf[begins:ends] == f"<{told.ljust(ends - begins - 2, '0')}>".encode()


def _end(byte_range: Sequence[int]) -> int:
    return int(byte_range[2]) + int(byte_range[3])
