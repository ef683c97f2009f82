"""What pyHanko finds out about one signature of a PDF, as a value of ours."""

import asyncio
import logging
import zlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from hub.notary.sm2_signatures import WithSm2

BROKEN = (
    PdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    zlib.error,
)
"""What pyHanko and asn1crypto raise on a file that somebody has broken; found by breaking files."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One signature: is it whole, does it cover all, is its signer trusted, when was it made.

    `time` is that of a timestamp whose clock is trusted; `clock_broken` tells that there is a
    timestamp which can't be believed.
    """

    intact: bool
    covers_its_layer: bool
    covers_the_file: bool
    only_allowed_changes: bool
    trusted: bool
    time: datetime | None
    clock_broken: bool
    certificate: bytes
    not_before: datetime
    not_after: datetime

    def in_date(self, moment: datetime) -> bool:
        """Whether its certificate is valid at a moment."""
        return self.not_before <= moment <= self.not_after


def hush() -> None:
    """Keep pyHanko from logging what is wrong with a document: the verdict says it."""
    for library in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(library).setLevel(logging.CRITICAL)


def examine(
    signature: EmbeddedPdfSignature, roots: tuple[bytes, ...], clocks: tuple[bytes, ...]
) -> Examined:
    """Validate one signature and its timestamp; whether its certificate is in date is left open.

    The path to the roots is built at a moment when the certificate itself is in date, so that
    "not trusted" and "expired" stay two findings. Must not be called inside a running loop.
    """
    certificate = signature.signer_cert
    moment = certificate.not_valid_before
    stamped = _stamped(signature)
    status = asyncio.run(
        async_validate_pdf_signature(
            signature,
            _context(roots, moment),
            _context(clocks, stamped or moment),
        )
    )
    return _examined(status, certificate, stamped)


def _examined(
    status: PdfSignatureStatus, certificate: x509.Certificate, stamped: datetime | None
) -> Examined:
    stamp = status.timestamp_validity
    believed = stamp is not None and stamp.trusted
    coverage = status.coverage or SignatureCoverageLevel.UNCLEAR
    return Examined(
        intact=status.intact and status.valid,
        covers_its_layer=coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
        covers_the_file=coverage == SignatureCoverageLevel.ENTIRE_FILE,
        only_allowed_changes=bool(status.docmdp_ok),
        trusted=status.trusted,
        time=stamped if believed else None,
        clock_broken=stamped is not None and not believed,
        certificate=certificate.dump(),
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
    )


def _stamped(signature: EmbeddedPdfSignature) -> datetime | None:
    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return moment
    return None


def _context(roots: tuple[bytes, ...], moment: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in roots],
        moment=moment,
        allow_fetching=False,
        signature_validator=WithSm2(),
    )
