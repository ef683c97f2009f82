"""What callers give: subjects, purposes, lookups."""

from datetime import datetime

import strawberry

from hub.evidence import HolderKind, Purpose, Subject
from resolvers.errors import CallerError, Code
from resolvers.scalars import CreditCode, ResidentId

LONGEST = 200
LONGEST_WORDS = 2000
YEARS = range(2000, 2200)


def recordable(argument: str, text: str) -> str:
    """The text without blanks around it; refused where it is empty, too long, or unprintable.

    Checked before anything is asked, so that no platform is asked for what can't be recorded.
    """
    plain = text.strip()
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise CallerError(
            Code.BAD_INPUT,
            f"`{argument}` must be 1 to {LONGEST} printable characters.",
            "Give the code as the catalogue, the case or the unit has it.",
        )
    return plain


def in_words(argument: str, text: str) -> str:
    """What a person says, without blanks around it; refused where it is blank, long or unprintable."""
    plain = text.strip()
    if not plain or len(plain) > LONGEST_WORDS or not "".join(plain.splitlines()).isprintable():
        raise CallerError(
            Code.BAD_INPUT,
            f"`{argument}` must be 1 to {LONGEST_WORDS} printable characters.",
            "Say it in words, in a few sentences.",
        )
    return plain


def with_zone(argument: str, moment: datetime) -> datetime:
    """The moment, refused without a zone, or where no platform could take it.

    Noon in Ningbo is not noon in UTC.
    """
    if moment.tzinfo is None:
        raise CallerError(
            Code.BAD_INPUT,
            f"`{argument}` needs a time zone.",
            "Write it as 2026-03-09T17:00:00+08:00.",
        )
    if moment.year not in YEARS:
        raise CallerError(
            Code.BAD_INPUT,
            f"`{argument}` lies outside the years {YEARS[0]} to {YEARS[-1]}.",
            "Write it as 2026-03-09T17:00:00+08:00.",
        )
    return moment


def named(name: str | None) -> str | None:
    """A name to be sent to platforms, or none where it is blank."""
    if name and name.isalpha() and len(name) <= LONGEST:  # letters have no blanks around them
        return name
    return recordable("name", name) if name and not name.isspace() else None


@strawberry.input(description="A natural person (自然人).")
class PersonInput:
    resident_id: ResidentId = strawberry.field(
        description="Resident identity number (公民身份号码), GB 11643."
    )
    name: str | None = strawberry.field(
        default=None, description="Full name (姓名); some platforms don't answer without it."
    )


@strawberry.input(description="An organisation (法人或其他组织).")
class OrganisationInput:
    credit_code: CreditCode = strawberry.field(
        description="Unified social credit code (统一社会信用代码), GB 32100."
    )
    name: str | None = strawberry.field(
        default=None, description="Registered name (名称); some platforms don't answer without it."
    )


@strawberry.input(
    one_of=True,
    description="Whom the certificate is about (证件持有人): a person or an organisation.",
)
class SubjectInput:
    person: strawberry.Maybe[PersonInput] = strawberry.field(
        description="A natural person (自然人)."
    )
    organisation: strawberry.Maybe[OrganisationInput] = strawberry.field(
        description="An organisation (法人或其他组织)."
    )

    def subject(self) -> Subject:
        if self.person is not None:
            person = self.person.value
            return Subject(HolderKind.PERSON, person.resident_id, named(person.name))
        assert self.organisation is not None, "exactly one is given: @oneOf"
        one = self.organisation.value
        return Subject(HolderKind.ORGANISATION, one.credit_code, named(one.name))


@strawberry.input(
    description="What it is for (用途); it may not be used for anything else, Article 17."
)
class PurposeInput:
    item: strawberry.ID = strawberry.field(
        description="Code of the service item (事项编码), e.g. 许可-00757-000."
    )
    case: str = strawberry.field(description="Number of the case (办件编号) this is for.")
    operator: strawberry.ID = strawberry.field(
        description="The clerk (操作人员), one of the caller's own."
    )
    applicant: SubjectInput | None = strawberry.field(
        default=None, description="The applicant (申请人) where other than the subject."
    )
    acting_for: SubjectInput | None = strawberry.field(
        default=None,
        description="Whom the applicant acts for as an agent (被代理人), Article 12.",
    )

    def purpose(self) -> Purpose:
        """The purpose, checked once however many lookups are for it."""
        known: Purpose | None = self.__dict__.get("_purpose")
        if known is None:
            known = self.__dict__["_purpose"] = self._checked()
        return known

    def _checked(self) -> Purpose:
        return Purpose(
            item=recordable("purpose.item", self.item),
            case=recordable("purpose.case", self.case),
            operator=recordable("purpose.operator", self.operator),
            applicant=self.applicant.subject() if self.applicant else None,
            acting_for=self.acting_for.subject() if self.acting_for else None,
        )


@strawberry.input(description="One certificate of one subject (一次查询).")
class LookupInput:
    type: strawberry.ID = strawberry.field(
        description="Name of the certificate type (证照类型), e.g. resident_id_card."
    )
    subject: SubjectInput = strawberry.field(
        description="Whom the certificate is about (证件持有人)."
    )
