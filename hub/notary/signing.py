"""Signs one layer of a PDF with pyHanko (PAdES): a stamp to be seen, a statement in JSON, a time."""

import asyncio
import json
from collections.abc import Mapping
from enum import StrEnum
from io import BytesIO

from asn1crypto import keys, x509
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import ByteStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.stamp.static import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hub.notary.clock import OwnClock
from hub.notary.material import Signing, SigningKey
from hub.notary.rendering import PAGE_HEIGHT_MM
from hub.notary.sm2 import DIGEST, is_sm2
from hub.notary.sm2_signatures import Sm2Signer

STATEMENT = "/XXcerthub"
"""Where a signature dictionary holds our JSON; `XX` marks a private key (ISO 32000-1, Annex E)."""

_POINTS_PER_MM = 72 / 25.4
_BESIDE_CERTIFICATES = 2560  # bytes of two signatures, up to RSA-4096, and their attributes
_FILLED = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins())


class Layer(StrEnum):
    """The two signed layers of a proof, named as their signature fields are."""

    SEAL = "Seal"
    ENDORSEMENT = "Endorsement"


class _Drawing(PdfContent):
    """The page of another PDF as the face of a stamp."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        drawn = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject[pdf_name("/Drawing")] = drawn
        left, bottom, right, top = drawn.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Drawing Do"


def field_at(layer: Layer, place: tuple[float, float, float, float]) -> SigFieldSpec:
    """The field of a layer; `place` is from the left, from the top, width and height in mm."""
    left, top, width, height = place
    bottom = PAGE_HEIGHT_MM - top - height
    return SigFieldSpec(
        layer.value,
        box=(_points(left), _points(bottom), _points(left + width), _points(bottom + height)),
    )


def sign_layer(
    writer: IncrementalPdfFileWriter,
    layer: Layer,
    stamp: bytes,
    statement: Mapping[str, object],
    signing: Signing,
) -> bytes:
    """Fill the field of a layer and write the PDF; must not be called inside a running loop.

    The seal is a certification: after it nothing but the endorsement may be filled in.
    """
    metadata = PdfSignatureMetadata(
        field_name=layer.value,
        md_algorithm=_digest(signing.key),
        subfilter=SigSeedSubFilter.PADES,
        certify=layer is Layer.SEAL,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    style = StaticStampStyle(
        border_width=0,
        background=_Drawing(stamp),
        background_layout=_FILLED,
        background_opacity=0.82 if layer is Layer.SEAL else 1.0,
    )
    signer = PdfSigner(
        metadata, _signer(signing.key), timestamper=_clock(signing), stamp_style=style
    )
    return asyncio.run(_signed(signer, writer, statement, signing))


def _points(millimetres: float) -> int:
    return round(millimetres * _POINTS_PER_MM)


async def _signed(
    signer: PdfSigner,
    writer: IncrementalPdfFileWriter,
    statement: Mapping[str, object],
    signing: Signing,
) -> bytes:
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = signing.at
    document = session.prepare_tbs_document(None, bytes_reserved=_hex_digits(signing))
    told = json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()
    session.sig_field["/V"][pdf_name(STATEMENT)] = ByteStringObject(told)
    output = BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes())
    return output.getvalue()


def _hex_digits(signing: Signing) -> int:
    clock = b"" if signing.clock is None else signing.clock.certificate
    return 2 * (len(signing.key.certificate) + len(clock) + _BESIDE_CERTIFICATES)


def _digest(key: SigningKey) -> str:
    by_sm2 = is_sm2(x509.Certificate.load(key.certificate).public_key)
    return DIGEST if by_sm2 else "sha256"


def _signer(key: SigningKey) -> Signer:
    certificate = x509.Certificate.load(key.certificate)
    private = keys.PrivateKeyInfo.load(key.private_key)
    if is_sm2(certificate.public_key):
        return Sm2Signer(certificate, private)
    return SimpleSigner(certificate, private, SimpleCertificateStore())


def _clock(signing: Signing) -> OwnClock | None:
    return (
        None
        if signing.clock is None
        else OwnClock(_signer(signing.clock), _digest(signing.clock), signing.at)
    )
