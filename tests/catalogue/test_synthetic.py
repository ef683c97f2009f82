"""The synthetic catalogue has the real size and holds the demonstration."""

from collections import Counter
from pathlib import Path

import pytest

from hub.catalogue.demonstration import OF_A_PERSON, OF_AN_ORGANISATION, WATER, WINDOW
from hub.catalogue.importing import check_cells
from hub.catalogue.rows import Catalogue, CatalogueContent, Measure, UnitKind
from hub.catalogue.spreadsheet import read_cells, write_spreadsheet
from hub.catalogue.synthetic import synthetic_catalogue
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from tests.catalogue.sample import TYPES, VERSION

DECLARED = load_certificate_types(packaged_certificates())


@pytest.fixture(scope="module")
def content() -> CatalogueContent:
    """The catalogue of the default seed."""
    return synthetic_catalogue(DECLARED)


def test_it_has_the_real_size(content: CatalogueContent) -> None:
    """47 sectors, 1,464 items, all declared kinds of certificate, 4,486 rows, about 120 units."""
    assert len(content.rows) == 4486
    assert [row.number for row in content.rows] == list(range(1, 4487))
    assert len({item.code for item in content.items}) == 1464
    assert len({item.sector for item in content.items}) == 47
    assert {row.certificate for row in content.rows} == set(DECLARED)
    assert 110 <= len(content.units) <= 130
    assert {unit.kind for unit in content.units} == set(UnitKind)


@pytest.mark.parametrize("seed", range(1, 6))
def test_it_has_the_real_size_for_every_seed(seed: int) -> None:
    """Other seeds give other rows of the same number, each a consistent catalogue."""
    content = synthetic_catalogue(DECLARED, seed)

    assert len(Catalogue(VERSION, content).rows) == 4486
    assert len({item.code for item in content.items}) == 1464
    assert {row.certificate for row in content.rows} == set(DECLARED)


def test_it_is_a_function_of_the_seed(content: CatalogueContent) -> None:
    """The same seed gives the same catalogue, another one another."""
    assert synthetic_catalogue(DECLARED) == content
    assert synthetic_catalogue(DECLARED, 1) != content


def test_it_holds_the_demonstration(content: CatalogueContent) -> None:
    """Twelve certificates of a person, four of an organisation, one exclusion, one utility."""
    catalogue = Catalogue(VERSION, content)
    housing = catalogue.rows_of("NB-DEMO-01", "许可-00757-000")
    excluded = catalogue.row("NB-DEMO-01", "确认-00033-000", "academic_degree")

    assert tuple(row.certificate for row in housing) == OF_A_PERSON
    assert all(row.measures[:2] == (Measure.SHARING, Measure.VERIFICATION) for row in housing)
    assert [row.certificate for row in housing if row.commitment_allowed] == [
        "minimum_living_allowance",
        "disability_card",
        "residence_permit",
    ]
    register = DECLARED["household_register"].fields.keys() - housing[1].granted
    assert register == {"marital_status", "former_name"}
    assert all(
        row.granted == DECLARED[row.certificate].fields.keys()
        for row in housing
        if row.certificate != "household_register"
    )
    listed = catalogue.rows_of("NB-DEMO-01", "许可-00912-000")
    assert tuple(row.certificate for row in listed) == OF_AN_ORGANISATION
    assert excluded is not None
    assert excluded.scope_exclusion == "由市外单位核发且未共享"
    assert len(catalogue.rows_of("NB-DEMO-02", "公共服务-00120-000")) == 2
    assert catalogue.units["NB-DEMO-01"] == WINDOW
    assert catalogue.units["NB-DEMO-02"] == WATER
    assert catalogue.units_of("许可-00757-000") == ("NB-DEMO-01",)


def test_every_measure_has_rows_and_each_row_holds_them_in_order(content: CatalogueContent) -> None:
    """All five measures of Article 9 occur; each row lists its own in their order."""
    order = list(Measure)
    seen = Counter(measure for row in content.rows for measure in row.measures)

    assert set(seen) == set(Measure)
    assert all(list(row.measures) == sorted(row.measures, key=order.index) for row in content.rows)


def test_it_survives_the_spreadsheet(content: CatalogueContent, tmp_path: Path) -> None:
    """Written to .xlsx and read again it is the same catalogue."""
    file = tmp_path / "catalogue.xlsx"
    write_spreadsheet(content, file)

    read = check_cells(read_cells(file), DECLARED, lambda done, total: None)

    assert isinstance(read, CatalogueContent)
    assert read.rows == content.rows
    assert set(read.units) == set(content.units)
    assert set(read.items) == set(content.items)


def test_too_few_types_are_an_error() -> None:
    """Five types can't fill 4,486 rows."""
    with pytest.raises(ValueError, match="5 certificate types are too few for 4486 rows"):
        synthetic_catalogue(TYPES)


def test_undeclared_types_are_left_out_of_the_demonstration() -> None:
    """With fewer types declared the size is the same and only these occur."""
    fewer = dict(list(DECLARED.items())[:60])
    content = synthetic_catalogue(fewer)

    assert len(content.rows) == 4486
    assert {row.certificate for row in content.rows} == set(fewer)
