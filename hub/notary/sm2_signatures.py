"""Lets pyHanko sign and check with SM2 and SM3."""

from asn1crypto import algos, keys, x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from hub.notary.sm2 import SIGNATURE, is_sm2, private_number, public_point, sm2_sign, sm2_verify


class Sm2Signer(Signer):
    """Signs with the key of an SM2 certificate; the digest is SM3."""

    def __init__(self, certificate: x509.Certificate, private: keys.PrivateKeyInfo) -> None:
        mechanism = algos.SignedDigestAlgorithm({"algorithm": SIGNATURE})
        super().__init__(
            signing_cert=certificate,
            cert_registry=SimpleCertificateStore(),
            signature_mechanism=mechanism,
        )
        self._number = private_number(private)
        self._point = public_point(certificate.public_key)

    async def async_sign_raw(self, data: bytes, *_: object, **__: object) -> bytes:
        """The signature in DER, whose digest is SM3; its placeholder is one, too."""
        return sm2_sign(self._number, self._point, data)


class WithSm2(DefaultSignatureValidator):
    """Checks SM2 signatures, and all others as pyHanko does."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: keys.PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Raises `InvalidSignature`, or `ExtraMissing` where SM2 is not installed."""
        by_sm2 = signature_algorithm["algorithm"].native == SIGNATURE
        if not by_sm2 and not is_sm2(public_key_info):
            super().validate_signature(
                signature, signed_data, public_key_info, signature_algorithm, context
            )
        elif not (by_sm2 and is_sm2(public_key_info)) or context.prehashed:
            raise InvalidSignature  # a key of one kind, a signature of the other
        elif not sm2_verify(public_point(public_key_info), signed_data, signature):
            raise InvalidSignature
