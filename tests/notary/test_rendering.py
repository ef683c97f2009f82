"""Pages, seals and endorsements as they are drawn."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from msgspec import structs
from pyhanko.pdf_utils.reader import PdfFileReader

from hub.notary.rendering import draw_endorsement, draw_page, draw_seal
from hub.notary.words import Content, ContentField, ProofTrouble
from tests.notary.ground import CONTENT, ENDORSEMENT, HOLDER, LAND, NUMBER, civil_seal

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed (poppler-utils)"
)


def text_of(pdf: bytes) -> str:
    """What a reader reads on it, without blanks."""
    command = ["pdftotext", "-", "-"]
    told = subprocess.run(command, input=pdf, capture_output=True, check=True, timeout=30)
    return re.sub(r"\s", "", told.stdout.decode())


def pages_of(pdf: bytes) -> tuple[int, list[float]]:
    """How many pages it has, and how large the first is, in points."""
    pages = PdfFileReader(BytesIO(pdf)).root["/Pages"]
    box = pages["/Kids"][0]["/MediaBox"]
    return int(pages["/Count"]), [round(float(side), 1) for side in box]


def with_fields(count: int, words: str = "值") -> Content:
    """A content with so many lines."""
    lines = (ContentField(f"f{n}", f"第{n}项", words) for n in range(count))
    return replace(CONTENT, fields=tuple(lines))


@pytest.mark.parametrize("lines", [1, 12, 30, 41])
def test_one_page_of_pdf_a(lines: int) -> None:
    """Whatever is on it, it is one A4 page that calls itself PDF/A-2b."""
    pdf = draw_page(with_fields(lines))

    metadata = PdfFileReader(BytesIO(pdf)).root["/Metadata"].data
    assert pages_of(pdf) == (1, [0, 0, 595.3, 841.9])
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata


@needs_poppler
def test_what_stands_on_the_page() -> None:
    """Heading, number, holder, every field, remark, unit and date are there to be read."""
    told = text_of(draw_page(replace(CONTENT, source_zh="省公共数据共享平台")))

    for words in (
        "电子证明共享核查平台",
        "婚姻登记证明",
        "电子证明（核实信息）",
        f"编号：{NUMBER}",
        "王小芳",
        HOLDER.identifier,
        "经核实，王小芳的“婚姻登记证明”信息如下：",
        "登记日期2015年10月1日",
        "说明：与原始档案核对一致。",
        "数据来源：省公共数据共享平台",
        "特此证明。",
        "某市民政局2026年3月5日",
        "具有同等的法律效力",
    ):
        assert words in told


@needs_poppler
@pytest.mark.parametrize(
    "words",
    ["#panic()", "*强*_调_", "$x^2$", "= 标题", "\\#import", '"]) #read("x")', "<a>&amp;@b"],
)
def test_markup_is_only_text(words: str) -> None:
    """What looks like typst is shown as it stands."""
    content = replace(
        CONTENT, title_zh=words, remark_zh=words, fields=(ContentField("a", words, words),)
    )

    assert text_of(draw_page(content)).count(words.replace(" ", "")) >= 4


def test_equal_contents_give_equal_bytes() -> None:
    """Nothing of the machine, the moment or chance is in a page."""
    assert draw_page(CONTENT) == draw_page(CONTENT)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: draw_page(with_fields(120)),
        lambda: draw_page(replace(CONTENT, remark_zh="很长" * 2500)),
        lambda: draw_endorsement(replace(ENDORSEMENT, item_zh="很长" * 900)),
    ],
)
def test_too_much_for_one_page(draw: Callable[[], bytes]) -> None:
    """What does not fit, even small, is refused with what to do."""
    message = "the proof does not fit one page: shorten its remark or its fields"

    with pytest.raises(ProofTrouble, match=message):
        draw()


def test_a_sign_no_font_has() -> None:
    """It is named by its code; the text it stands in is not repeated."""
    rare = replace(CONTENT, holder=structs.replace(HOLDER, name="王\U0002b74e"))

    with pytest.raises(ProofTrouble, match=r"U\+2B74E") as caught:
        draw_page(rare)

    assert "王" not in str(caught.value)


@needs_poppler
def test_what_stands_on_the_endorsement() -> None:
    """All that Article 14 asks for, and what the proof is for."""
    told = text_of(draw_endorsement(ENDORSEMENT))

    for words in (
        "提取单位某市自然资源和规划局",
        "制作单位某市民政局",
        "操作人员clerk-7",
        "提取时间2026年3月5日10:33",
        "办理事项不动产转移登记（RE-0001）",
        "办件编号C-2026-0001",
        f"证明编号{NUMBER}",
        "有效期至2026年4月4日10:30",
    ):
        assert words in told
    assert "（" not in text_of(draw_endorsement(replace(ENDORSEMENT, item_zh="")))


@needs_poppler
def test_what_stands_on_the_seal() -> None:
    """The unit's name letter by letter around the ring, the kind and the number."""
    told = text_of(draw_seal(civil_seal().seal))

    assert all(letter in told for letter in "某市民政局")
    assert "电子证明核实信息" in told
    assert "专用章" in told


def test_seals_are_drawn_once() -> None:
    """The same seal is the same bytes; another unit's is another drawing."""
    seal = civil_seal().seal

    assert draw_seal(seal) is draw_seal(seal)
    assert draw_seal(replace(seal, unit=LAND)) != draw_seal(seal)
    assert pages_of(draw_seal(seal)) == (1, [0, 0, 119.1, 119.1])


@pytest.mark.parametrize("name", ["局", "某市", "某" * 30, "某" * 64])
def test_names_of_any_length(name: str) -> None:
    """A name is drawn smaller, the longer it is."""
    seal = civil_seal().seal

    assert pages_of(draw_seal(replace(seal, unit=replace(seal.unit, name_zh=name))))[0] == 1
