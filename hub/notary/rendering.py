"""Draws pages, seals and endorsements with typst; what is written on them comes as JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn

from hub.notary.wording import (
    date_zh,
    heading_zh,
    holder_rows,
    moment_zh,
    pending_zh,
    shown_fields,
    statement_zh,
)
from hub.notary.words import Content, Endorsement, ProofTrouble, Seal

TEMPLATES = Path(__file__).parent / "templates"

PAGE_HEIGHT_MM = 297.0
SEAL_MM = (124.0, 182.5, 42.0, 42.0)
ENDORSEMENT_MM = (24.0, 228.0, 162.0, 40.0)
"""Where the two stamps lie on the page: from the left, from the top, width, height."""

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')


@dataclass(frozen=True, slots=True)
class Paper:
    """A page to be read and signed by hand: rows, sections of sentences, and who signs it."""

    title: str
    number: str
    about: tuple[tuple[str, str], ...] = field(repr=False)
    holder: tuple[tuple[str, str], ...] = field(repr=False)
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def draw_paper(paper: Paper) -> bytes:
    """The page as PDF/A-2b, with room for signature and date; equal papers give equal bytes."""
    return _drawn("paper.typ", asdict(paper), None)


def draw_page(content: Content) -> bytes:
    """The page as PDF/A-2b, without its seal; equal contents give equal bytes."""
    data = {
        "title": heading_zh(content),
        "number": content.document_number,
        "information": content.kind.information_zh,
        "unit": content.unit.name_zh,
        "date": date_zh(content.made_at),
        "holder": holder_rows(content.holder),
        "statement": statement_zh(content),
        "fields": shown_fields(content),
        "pending": pending_zh(content),
        "remark": content.remark_zh,
        "source": content.source_zh,
    }
    return _drawn("page.typ", data, content.made_at)


def draw_seal(seal: Seal) -> bytes:
    """The round seal with its unit's name, as a PDF of 42 mm by 42 mm."""
    return _drawn_seal(seal.unit.name_zh, seal.kind.information_zh, seal.id)


def draw_endorsement(endorsement: Endorsement) -> bytes:
    """The endorsement as a PDF of the size of its area on the page."""
    item = (
        f"{endorsement.item_zh}（{endorsement.item}）" if endorsement.item_zh else endorsement.item
    )
    rows = (
        ("提取单位", endorsement.extracting.name_zh),
        ("制作单位", endorsement.making.name_zh),
        ("操作人员", endorsement.operator),
        ("提取时间", moment_zh(endorsement.extracted_at)),
        ("办理事项", item),
        ("办件编号", endorsement.case),
        ("证明编号", endorsement.document_number),
        ("有效期至", moment_zh(endorsement.valid_until)),
    )
    return _drawn("endorsement.typ", {"rows": rows}, endorsement.extracted_at)


@lru_cache(maxsize=512)
def _drawn_seal(unit: str, information: str, seal: str) -> bytes:
    data = {"unit": unit, "id": seal, "kind": (f"电子证明{information}", "专用章")}
    return _drawn("seal.typ", data, None)


def _drawn(template: str, data: Mapping[str, object], at: datetime | None) -> bytes:
    typst = _typst()
    compiler = typst.Compiler(
        _source(template),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    stamp = 0 if at is None else int(at.timestamp())
    try:
        pdf = compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=stamp)
    except typst.TypstError as trouble:
        raise ProofTrouble(_explained(str(trouble))) from None
    assert isinstance(pdf, bytes)  # a list of pages is only for pictures
    return pdf


def _explained(trouble: str) -> str:
    missing = _MISSING.search(trouble)
    if missing:
        codes = ", ".join(f"U+{ord(sign):04X}" for sign in missing[1])
        return f"no font of the notary has the sign {codes}: write it otherwise, or add a font"
    return "the proof does not fit one page: shorten its remark or its fields"


@cache
def _source(template: str) -> bytes:
    return (TEMPLATES / template).read_bytes()


@cache
def _typst() -> Any:
    """The library that draws, loaded for the first page: a hub that only looks up does without."""
    return import_module("typst")


@cache
def _fonts() -> Any:
    folder = Path(pylopdf_fonts_zh_cn.serif_path()).parent
    return _typst().Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
