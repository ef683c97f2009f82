"""Templates over facts."""

import pytest

from connectors.contract import Incomplete
from connectors.templates import FACTS, facts_named, filled


def test_filled() -> None:
    """Facts, constants and both together."""
    templates = {"a": "{subject.id}", "b": "330200", "c": "x-{subject.id}-{purpose.item}!", "d": ""}

    assert filled(templates, {"subject.id": "1", "purpose.item": "2"}) == {
        "a": "1",
        "b": "330200",
        "c": "x-1-2!",
        "d": "",
    }


@pytest.mark.parametrize("facts", [{}, {"applicant.name": ""}])
def test_incomplete(facts: dict[str, str]) -> None:
    """A missing or empty fact tells where to give it."""
    with pytest.raises(Incomplete, match=r"needs applicant\.name: give it in the applicant"):
        filled({"a": "{applicant.name}"}, facts)


def test_facts_named() -> None:
    """The facts a template names, in order, so that declarations can check them."""
    named = facts_named("{subject.id}/{purpose.item}")

    assert named == ("subject.id", "purpose.item")
    assert set(named) < FACTS
    assert facts_named("330200") == ()
