"""Sheets are read as they come: .xlsx, .csv, UTF-8 with or without BOM, GB18030."""

from datetime import date
from pathlib import Path

import pytest

from hub.catalogue.spreadsheet import UnreadableSheet, read_cells
from tests.catalogue.sheets import GOOD, HEADER, write_csv, write_xlsx


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    """Chinese text comes out the same, and a BOM is no part of the first header."""
    file = write_csv(tmp_path / "a.csv", [HEADER, GOOD], encoding)

    assert read_cells(file) == [tuple(HEADER), tuple(GOOD)]


def test_cells_become_plain_text(tmp_path: Path) -> None:
    """Numbers, booleans, dates, line breaks and wide blanks are read as a person would."""
    cells = [5, 2.5, True, False, date(2026, 3, 1), "  甲\n乙\u3000", None, "05"]
    file = write_xlsx(tmp_path / "a.XLSX", [[], cells])

    assert read_cells(file)[1] == ("5", "2.5", "是", "否", "2026-03-01", "甲 乙", "", "05")


def _file(folder: Path, name: str, written: bytes | None) -> Path:
    file = folder / name
    if written is not None:
        file.write_bytes(written)
    return file


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("a.csv", None, "there is no such file; give an .xlsx or .csv"),
        ("a.xls", b"x", "can't be read by its name; give an .xlsx or .csv"),
        ("a.csv", b"\xff\xff\xff", "is neither UTF-8 nor GB18030; save it again as CSV UTF-8"),
        (
            "a.csv",
            b'"open',
            "is no readable .csv (unexpected end of data); save it again as CSV with commas",
        ),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(
    tmp_path: Path, name: str, written: bytes | None, said: str
) -> None:
    """The message names the file and what to give instead."""
    file = _file(tmp_path, name, written)

    with pytest.raises(UnreadableSheet) as raised:
        read_cells(file)

    assert str(raised.value) == f"{file}: {said}"


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    """Bytes that are no workbook are told as such."""
    file = _file(tmp_path, "a.xlsx", b"no workbook")

    with pytest.raises(UnreadableSheet, match=r"is no readable \.xlsx"):
        read_cells(file)
