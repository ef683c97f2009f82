"""What the platforms are told."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Inquiry
from hub.catalogue.rows import Unit, UnitKind
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.evidence import HolderKind, Purpose, Subject
from hub.routing.inquiry import Inquiries

CARD = load_certificate_types(packaged_certificates())["resident_id_card"]
UNIT = Unit("NB-1", "示例单位", UnitKind.GOVERNMENT)
SON = Subject(HolderKind.PERSON, "330203199001015678", "王示例")
MOTHER = Subject(HolderKind.PERSON, "330203196001015628", "李示例")
FIRM = Subject(HolderKind.ORGANISATION, "91330212MA2AAAAA1X")


def facts(subject: Subject, applicant: Subject | None = None) -> dict[str, str]:
    purpose = Purpose("许可-1", "case-1", "op1", applicant)
    return dict(Inquiries(CARD, UNIT, date(2026, 3, 9)).about(subject, purpose).facts)


def test_purpose_goes_with_every_inquiry() -> None:
    """The platform is told item, case, clerk, material and sponsoring unit (Article 17)."""
    assert facts(SON) == {
        "subject.id": "330203199001015678",
        "subject.name": "王示例",
        "subject.born_on": "19900101",
        "subject.sex": "男",
        "applicant.id": "330203199001015678",
        "applicant.name": "王示例",
        "purpose.item": "许可-1",
        "purpose.case": "case-1",
        "purpose.operator": "op1",
        "purpose.material": "居民身份证",
        "purpose.sponsor_name": "示例单位",
        "purpose.sponsor_code": "NB-1",
        "today.year": "2026",
        "today.month": "03",
    }


def test_applicant_and_subject_may_differ() -> None:
    """An applicant other than the subject is named beside it."""
    told = facts(SON, applicant=MOTHER)

    assert (told["subject.id"], told["applicant.id"]) == (SON.identifier, MOTHER.identifier)
    assert told["applicant.name"] == "李示例"


def test_an_organisation_has_no_birthday_and_an_unnamed_one_no_name() -> None:
    """Facts that do not exist are left out, so that an interface that needs them can say so."""
    told = facts(FIRM)

    assert {"subject.name", "subject.sex", "subject.born_on"}.isdisjoint(told)
    assert facts(MOTHER)["subject.sex"] == "女"


people = st.builds(
    Subject,
    st.just(HolderKind.PERSON),
    st.sampled_from([SON.identifier, MOTHER.identifier]),
    st.sampled_from([None, "", "王示例", "李示例"]),
)
firms = st.builds(Subject, st.just(HolderKind.ORGANISATION), st.just(FIRM.identifier))
purposes = st.builds(
    Purpose,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["", "a"]),
    st.none() | people,
    st.none() | people,
)
told = st.builds(
    lambda purpose, about, day: Inquiries(CARD, UNIT, day).about(about, purpose),
    purposes,
    people | firms,
    st.sampled_from([date(2026, 3, 9), date(2026, 3, 10), date(2026, 4, 9), date(2025, 3, 9)]),
)


@settings(max_examples=1000)
@given(told, told)
def test_two_inquiries_are_one_question_exactly_where_the_same_is_told(
    one: Inquiry, other: Inquiry
) -> None:
    """The key, which is made of few parts, tells them apart as all facts do."""
    assert (one.key == other.key) == (one.facts == other.facts)
    assert one.key != other.key or hash(one.key) == hash(other.key)
