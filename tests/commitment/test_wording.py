"""What the applicant reads, and which changes make it another text."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from hub.catalogue.rows import CatalogueRow, Measure
from hub.commitment.wording import commitment_text
from hub.notary.rendering import Paper, draw_paper
from tests.catalogue.sample import HOUSING, RENT
from tests.commitment.ground import CARD, ROW

TEXT = commitment_text(ROW, RENT, HOUSING, CARD)
HOLDER = (("姓名", "张三"), ("公民身份号码", "330203199001011233"))
PAPER = Paper(TEXT.title, TEXT.digest, TEXT.about, HOLDER, TEXT.sections)

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed (poppler-utils)"
)


def test_the_text_has_all_its_parts() -> None:
    """What is to be proven, what is told, what is committed to, liability and checks."""
    assert [heading for heading, _ in TEXT.sections] == [
        "一、证明事项",
        "二、告知内容",
        "三、承诺内容",
        "四、虚假承诺的责任",
        "五、核查方式",
    ]
    assert TEXT.about == (
        ("办理事项", "公租房资格（许可-1）"),
        ("办理单位", "示例住房局"),
        ("证明名称", "居民身份证"),
        ("出具单位", "公安机关"),
    )
    assert TEXT.proves == (
        "办理“公租房资格”应当证明的，公安机关出具的“居民身份证”所载姓名等事实。",
    )
    assert "代理人不得代为承诺" in TEXT.duties[2]
    assert TEXT.checks[1] == "2. 通过市电子证明共享核查平台请求公安机关协助核实。"


def test_equal_rows_give_equal_texts() -> None:
    """The digest is a version: nothing of a person, case or day is in it."""
    assert commitment_text(ROW, RENT, HOUSING, CARD).digest == TEXT.digest
    assert re.fullmatch("[0-9a-f]{64}", TEXT.digest)


@pytest.mark.parametrize(
    "row",
    [
        replace(ROW, issuer_zh="示例公安局"),
        replace(ROW, granted=frozenset({"name", "number"})),
        replace(ROW, measures=(Measure.SHARING, Measure.COMMITMENT)),
    ],
)
def test_another_row_is_another_text(row: CatalogueRow) -> None:
    """Whoever accepted the former text did not accept this one."""
    assert commitment_text(row, RENT, HOUSING, CARD).digest != TEXT.digest


def test_without_verification_the_text_does_not_promise_it() -> None:
    """Only what the row offers is told as another way and as a check."""
    alone = replace(ROW, measures=(Measure.COMMITMENT,))

    assert "协助核实" not in commitment_text(alone, RENT, HOUSING, CARD).plain


@needs_poppler
def test_the_page_holds_the_text_and_room_to_sign() -> None:
    """Every sentence, who signs, and the digest can be read from the one page."""
    told = subprocess.run(
        ["pdftotext", "-", "-"], input=draw_paper(PAPER), capture_output=True, check=True, timeout=30
    )  # fmt: skip
    read = re.sub(r"\s", "", told.stdout.decode())

    for line in TEXT.plain.replace("：", "\n").split("\n"):
        assert re.sub(r"\s", "", line) in read
    for words in ("张三", "330203199001011233", "申请人（签名或者盖章）", TEXT.digest):
        assert words in read
    assert told.stdout.count(b"\f") == 1


@needs_poppler
def test_a_page_of_many_facts_is_still_one_page() -> None:
    """A certificate of 60 granted fields is drawn smaller, not cut off."""
    field = CARD.fields["name"]
    fields = {f"f{n}": replace(field, name=f"f{n}", label_zh=f"第{n}项事实") for n in range(60)}
    text = commitment_text(
        replace(ROW, granted=frozenset(fields)), RENT, HOUSING, replace(CARD, fields=fields)
    )
    page = draw_paper(replace(PAPER, sections=text.sections))

    told = subprocess.run(
        ["pdftotext", "-", "-"], input=page, capture_output=True, check=True, timeout=30
    )
    assert told.stdout.count(b"\f") == 1
    assert "第59项事实" in re.sub(r"\s", "", told.stdout.decode())
