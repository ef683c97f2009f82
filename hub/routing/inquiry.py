"""What platforms are told of lookups: the facts that their declared parameters may name."""

from datetime import date

from connectors.contract import Inquiry
from hub.catalogue.rows import Unit
from hub.declarations.words import CertificateType
from hub.evidence import HolderKind, Purpose, Subject

_PERSON = HolderKind.PERSON


class Inquiries:
    """The inquiries for one purpose, which goes with each so that its use can be bound (Article 17).

    Two have the same key exactly where the platform is told the same.
    """

    __slots__ = ("_applicant", "_purpose", "_told")

    def __init__(
        self, purpose: Purpose, certificate: CertificateType, unit: Unit, today: date
    ) -> None:
        self._applicant = purpose.applicant
        self._purpose = {
            "purpose.item": purpose.item,
            "purpose.case": purpose.case,
            "purpose.operator": purpose.operator,
            "purpose.material": certificate.title_zh,
            "purpose.sponsor_name": unit.name_zh,
            "purpose.sponsor_code": unit.code,
            "today.year": f"{today.year:04}",
            "today.month": f"{today.month:02}",
        }
        # A text is hashed once, however often it is part of a key.
        self._told = repr(tuple(self._purpose.values()))

    def about(self, subject: Subject) -> Inquiry:
        """The inquiry about a subject, who is the applicant where the purpose names no other."""
        identifier, name = subject.identifier, subject.name or ""
        facts = {"subject.id": identifier, **self._purpose}
        person = subject.kind is _PERSON
        if person:
            facts["subject.born_on"] = identifier[6:14]
            facts["subject.sex"] = "男" if int(identifier[16]) % 2 else "女"
        if name:
            facts["subject.name"] = name
        applicant = self._applicant or subject
        facts["applicant.id"] = applicant.identifier
        if applicant.name:
            facts["applicant.name"] = applicant.name
        key = self._told, person, identifier, name
        if applicant.identifier == identifier and (applicant.name or "") == name:
            return Inquiry(facts, key)
        return Inquiry(facts, (*key, applicant.identifier, applicant.name or ""))
