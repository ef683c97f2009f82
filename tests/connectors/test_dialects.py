"""Dialects are found by name."""

import sys
from pathlib import Path

import pytest

import connectors
from connectors.dialects import find_dialect, known_dialects

NEW = """
from connectors.dialects import Dialect

DIALECT = Dialect("telepathy", frozenset(), frozenset(), frozenset(), "path", False, True, None)
"""


def test_known() -> None:
    """The four dialects of today."""
    assert known_dialects() == ["bureau_xml", "gateway", "restapi", "verification"]
    assert [find_dialect(name).name for name in known_dialects()] == known_dialects()


@pytest.mark.parametrize("name", ["http", "no_such", "", "../gateway", "connectors.gateway"])
def test_unknown(name: str) -> None:
    """What is no dialect is told with those that are."""
    with pytest.raises(LookupError) as raised:
        find_dialect(name)

    assert str(raised.value) == (
        f"no dialect {name!r}; use one of: bureau_xml, gateway, restapi, verification"
    )


def test_a_new_dialect_is_one_new_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with a DIALECT is found by its name, and nothing else is touched."""
    (tmp_path / "telepathy.py").write_text(NEW)
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(tmp_path)])

    try:
        assert find_dialect("telepathy").name == "telepathy"
    finally:
        sys.modules.pop("connectors.telepathy", None)
        vars(connectors).pop("telepathy", None)
