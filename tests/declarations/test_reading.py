"""Files and folders that can't be read at all."""

from pathlib import Path

import pytest

from hub.declarations.certificates import load_certificate_types
from hub.declarations.credentials import load_credentials
from hub.declarations.platforms import load_platforms
from hub.declarations.words import ConfigurationError


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A credentials file that isn't there is an error that names it."""
    with pytest.raises(ConfigurationError) as caught:
        load_credentials(tmp_path / "credentials.toml", {})

    assert str(caught.value) == (
        f"{tmp_path}/credentials.toml: (whole file): can't be read: No such file or directory."
        " Allowed: a readable TOML file."
    )


def test_a_missing_folder_of_types_is_named(tmp_path: Path) -> None:
    """A folder of certificate types that isn't there is an error that names it."""
    with pytest.raises(ConfigurationError) as caught:
        load_certificate_types(tmp_path / "types")

    assert str(caught.value) == (
        f"{tmp_path}/types: (folder): no such folder. Allowed: a folder of TOML files."
    )


def test_a_missing_folder_of_platforms_is_named(tmp_path: Path) -> None:
    """A folder of platforms that isn't there is an error that names it."""
    with pytest.raises(ConfigurationError) as caught:
        load_platforms(tmp_path / "platforms", {})

    assert str(caught.value) == (
        f"{tmp_path}/platforms: (folder): no such folder. Allowed: a folder of platform folders."
    )
