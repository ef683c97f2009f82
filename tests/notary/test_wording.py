"""The Chinese wording of a proof."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from msgspec import structs

from connectors.contract import ValueKind
from hub.evidence import HolderKind, Subject
from hub.notary.wording import (
    date_zh,
    heading_zh,
    holder_rows,
    moment_zh,
    pending_zh,
    shown_fields,
    statement_zh,
)
from hub.notary.words import AnswerKind, ContentField, SealKind
from tests.notary.ground import CONTENT, HOLDER

PARTIAL = replace(
    CONTENT,
    answer=AnswerKind.PARTIAL,
    fields=(
        *CONTENT.fields,
        ContentField("spouse", "配偶", None),
        ContentField("no", "证号", None),
    ),
)
NONE = replace(CONTENT, answer=AnswerKind.NO_SUCH_RECORD, fields=())


def test_values_as_a_clerk_reads_them() -> None:
    """Sexes, dates, truths, numbers and lists are words; what is unknown is not shown."""
    assert shown_fields(PARTIAL) == (
        ("性别", "女"),
        ("登记日期", "2015年10月1日"),
        ("是否有效", "是"),
        ("工本费", "9.00"),
        ("子女", "王一、王二"),
    )
    no = ContentField("a", "甲", False)
    other_sex = ContentField("b", "乙", "x", ValueKind.SEX)
    number = ContentField("c", "丙", 7)
    few = replace(CONTENT, fields=(no, other_sex, number))
    assert shown_fields(few) == (("甲", "否"), ("乙", "x"), ("丙", "7"))


@pytest.mark.parametrize(
    ("content", "heading", "statement", "pending"),
    [
        (CONTENT, "婚姻登记证明", "经核实，王小芳的“婚姻登记证明”信息如下：", ""),
        (
            PARTIAL,
            "婚姻登记证明（部分）",
            "经核实，王小芳的“婚姻登记证明”已有信息如下：",
            "以下信息尚在核实，核实后另行出具证明：配偶、证号。",
        ),
        (
            NONE,
            "查无记录证明",
            "经核实，截至2026年3月5日 10:30，未查询到王小芳的“婚姻登记证明”相关记录。",
            "",
        ),
        (
            replace(CONTENT, kind=SealKind.SHARING, holder=structs.replace(HOLDER, name=None)),
            "婚姻登记证明",
            "经提取共享信息，该持有人的“婚姻登记证明”信息如下：",
            "",
        ),
    ],
    ids=["held", "partial", "none", "shared"],
)
def test_what_each_answer_says(content: object, heading: str, statement: str, pending: str) -> None:
    """Heading, sentence and what is still to come."""
    assert isinstance(content, type(CONTENT))
    assert (heading_zh(content), statement_zh(content), pending_zh(content)) == (
        heading,
        statement,
        pending,
    )


def test_persons_and_organisations() -> None:
    """Each has its own labels; a name that is not known is left out."""
    organisation = Subject(HolderKind.ORGANISATION, "91330299MA2A00001K", "某公司")

    assert holder_rows(HOLDER) == (("姓名", "王小芳"), ("公民身份号码", HOLDER.identifier))
    assert holder_rows(structs.replace(HOLDER, name=None)) == (("公民身份号码", HOLDER.identifier),)
    assert holder_rows(organisation) == (
        ("名称", "某公司"),
        ("统一社会信用代码", "91330299MA2A00001K"),
    )


def test_days_are_china_s() -> None:
    """Late in the evening UTC it is the next day in China."""
    late = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)

    assert date_zh(late) == "2027年1月1日"
    assert moment_zh(late) == "2027年1月1日 00:05"
    assert date_zh(date(2026, 12, 31)) == "2026年12月31日"
