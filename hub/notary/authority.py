"""The sandbox's certificate authority: roots, seals, the platform's own key and a clock.

A city's seals come from its police bureau; these are synthetic and say so in their names.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.notary.material import SigningKey, Trust
from hub.notary.words import ProofTrouble, Seal, SealKind, Unit

LIFE = timedelta(days=3650)
SEAL_LIFE = timedelta(days=1095)
_EARLIER = timedelta(hours=1)  # so that a clock a little behind finds it valid already
_PLATFORM = "沙盒电子证明共享核查平台"

Private = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Three roots, one for each thing that is believed, and the platform's two keys."""

    seals: SigningKey = field(repr=False)
    platform: SigningKey = field(repr=False)
    clocks: SigningKey = field(repr=False)
    endorser: SigningKey = field(repr=False)
    clock: SigningKey = field(repr=False)

    @property
    def trust(self) -> Trust:
        """What those who check must believe."""
        roots = (self.seals, self.platform, self.clocks)
        return Trust(*((root.certificate,) for root in roots))

    def make_seal(
        self, number: str, kind: SealKind, unit: Unit, now: datetime, life: timedelta = SEAL_LIFE
    ) -> tuple[Seal, SigningKey]:
        """A seal and its key; nobody may use it until it is permitted."""
        if len(unit.name_zh) > 64:
            raise ProofTrouble(f"the name of unit {unit.code} is longer than 64 signs: shorten it")
        name = _name(f"{kind.title_zh} {number}", unit.name_zh)
        key = _issued(self.seals, name, _elliptic(), now, life)
        dates = x509.load_der_x509_certificate(key.certificate)
        begun, ended = dates.not_valid_before_utc, dates.not_valid_after_utc
        return Seal(number, kind, unit, key.certificate, now, begun, ended), key


def make_authority(now: datetime) -> Authority:
    """A new authority with keys of its own."""
    seals, platform, clocks = (_root(f"沙盒{what}根证书", now) for what in ("印章", "平台", "时间"))
    return Authority(
        seals,
        platform,
        clocks,
        _issued(platform, _name("平台背书", _PLATFORM), _elliptic(), now, LIFE),
        _issued(clocks, _name("时间戳", _PLATFORM), _elliptic(), now, LIFE, for_time=True),
    )


def _root(title: str, now: datetime) -> SigningKey:
    key, name = _elliptic(), _name(title, "沙盒")
    builder = (
        _begun(name, name, key, now, LIFE)
        .add_extension(_usage(for_certificates=True), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    return _signed(builder, key, key)


def _issued(
    root: SigningKey,
    name: x509.Name,
    key: Private,
    now: datetime,
    life: timedelta,
    *,
    for_time: bool = False,
) -> SigningKey:
    issuer = x509.load_der_x509_certificate(root.certificate)
    above = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key())
    above_id = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    builder = (
        _begun(name, issuer.subject, key, now, life)
        .add_extension(_usage(for_certificates=False), critical=True)
        .add_extension(above_id, critical=False)
    )
    if for_time:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return _signed(builder, key, loaded(root))


def loaded(key: SigningKey) -> Private:
    """The private key, ready for use."""
    private = serialization.load_der_private_key(key.private_key, password=None)
    if not isinstance(private, Private):
        raise ProofTrouble("the key is not elliptic: give another one")
    return private


def _begun(
    name: x509.Name, issuer: x509.Name, key: Private, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before((now - _EARLIER).replace(microsecond=0))
        .not_valid_after((now + life).replace(microsecond=0))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: Private, signer: Private) -> SigningKey:
    certificate = builder.sign(signer, hashes.SHA256())
    encoding = serialization.Encoding.DER
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningKey(certificate.public_bytes(encoding), private)


def _usage(*, for_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not for_certificates,
        content_commitment=not for_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=for_certificates,
        crl_sign=for_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str, organisation: str) -> x509.Name:
    parts = {
        NameOID.COUNTRY_NAME: "CN",
        NameOID.ORGANIZATION_NAME: organisation,
        NameOID.COMMON_NAME: common,
    }
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts.items()])


def _elliptic() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
