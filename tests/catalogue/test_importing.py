"""The checker takes a whole sheet, or reports every mistake where it stands."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.cells import Problem
from hub.catalogue.importing import check_cells
from hub.catalogue.rows import CatalogueContent, CatalogueRow, Measure, UnitKind
from tests.catalogue.sample import TYPES
from tests.catalogue.sheets import ENGLISH, HEADER, line


def _unwatched(_done: int, _total: int) -> None:
    """Nobody watches."""


def _check(
    *lines: Sequence[object], header: Sequence[str] = HEADER
) -> CatalogueContent | tuple[Problem, ...]:
    cells = [tuple(header), *(tuple(str(cell) for cell in one) for one in lines)]
    return check_cells(cells, TYPES, _unwatched)


def _checked(*lines: Sequence[object]) -> CatalogueContent:
    content = _check(*lines)
    assert isinstance(content, CatalogueContent), content
    return content


def _told(*lines: Sequence[object], header: Sequence[str] = HEADER) -> list[str]:
    problems = _check(*lines, header=header)
    assert isinstance(problems, tuple)
    return [str(problem) for problem in problems]


def test_a_good_line_becomes_unit_item_and_row() -> None:
    """Every cell lands where it belongs."""
    content = _checked(line(scope_exclusion="由市外核发", legal_force_exception="另有规定"))

    (unit,), (item,) = content.units, content.items
    assert (unit.code, unit.kind, unit.district) == ("U-1", UnitKind.GOVERNMENT, "海曙示例区")
    assert (item.code, item.sector, item.unit) == ("许可-1", "住房保障", "U-1")
    assert (item.immediate, item.promised_days) == (False, 10)
    assert content.rows == (
        CatalogueRow(
            1,
            "U-1",
            "许可-1",
            "resident_id_card",
            "公安机关",
            (Measure.SHARING, Measure.VERIFICATION),
            frozenset({"name", "id_number"}),
            "由市外核发",
            "另有规定",
            False,
        ),
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"certificate": "household_register", "granted": "name"}, {"name"}),
        ({"certificate": "户口簿", "granted": "姓名，婚姻状况"}, {"name", "married"}),
        ({"certificate": "degree", "granted": "level"}, {"level"}),
        ({"certificate": "twin_two"}, {"name"}),
    ],
)
def test_certificates_and_fields_go_by_name_or_chinese_label(
    cells: dict[str, str], expected: set[str]
) -> None:
    """Either name will do."""
    assert _checked(line(**cells)).rows[0].granted == expected


@pytest.mark.parametrize(
    ("measures", "allowed", "expected"),
    [
        ("sharing", "", False),
        ("sharing", "是", True),
        ("告知承诺", "", True),
        ("告知承诺", "yes", True),
        ("人脸识别/APP电子证照", "NO", False),
    ],
)
def test_a_commitment_is_allowed_where_listed_or_said(
    measures: str, allowed: str, expected: bool
) -> None:
    """A blank cell follows the measures."""
    row = _checked(line(measures=measures, commitment_allowed=allowed)).rows[0]

    assert row.commitment_allowed is expected


@pytest.mark.parametrize(
    ("given_days", "days"), [("", None), ("0", 0), ("5", 5), ("7天", 7), ("20 个工作日", 20)]
)
def test_promised_days_are_read_with_or_without_their_word(
    given_days: str, days: int | None
) -> None:
    """Plain numbers and 个工作日 are the same."""
    assert _checked(line(promised_days=given_days)).items[0].promised_days == days


def test_english_headers_in_any_order_and_optional_columns_missing() -> None:
    """Only what must be there must be there; blank lines are passed over."""
    names = [name for name in reversed(ENGLISH) if name not in ("district", "immediate")]
    by_name = dict(zip(ENGLISH, line(), strict=True))
    cells = tuple(str(by_name[name]) for name in names)

    content = check_cells([tuple(names), ("",) * 14, cells, ()], TYPES, _unwatched)

    assert isinstance(content, CatalogueContent)
    assert content.units[0].district == ""
    assert content.rows[0].certificate == "resident_id_card"


def test_a_title_above_the_header_is_passed_over() -> None:
    """Published sheets have one; row numbers still count from the top."""
    lines = [("示例市无证件办事目录",), tuple(HEADER), tuple(map(str, line(sector="")))]

    problems = check_cells(lines, TYPES, _unwatched)

    assert isinstance(problems, tuple)
    assert [str(one) for one in problems] == [
        "row 3, 领域 (sector): blank; allowed: a text that isn't blank"
    ]


def test_units_and_items_are_gathered_over_rows() -> None:
    """Two certificates of an item make one item; another unit may handle it as well."""
    content = _checked(
        line(),
        line(certificate="户口簿"),
        line(unit_code="U-2", unit_name="示例自来水公司", unit_kind="public_utility", district=""),
    )

    assert [unit.code for unit in content.units] == ["U-1", "U-2"]
    assert [(item.unit, item.code) for item in content.items] == [
        ("U-1", "许可-1"),
        ("U-2", "许可-1"),
    ]
    assert [row.number for row in content.rows] == [1, 2, 3]


MEASURES = (
    "one or more of 人脸识别 (face), APP电子证照 (app_licence), 数据共享 (sharing), "
    "共享核查 (verification), 告知承诺 (commitment)"
)
KINDS = (
    "行政机关 (government), 授权组织 (authorised_organisation), 公用事业单位 (public_utility), "
    "银行 (bank), 保险机构 (insurer), 学校 (school), 其他 (other)"
)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            {"unit_code": ""},
            '单位编码 (unit_code): blank; allowed: a code of 1 to 64 characters without blanks or "|"',
        ),
        (
            {"item_code": "a|b"},
            '事项编码 (item_code): given "a|b"; allowed: a code of 1 to 64 characters without '
            'blanks or "|"',
        ),
        ({"unit_name": ""}, "单位名称 (unit_name): blank; allowed: a text that isn't blank"),
        (
            {"issuer": "a\0b"},
            '出具单位 (issuer): given "a�b"; allowed: a text without control characters',
        ),
        (
            {"unit_kind": "行政机构"},
            f'单位类型 (unit_kind): given "行政机构"; allowed: {KINDS}; did you mean "行政机关"?',
        ),
        (
            {"immediate": "也许"},
            '即办 (immediate): given "也许"; allowed: 是 or 否 (yes or no), or blank',
        ),
        (
            {"promised_days": "一周"},
            '承诺期限 (promised_days): given "一周"; allowed: a whole number of working days '
            "(工作日) from 0 to 9999, or blank",
        ),
        (
            {"certificate": "居民身分证"},
            '证件名称 (certificate): given "居民身分证"; allowed: the name or Chinese title of a '
            'declared certificate type (5); did you mean "居民身份证"?',
        ),
        (
            {"certificate": "同名证"},
            '证件名称 (certificate): given "同名证"; allowed: the name or Chinese title of a '
            "declared certificate type (5)",
        ),
        ({"measures": ""}, f"办事措施 (measures): blank; allowed: {MEASURES}"),
        (
            {"measures": "数据共亨、共享核查"},
            f'办事措施 (measures): given "数据共亨"; allowed: {MEASURES}; did you mean "数据共享"?',
        ),
        (
            {"measures": "sharing、数据共享"},
            '办事措施 (measures): given "sharing、数据共享"; allowed: each once, but sharing is '
            "there 2 times",
        ),
        (
            {"granted": "nam"},
            '可见字段 (granted): given "nam"; allowed: * or fields of resident_id_card: name, '
            'id_number; did you mean "name"?',
        ),
        (
            {"granted": ""},
            "可见字段 (granted): blank; allowed: * or fields of resident_id_card: name, id_number",
        ),
        (
            {"certificate": "degree", "granted": "名称"},
            '可见字段 (granted): given "名称"; allowed: * or fields of degree: level, school',
        ),
        (
            {"measures": "告知承诺", "commitment_allowed": "否"},
            '允许告知承诺 (commitment_allowed): given "否"; allowed: 是 or blank, because 办事措施 '
            "lists 告知承诺",
        ),
    ],
)
def test_a_wrong_cell_is_told_with_what_is_allowed(cells: dict[str, str], told: str) -> None:
    """Row, column, what was given, what is allowed, and what is like it; each mistake once."""
    assert _told(line(**cells)) == [f"row 2, {told}"]


def test_every_mistake_of_every_line_is_told() -> None:
    """One look at the report mends the whole sheet."""
    told = _told(line(sector="", issuer=""), line(), line(certificate="x", item_name=""))

    assert [one.partition(":")[0] for one in told] == [
        "row 2, 领域 (sector)",
        "row 2, 出具单位 (issuer)",
        "row 4, 事项名称 (item_name)",
        "row 4, 证件名称 (certificate)",
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            {"unit_name": "示例别局"},
            '单位名称 (unit_name): given "示例别局"; allowed: the same as unit U-1 in row 2: '
            '"示例住房局"',
        ),
        (
            {"unit_kind": "bank"},
            '单位类型 (unit_kind): given "银行"; allowed: the same as unit U-1 in row 2: "行政机关"',
        ),
        (
            {"district": ""},
            '区县 (district): blank; allowed: the same as unit U-1 in row 2: "海曙示例区"',
        ),
        (
            {"immediate": "是"},
            '即办 (immediate): given "是"; allowed: the same as item 许可-1 in row 2: "否"',
        ),
        (
            {"promised_days": ""},
            '承诺期限 (promised_days): blank; allowed: the same as item 许可-1 in row 2: "10"',
        ),
    ],
)
def test_lines_that_contradict_each_other_are_told(cells: dict[str, str], told: str) -> None:
    """What a unit or item is said to be first, it is in every line."""
    assert _told(line(), line(certificate="户口簿", **cells)) == [f"row 3, {told}"]


def test_a_contradiction_with_a_blank_is_told() -> None:
    """Where the first line leaves a promise open, a later one can't make it."""
    assert _told(line(promised_days="", immediate="是"), line(certificate="户口簿")) == [
        'row 3, 即办 (immediate): given "否"; allowed: the same as item 许可-1 in row 2: "是"',
        'row 3, 承诺期限 (promised_days): given "10"; '
        "allowed: the same as item 许可-1 in row 2: blank",
    ]


def test_the_same_certificate_twice_for_an_item_is_told() -> None:
    """It names the row that was first."""
    assert _told(line(), line(certificate="resident_id_card")) == [
        'row 3, 证件名称 (certificate): given "resident_id_card"; allowed: each certificate once '
        "for an item of a unit; row 2 has this one"
    ]


def test_a_wrong_header_is_told_before_any_line() -> None:
    """Unknown, missing and repeated columns; the lines are not read at all."""
    header = [*HEADER, "备注", "单位名称"]
    header.remove("领域")

    told = _told(line(sector=""), header=header)

    assert told == [
        f'row 1, header: given "备注"; allowed: the columns {"、".join(HEADER)}',
        "row 1, header: blank; allowed: the column 领域 (sector), which is missing",
        'row 1, 单位名称 (unit_name): given "2 times"; allowed: the column once',
    ]


@pytest.mark.parametrize("lines", [[], [()], [("说明",), ("a",)]])
def test_a_sheet_without_a_header_is_told_what_is_missing(lines: list[tuple[str, ...]]) -> None:
    """All required columns are named."""
    problems = check_cells(lines, TYPES, _unwatched)

    assert isinstance(problems, tuple)
    assert sum("which is missing" in str(problem) for problem in problems) == 10


def test_a_sheet_without_rows_is_told() -> None:
    """An empty catalogue would deny everything."""
    assert _told() == ["the file: blank; allowed: at least one row below the header"]


def test_progress_is_told_row_by_row() -> None:
    """How many are done, of how many, blank lines not counted."""
    seen: list[tuple[int, int]] = []
    cells = tuple(map(str, line()))

    check_cells(
        [tuple(HEADER), cells, (), cells], TYPES, lambda done, total: seen.append((done, total))
    )

    assert seen == [(1, 2), (2, 2)]


CELLS = st.text(max_size=8) | st.sampled_from(["*", "是", "sharing", "居民身份证", "U-1", "10"])


@given(st.lists(st.lists(CELLS, max_size=18).map(tuple), max_size=6))
def test_any_cells_end_in_a_catalogue_or_in_problems(lines: list[tuple[str, ...]]) -> None:
    """No sheet breaks the checker, and what it finds wrong it can say."""
    result = check_cells([tuple(HEADER), *lines], TYPES, _unwatched)

    if not isinstance(result, CatalogueContent):
        assert all("allowed: " in str(problem) for problem in result)
        assert result
