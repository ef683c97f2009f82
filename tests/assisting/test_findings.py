"""What a verifier writes down, by the kind of its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.assisted_parts import Told
from connectors.contract import ValueKind
from hub.assisting.findings import (
    LONGEST_LIST,
    LONGEST_TEXT,
    MOST_TEXTS,
    Unsound,
    Written,
    read_values,
)
from hub.declarations.words import CertificateField, CertificateType, Sensitivity
from hub.desk.face.app import LARGEST_BODY
from hub.evidence import HolderKind

FIELDS = {
    kind.value: CertificateField(kind.value, "字段", "Field", kind, Sensitivity.PERSONAL)
    for kind in ValueKind
}
TYPE = CertificateType(
    "proof",
    None,
    "证明",
    "Proof",
    frozenset({HolderKind.PERSON}),
    "机关",
    "Authority",
    FIELDS,
    None,
    None,
    None,
    None,
)


def read(name: str, text: str | None = None, texts: tuple[str, ...] | None = None) -> object:
    """What one field becomes."""
    found = read_values(TYPE, sorted(FIELDS), [Written(name, text, texts)])
    return found if isinstance(found, Unsound) else found[name]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "无 婚姻登记记录", "无 婚姻登记记录"),
        ("identifier", "33020319900307671x", "33020319900307671X"),
        ("identifier", "3302**********6711", "3302**********6711"),
        ("sex", "female", "female"),
        ("date", "2024-02-29", "2024-02-29"),
        ("decimal", "-120.50", "-120.50"),
        ("integer", "42", 42),
        ("boolean", "true", True),
        ("boolean", "false", False),
    ],
)
def test_what_fits(kind: str, text: str, value: Told) -> None:
    """A value in the form of its kind becomes what the platform takes."""
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", ""),
        ("text", " x"),
        ("text", "a\nb"),
        ("text", "x" * (LONGEST_TEXT + 1)),
        ("text", "\ud800"),
        ("identifier", "33 02"),
        ("sex", "1"),
        ("sex", "女"),
        ("date", "2023-02-29"),
        ("date", "20240229"),
        ("date", "2024-2-9"),
        ("date", "２０２４-02-29"),
        ("decimal", "1,000"),
        ("decimal", "1e9"),
        ("decimal", "NaN"),
        ("decimal", "."),
        ("integer", "1.0"),
        ("integer", "9" * 16),
        ("integer", "٣"),
        ("boolean", "True"),
        ("boolean", "是"),
    ],
)
def test_what_does_not_fit(kind: str, text: str) -> None:
    """Anything else is told with the form, and never quoted."""
    found = read(kind, text)

    assert isinstance(found, Unsound)
    assert found.problem == f"the value of {kind} (字段) can't be read"
    assert found.remedy.startswith("Give ")
    assert len(text) < 4 or text not in found.problem + found.remedy


def test_several_texts() -> None:
    """A field of several texts takes a list, every other field takes one value."""
    assert read("texts", texts=("甲", "乙")) == ("甲", "乙")
    assert read("texts") is None
    assert read("text") is None
    for wrong in (read("texts", "甲"), read("text", texts=("甲",)), read("texts", texts=())):
        assert isinstance(wrong, Unsound)


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=40))
def test_whatever_is_written_is_read_or_told(kind: str, text: str) -> None:
    """No text breaks it; what is read has its kind's type, and nothing that no database stores."""
    found = read(kind, text)

    if isinstance(found, Unsound):
        return
    if isinstance(found, str):
        assert found.isprintable()
        found.encode()
    assert type(found) in (str, int, bool)


def test_a_list_fits_into_a_call() -> None:
    """As many texts as may be, each as long as may be, are more than the desk takes in one body."""
    most = ("证" * (LONGEST_LIST // MOST_TEXTS),) * MOST_TEXTS

    assert read("texts", texts=most) == most
    assert isinstance(read("texts", texts=(*most[1:], most[0] + "件")), Unsound)
    assert len("证".encode()) * MOST_TEXTS * LONGEST_TEXT > LARGEST_BODY
    assert len("证".encode()) * LONGEST_LIST * 5 < LARGEST_BODY
