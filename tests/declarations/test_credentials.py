"""Credentials come from a file, from the environment, and never show themselves."""

from pathlib import Path

import pytest

from hub.declarations.credentials import load_credentials
from hub.declarations.words import ConfigurationError

VARIABLE = "CERTHUB_CREDENTIAL_PROVINCE"


def test_a_file_gives_credentials_by_name(tmp_path: Path) -> None:
    """Each table of the file is one credential."""
    file = tmp_path / "credentials.toml"
    file.write_text('[province]\napp_key = "k"\napp_secret = "s"\n', "utf-8")

    assert load_credentials(file, {}) == {"province": {"app_key": "k", "app_secret": "s"}}


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    """A variable takes the place of the whole table of that name and leaves the others."""
    file = tmp_path / "credentials.toml"
    file.write_text('[province]\napp_key = "k"\n[bureau]\ntoken = "t"\n', "utf-8")

    credentials = load_credentials(file, {VARIABLE: '{"app_key": "other"}', "HOME": "/"})

    assert credentials == {"province": {"app_key": "other"}, "bureau": {"token": "t"}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("s3cret", "not JSON"), ('["s3cret"]', "not a JSON object")],
)
def test_a_bad_variable_is_named_and_not_shown(text: str, problem: str) -> None:
    """The message names the variable and the form, never the value."""
    with pytest.raises(ConfigurationError) as caught:
        load_credentials(None, {VARIABLE: text})

    assert str(caught.value) == (
        f"environment: {VARIABLE}: {problem}. Allowed: a JSON object of texts,"
        ' such as {"app_key": "…", "app_secret": "…"}.'
    )


def test_a_secret_in_a_variable_is_a_text() -> None:
    """A number in the object is refused without being shown."""
    with pytest.raises(ConfigurationError) as caught:
        load_credentials(None, {VARIABLE: '{"app_key": 12345}'})

    assert str(caught.value) == (
        f"environment: {VARIABLE}.app_key: given an integer. Allowed: a text that isn't blank."
    )
