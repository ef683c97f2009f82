"""A record holds no person, and nothing a database can't keep."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.trail.pseudonyms import Keyed, pseudonym
from hub.trail.records import UnrecordableText
from tests.trail.sample import NOON, a_record


def test_a_pseudonym_is_an_hmac_of_the_identifier() -> None:
    """HMAC-SHA256 under the secret, in hex."""
    expected = hmac.new(b"secret", b"33020019900101002X", hashlib.sha256).hexdigest()

    assert pseudonym(b"secret", " 33020019900101002x ") == expected


@given(st.binary(min_size=1), st.binary(min_size=1), st.text())
def test_pseudonyms_of_two_secrets_differ(one: bytes, two: bytes, identifier: str) -> None:
    """Without the secret nobody can recompute the pseudonym."""
    identifier = identifier.encode(errors="ignore").decode()
    same = pseudonym(one, identifier) == pseudonym(two, identifier)

    assert same == (one.ljust(64, b"\0") == two.ljust(64, b"\0") or one == two)


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_reckoned_beforehand_changes_no_pseudonym(secret: bytes, identifier: str) -> None:
    """For secrets shorter and longer than the hash's block, the name is the one by definition."""
    assert Keyed(secret).pseudonym(identifier) == pseudonym(secret, identifier)


@given(st.lists(st.sampled_from(["", "a", "A", "b ", "b"])))
def test_many_are_named_as_each_by_itself(identifiers: list[str]) -> None:
    """Whoever comes again, at once or later, and however written."""
    keyed = Keyed(b"secret")

    assert keyed.pseudonyms(identifiers) == [keyed.pseudonym(one) for one in identifiers]


def test_the_time_of_a_record_needs_a_zone() -> None:
    """A naive time is refused when the record is made."""
    with pytest.raises(ValueError, match="needs a zone"):
        replace(a_record("a"), at=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfff"])
def test_a_text_no_database_keeps_is_refused_without_repeating_it(text: str) -> None:
    """NUL and half surrogate pairs are refused; the message names the field, not the text."""
    with pytest.raises(UnrecordableText) as raised:
        a_record("a", case=text)

    assert str(raised.value) == "case holds a NUL or half a surrogate pair: leave it out"


def test_the_repr_of_a_record_keeps_the_case_to_itself() -> None:
    """The case number is not shown in logs."""
    assert "C-SECRET" not in repr(a_record("a", case="C-SECRET"))
