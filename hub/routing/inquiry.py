"""What a platform is told about a lookup: the facts that its declared parameters may name."""

from datetime import date

from connectors.contract import Inquiry
from hub.catalogue.rows import Unit
from hub.declarations.words import CertificateType
from hub.evidence import HolderKind, Lookup, Subject


def inquiry_for(lookup: Lookup, certificate: CertificateType, unit: Unit, today: date) -> Inquiry:
    """The facts of a lookup, purpose included, so that the platform can bind the use (Article 17)."""
    purpose = lookup.purpose
    facts = {
        "subject.id": lookup.subject.identifier,
        "purpose.item": purpose.item,
        "purpose.case": purpose.case,
        "purpose.operator": purpose.operator,
        "purpose.material": certificate.title_zh,
        "purpose.sponsor_name": unit.name_zh,
        "purpose.sponsor_code": unit.code,
        "today.year": f"{today:%Y}",
        "today.month": f"{today:%m}",
    }
    facts |= _named("subject", lookup.subject)
    facts |= _personal(lookup.subject)
    applicant = purpose.applicant or lookup.subject
    return Inquiry(facts | {"applicant.id": applicant.identifier} | _named("applicant", applicant))


def _named(part: str, subject: Subject) -> dict[str, str]:
    return {f"{part}.name": subject.name} if subject.name else {}


def _personal(subject: Subject) -> dict[str, str]:
    if subject.kind is not HolderKind.PERSON:
        return {}
    return {
        "subject.born_on": subject.identifier[6:14],
        "subject.sex": "男" if int(subject.identifier[16]) % 2 else "女",
    }
