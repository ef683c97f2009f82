"""What platforms are told of lookups: the facts that their declared parameters may name."""

from datetime import date

from connectors.contract import Inquiry
from hub.catalogue.rows import Unit
from hub.declarations.words import CertificateType
from hub.evidence import HolderKind, Purpose, Subject

_PERSON = HolderKind.PERSON
_SEX = {digit: "男" if int(digit) % 2 else "女" for digit in "0123456789"}
_ABOUT = (
    "purpose.item",
    "purpose.case",
    "purpose.operator",
    "subject.id",
    "subject.name",
    "subject.born_on",
    "subject.sex",
    "applicant.id",
    "applicant.name",
)


class Inquiries:
    """The inquiries of a unit about one certificate type, on one day.

    The purpose goes with each, so that its use can be bound (Article 17). Two have the same key
    exactly where the platform is told the same.
    """

    __slots__ = ("_facts", "_told")

    def __init__(self, certificate: CertificateType, unit: Unit, today: date) -> None:
        told = {
            "purpose.material": certificate.title_zh,
            "purpose.sponsor_name": unit.name_zh,
            "purpose.sponsor_code": unit.code,
            "today.year": f"{today.year:04}",
            "today.month": f"{today.month:02}",
        }
        # A text is hashed once, however often it is part of a key.
        self._told = repr(tuple(told.values()))
        self._facts = told | dict.fromkeys(_ABOUT, "")

    def about(self, subject: Subject, purpose: Purpose) -> Inquiry:
        """The inquiry about a subject, who is the applicant where the purpose names no other."""
        identifier, name, person = subject.identifier, subject.name or "", subject.kind is _PERSON
        item, case, operator = purpose.item, purpose.case, purpose.operator
        key: tuple[str | bool, ...] = self._told, item, case, operator, person, identifier, name
        # A copy of all facts there may be, some of which are then taken out, costs least.
        facts = self._facts.copy()
        facts["purpose.item"] = item
        facts["purpose.case"] = case
        facts["purpose.operator"] = operator
        facts["subject.id"] = facts["applicant.id"] = identifier
        if person:
            facts["subject.born_on"] = identifier[6:14]
            facts["subject.sex"] = _SEX[identifier[16]]
        else:
            del facts["subject.born_on"], facts["subject.sex"]
        if name:
            facts["subject.name"] = facts["applicant.name"] = name
        else:
            del facts["subject.name"], facts["applicant.name"]
        if purpose.applicant is not None:
            key += _applying(facts, purpose.applicant)
        return Inquiry(facts, key)


def _applying(facts: dict[str, str], applicant: Subject) -> tuple[str, ...]:
    """Tell who applies; gives back what that adds to the key: nothing where it is the subject."""
    identifier, name = applicant.identifier, applicant.name or ""
    if facts["subject.id"] == identifier and facts.get("subject.name", "") == name:
        return ()
    facts["applicant.id"] = identifier
    facts["applicant.name"] = name
    if not name:
        del facts["applicant.name"]
    return identifier, name
