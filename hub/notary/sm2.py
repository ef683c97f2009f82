"""SM2 with SM3 (GB/T 32918, GB/T 32905): who signs and checks with them; needs `certhub[sm]`.

Identifiers are those of GB/T 33560, the signer's id is that of GB/T 35276.
"""

from asn1crypto import algos, core, keys, x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from hub.notary.words import ProofTrouble

try:
    import gmssl_pyx
except ImportError:
    gmssl_pyx = None

CURVE, CURVE_ID = "sm2p256v1", "1.2.156.10197.1.301"
DIGEST, DIGEST_ID = "sm3", "1.2.156.10197.1.401"
SIGNATURE, SIGNATURE_ID = "sm2_with_sm3", "1.2.156.10197.1.501"
SIGNER_ID = b"1234567812345678"
_MISSING = "it needs SM2 (国密), which is not installed: pip install 'certhub[sm]'"


class ExtraMissing(ProofTrouble):
    """SM2 is wanted, but what computes it is not installed."""


def is_sm2(key: keys.PublicKeyInfo) -> bool:
    """Whether a public key lies on the curve of SM2."""
    if key.algorithm != "ec":
        return False
    kind, curve = key.curve
    return bool(kind == "named" and curve == CURVE)


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


def sm2_sign(private: bytes, point: bytes, data: bytes) -> bytes:
    """The signature in DER; raises `ExtraMissing`."""
    if gmssl_pyx is None:
        raise ExtraMissing(_MISSING)
    signature: bytes = gmssl_pyx.sm2_sign(private, point, data, SIGNER_ID)
    return signature


def sm2_verify(point: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the signature is that of the key over the data; raises `ExtraMissing`."""
    if gmssl_pyx is None:
        raise ExtraMissing(_MISSING)
    try:
        return bool(gmssl_pyx.sm2_verify(point, data, signature, SIGNER_ID))
    except (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError):
        return False


def private_number(key: keys.PrivateKeyInfo) -> bytes:
    """The private key as SM2 computes with it: 32 bytes."""
    number: int = key["private_key"].parsed["private_key"].native
    return number.to_bytes(32, "big")


def public_point(key: keys.PublicKeyInfo) -> bytes:
    """The public key as SM2 computes with it: 64 bytes, without the mark that it is uncompressed."""
    point: bytes = key["public_key"].native
    return point[1:]


def _know(kind: type[core.ObjectIdentifier], identifier: str, name: str) -> None:
    kind._map[identifier] = name
    if kind._reverse_map is not None:
        kind._reverse_map[name] = identifier


# asn1crypto reads identifiers by these maps only, and has no other way to add to them.
_know(algos.DigestAlgorithmId, DIGEST_ID, DIGEST)
_know(algos.SignedDigestAlgorithmId, SIGNATURE_ID, SIGNATURE)
keys.NamedCurve.register(CURVE, CURVE_ID, 32)
