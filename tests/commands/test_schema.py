"""`certhub schema`: print, check, breaking."""

from pathlib import Path

import pytest

from hub.commands.breaking import breaking_changes, unreleased
from tests.commands.terminal import certhub

OLD = "type Query { a(x: Int): Int b: E } enum E { X Y } type T { c: Int } interface I { d: Int }"


def test_print_then_check_then_drift(tmp_path: Path) -> None:
    """What is printed passes the check; a changed copy fails it with the difference."""
    file = tmp_path / "schema.graphql"
    printed = certhub("schema", "print", at=tmp_path)
    file.write_text(printed.out + "\n", "utf-8")
    same = certhub("schema", "check", at=tmp_path)
    file.write_text(printed.out.replace("dossier(", "dossiers(") + "\n", "utf-8")
    drifted = certhub("schema", "check", at=tmp_path)

    assert "type Query" in printed.out
    assert (same.code, same.out) == (0, "schema.graphql is what code has.")
    assert drifted.code == 1
    assert "-  dossiers(" in drifted.err
    assert "+  dossier(" in drifted.err
    assert drifted.err.endswith("Run: certhub schema print > schema.graphql")


def test_check_without_a_file(tmp_path: Path) -> None:
    """A missing schema is told."""
    done = certhub("schema", "check", at=tmp_path)

    assert done.code == 1
    assert done.err == "certhub: schema.graphql: there is no such file that can be read."


def test_breaking_fails_until_the_changelog_says_so(tmp_path: Path) -> None:
    """A removed field fails the gate until CHANGELOG names it under Unreleased."""
    (tmp_path / "old.graphql").write_text("type Query { a: Int b: Int }")
    (tmp_path / "schema.graphql").write_text("type Query { a: Int }")
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## Unreleased\n\n## 1.0\n- `Query.b` is new\n")
    silent = certhub("schema", "breaking", "old.graphql", at=tmp_path)
    changelog.write_text("# Changelog\n\n## Unreleased\n- `Query.b` is gone\n\n## 1.0\n")
    told = certhub("schema", "breaking", "old.graphql", at=tmp_path)

    assert silent.code == 1
    assert silent.err == (
        "certhub: callers would break, and CHANGELOG.md does not say so under Unreleased:\n"
        "  Field Query.b was removed. — name Query.b"
    )
    assert (told.code, told.out) == (0, "breaking changes, all named in CHANGELOG.md: 1")


def test_nothing_breaks(tmp_path: Path) -> None:
    """A schema against itself breaks no caller, whatever the changelog says."""
    (tmp_path / "schema.graphql").write_text("type Query { a: Int }")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")

    done = certhub("schema", "breaking", "schema.graphql", at=tmp_path)

    assert (done.code, done.out) == (0, "no caller breaks.")


@pytest.mark.parametrize(
    ("new", "name"),
    [
        (OLD.replace("a(x: Int): Int", "a: Int"), "Query.a"),
        (OLD.replace("c: Int", "c: String"), "T.c"),
        (OLD.replace("X Y", "X"), "E.Y"),
        (OLD.replace("type T", "interface T"), "T"),
        (OLD.replace("interface I { d: Int }", ""), "I"),
    ],
)
def test_each_breaking_change_has_a_name(new: str, name: str) -> None:
    """The type or field to be named in the changelog is told for every kind of change."""
    assert {change.name for change in breaking_changes(OLD, new)} == {name}


def test_additions_break_nobody() -> None:
    """New types, fields and values break no caller."""
    new = OLD.replace("X Y", "X Y Z").replace("c: Int", "c: Int d: Int") + " type New { a: Int }"

    assert breaking_changes(OLD, new) == ()


def test_a_name_counts_as_a_whole_word() -> None:
    """`Query.bc` in the changelog does not name `Query.b`."""
    (change,) = breaking_changes("type Query { a: Int b: Int }", "type Query { a: Int }")

    assert not change.named_in("- `Query.bc` and `MyQuery.b` are gone")
    assert change.named_in("- `Query.b` is gone")


def test_unreleased_is_one_section() -> None:
    """Only what stands under Unreleased counts; without it there is nothing."""
    assert unreleased("# C\n## Unreleased\n- one\n## 1.0\n- two\n") == "## Unreleased\n- one\n"
    assert unreleased("# C\n## 1.0\n- two\n") == ""
