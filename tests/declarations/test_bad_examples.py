"""Every mistake has its exact message, with file and key, what was given and what is allowed."""

from pathlib import Path

import pytest

from hub.declarations.words import ConfigurationError
from tests.declarations.bad_examples import BAD, examples, load


@pytest.mark.parametrize("example", examples(), ids=lambda e: str(e.relative_to(BAD)))
def test_a_mistake_has_its_exact_message(example: Path) -> None:
    """The message beside the example is the message of loading it, but for the folder."""
    with pytest.raises(ConfigurationError) as caught:
        load(example)

    said = str(caught.value).replace(f"{example}/", "")
    assert said == (example / "expected.txt").read_text("utf-8").rstrip("\n")


def test_no_secret_stands_in_a_message() -> None:
    """A credential that is wrong is named, its value is never shown."""
    messages = "".join(file.read_text("utf-8") for file in BAD.rglob("expected.txt"))

    assert [secret for secret in ("k3y", "s3cret", "12345") if secret in messages] == []
