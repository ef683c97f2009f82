"""A seal that the police bureau made elsewhere (Article 15): its certificate and key, as it is."""

from datetime import datetime

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from hub.notary.authority import loaded
from hub.notary.material import SigningKey
from hub.notary.sm2 import is_sm2, private_number, public_point, sm2_sign, sm2_verify
from hub.notary.words import ProofTrouble, Seal, SealKind, Unit

_TRIAL = b"certhub"


def brought_seal(number: str, kind: SealKind, unit: Unit, key: SigningKey, now: datetime) -> Seal:
    """The seal by its certificate; raises `ProofTrouble` where key or unit are not its own."""
    certificate = asn1_x509.Certificate.load(key.certificate)
    if not _is_pair(key, certificate.public_key):
        raise ProofTrouble("the key is not that of the certificate: give the two that belong")
    owner = certificate.subject.native.get("organization_name")
    if owner != unit.name_zh:
        raise ProofTrouble(
            f"the certificate is that of {owner}, and {unit.code} is {unit.name_zh}: give the "
            "unit's own seal, or its name as the certificate has it"
        )
    begun, ended = certificate.not_valid_before, certificate.not_valid_after
    return Seal(number, kind, unit, key.certificate, now, begun, ended)


def _is_pair(key: SigningKey, public: keys.PublicKeyInfo) -> bool:
    if is_sm2(public):
        number = private_number(keys.PrivateKeyInfo.load(key.private_key))
        point = public_point(public)
        return sm2_verify(point, _TRIAL, sm2_sign(number, point, _TRIAL))
    return loaded(key).public_key() == x509.load_der_x509_certificate(key.certificate).public_key()
