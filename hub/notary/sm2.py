"""SM2 with SM3 (GB/T 32918, GB/T 32905), computed by what `certhub[sm]` installs.

Identifiers are those of GB/T 33560, the signer's id is that of GB/T 35276.
"""

from asn1crypto import algos, core, keys

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
