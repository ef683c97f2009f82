"""What may be written on a proof at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs

from hub.evidence import Subject
from hub.notary.words import (
    AnswerKind,
    ContentField,
    Extraction,
    ProofTrouble,
    SealKind,
    Unit,
)
from tests.notary.ground import CONTENT, EXTRACTION, HOLDER, NOW, civil_seal, proof

UNKNOWN = ContentField("spouse", "配偶", None)


def test_the_two_seals() -> None:
    """They are called as Article 14 calls them."""
    assert [kind.title_zh for kind in SealKind] == [
        "电子证明共享信息专用章",
        "电子证明核实信息专用章",
    ]


@pytest.mark.parametrize(
    ("answer", "fields", "rule"),
    [
        (AnswerKind.HELD, (), "every field has a value; else answer `partial`"),
        (AnswerKind.HELD, (*CONTENT.fields, UNKNOWN), "every field has a value"),
        (AnswerKind.PARTIAL, CONTENT.fields, "some fields have a value and some have none yet"),
        (AnswerKind.PARTIAL, (UNKNOWN,), "some fields have a value and some have none yet"),
        (AnswerKind.NO_SUCH_RECORD, (UNKNOWN,), "there is no field at all"),
    ],
)
def test_answers_and_fields_fit(
    answer: AnswerKind, fields: tuple[ContentField, ...], rule: str
) -> None:
    """An answer whose fields say something else is refused."""
    with pytest.raises(ProofTrouble, match=rule):
        replace(CONTENT, answer=answer, fields=fields)


@pytest.mark.parametrize("sign", ["\u202e", "\u0007", "\u200b", "\ud800", "\u2028"])
@pytest.mark.parametrize(
    "write",
    [
        lambda text: replace(CONTENT, title_zh=text),
        lambda text: replace(CONTENT, remark_zh=text),
        lambda text: replace(CONTENT, source_zh=text),
        lambda text: replace(CONTENT, document_number=text),
        lambda text: replace(CONTENT, holder=structs.replace(HOLDER, name=text)),
        lambda text: replace(CONTENT, fields=(ContentField("a", "标签", text),)),
        lambda text: replace(CONTENT, fields=(ContentField("a", text, "值"),)),
        lambda text: replace(CONTENT, fields=(ContentField("a", "标签", (text,)),)),
        lambda text: replace(EXTRACTION, case=text),
        lambda text: Unit("U", text),
    ],
)
def test_invisible_signs(write: Callable[[str], object], sign: str) -> None:
    """A sign that shows another text than the one sealed is refused wherever it stands."""
    with pytest.raises(ProofTrouble, match=f"U\\+{ord(sign):04X}: leave it out"):
        write(f"甲{sign}乙")


def test_a_new_line_is_no_invisible_sign() -> None:
    """A remark may have lines."""
    assert replace(CONTENT, remark_zh="一\n二").remark_zh == "一\n二"


def test_a_time_without_a_zone() -> None:
    """It could be any moment of a day, so it is refused."""
    with pytest.raises(ProofTrouble, match="has no zone"):
        replace(CONTENT, made_at=NOW.replace(tzinfo=None))


def test_people_and_keys_mask_themselves() -> None:
    """No repr shows a name, an identifier, a value, a case or a document."""
    shown = repr(CONTENT) + repr(EXTRACTION) + repr(proof()) + repr(civil_seal())

    for secret in (
        HOLDER.identifier,
        str(HOLDER.name),
        "2015",
        "王一",
        EXTRACTION.case,
        "原始",
        "%PDF",
    ):
        assert secret not in shown


def test_a_proof_is_known_by_its_hash() -> None:
    """The hash is that of the whole document."""
    assert len(proof().sha256) == 64
    assert proof().sha256 != replace(proof(), pdf=proof().pdf + b" ").sha256


def test_an_extraction_names_no_holder() -> None:
    """The platform's facts are about who asks, never about whom."""
    assert not any(isinstance(getattr(EXTRACTION, one), Subject) for one in Extraction.__slots__)
