"""`certhub catalogue`: import, list, synthetic."""

import csv
import re
from pathlib import Path

from tests.commands.terminal import Ended, certhub

HEADER = (
    *("单位编码", "单位名称", "单位类型", "领域", "事项编码", "事项名称"),
    *("证件名称", "出具单位", "办事措施", "可见字段"),
)
GOOD = (
    *("U-1", "示例局", "行政机关", "住房保障", "许可-1", "示例事项"),
    *("resident_id_card", "公安机关", "数据共享、共享核查", "*"),
)


def sheet(at: Path, *rows: tuple[str, ...]) -> Path:
    """A .csv with the header and these rows."""
    file = at / "sheet.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([HEADER, *rows])
    return file


def imported(at: Path, file: Path | str, name: str, day: str = "2024-01-01") -> Ended:
    """What becomes of an import."""
    words = ("catalogue", "import", file, "--name", name, "--effective-from", day)
    return certhub(*words, at=at)


def changed(**cells: str) -> tuple[str, ...]:
    """The good row with other cells."""
    return tuple(cells.get(head, cell) for head, cell in zip(HEADER, GOOD, strict=True))


def test_bad_rows_are_all_told(tmp_path: Path) -> None:
    """Every bad row is told with what is allowed; exit 1, and nothing is imported."""
    bad_certificate = changed(证件名称="resident_id_crad")
    bad_measure = changed(事项编码="许可-2", 办事措施="传真")
    file = sheet(tmp_path, GOOD, bad_certificate, bad_measure)

    done = imported(tmp_path, file, "bad")

    assert done.code == 1
    first, *problems = done.err.splitlines()
    assert first.startswith(f"certhub: {file}: nothing was imported; 2 mistakes to mend:")
    assert problems[0].startswith('  row 3, 证件名称 (certificate): given "resident_id_crad"')
    assert problems[0].endswith('did you mean "resident_id_card"?')
    assert problems[1].startswith('  row 4, 办事措施 (measures): given "传真"')
    assert "bad" not in certhub("catalogue", "list", at=tmp_path).out


def test_import_and_list(tmp_path: Path) -> None:
    """A good sheet becomes a version; the list tells which is in force and which is to come."""
    file = sheet(tmp_path, GOOD)

    first = imported(tmp_path, file, "edition one", "2020-01-01")
    second = imported(tmp_path, file, "edition two", "2024-01-01")
    third = imported(tmp_path, file, "edition three", "2199-01-01")
    listed = certhub("catalogue", "list", at=tmp_path)

    assert (first.code, second.code, third.code) == (0, 0, 0)
    assert first.out.startswith(
        'imported "edition one": 1 rows, 1 items of units, 1 units; in force from 2020-01-01.'
    )
    assert re.search(r"edition one +│ 2020-01-01 +│ 2024-01-01 +│ past", listed.out)
    assert re.search(r"edition two +│ 2024-01-01 +│ 2199-01-01 +│ in force", listed.out)
    assert re.search(r"edition three +│ 2199-01-01 +│ +│ to come", listed.out)


def test_name_taken(tmp_path: Path) -> None:
    """A second version of the same name is refused."""
    file = sheet(tmp_path, GOOD)
    imported(tmp_path, file, "one")

    done = imported(tmp_path, file, "one")

    assert done.code == 1
    assert 'version name: given "one"; allowed: a name no other version has' in done.err


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is told without a traceback."""
    done = imported(tmp_path, "nowhere.xlsx", "one")

    assert done.code == 2
    assert done.err == "certhub: nowhere.xlsx: there is no such file; give an .xlsx or .csv"


def test_synthetic_catalogue_can_be_imported(tmp_path: Path) -> None:
    """What `synthetic` writes has the real size and no mistake."""
    written = certhub("catalogue", "synthetic", "all.xlsx", at=tmp_path)
    done = imported(tmp_path, "all.xlsx", "all")

    assert written.code == 0
    assert written.out.startswith("all.xlsx: 4486 rows, ")
    assert done.code == 0
    assert done.out.startswith('imported "all": 4486 rows, ')


def test_synthetic_only_as_xlsx(tmp_path: Path) -> None:
    """Another ending is refused before anything is written."""
    done = certhub("catalogue", "synthetic", "all.csv", at=tmp_path)

    assert done.code == 1
    assert done.err.startswith("certhub: all.csv: a sheet is written as .xlsx")
    assert not (tmp_path / "all.csv").exists()


def test_synthetic_into_no_folder(tmp_path: Path) -> None:
    """A place that can't be written is told."""
    done = certhub("catalogue", "synthetic", "nowhere/all.xlsx", at=tmp_path)

    assert done.code == 1
    assert done.err == "certhub: nowhere/all.xlsx can't be written: No such file or directory."
