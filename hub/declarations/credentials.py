"""Credentials: secrets by name, from a file, from the environment, never from a declaration."""

import json
from collections.abc import Mapping
from pathlib import Path

from connectors.dialects import find_dialect
from hub.declarations.reading import Table, complaint, listed, near, read_table
from hub.declarations.words import Platform

PREFIX = "CERTHUB_CREDENTIAL_"


def load_credentials(
    file: Path | None, environ: Mapping[str, str]
) -> Mapping[str, Mapping[str, str]]:
    """Secrets by credential name; JSON in `CERTHUB_CREDENTIAL_<NAME>` overrides the file."""
    credentials = {} if file is None else _from_file(file)
    for variable, text in environ.items():
        if variable.startswith(PREFIX):
            credentials[variable.removeprefix(PREFIX).lower()] = _from_variable(variable, text)
    return credentials


def credential_of(
    platform: Platform, credentials: Mapping[str, Mapping[str, str]]
) -> Mapping[str, str]:
    """The platform's secrets, complete for its dialect."""
    place, name = Path("credentials"), platform.credential
    keys = sorted(find_dialect(platform.dialect).credential_keys)
    variable = f"{PREFIX}{name.upper()}"
    if name not in credentials:
        problem = f'platform "{platform.name}" needs it and it is not given'
        allowed = f"a table [{name}] with {listed(keys)}, or {variable}"
        raise complaint(place, name, problem, allowed, near(name, credentials))
    Table(place, credentials[name], name, secret=True).only(*keys)
    for key in keys:
        if key not in credentials[name]:
            problem = f'platform "{platform.name}" needs it and it is missing'
            raise complaint(place, f"{name}.{key}", problem, listed(keys))
    return credentials[name]


def _from_file(file: Path) -> dict[str, Mapping[str, str]]:
    return {name: table.all_texts() for name, table in read_table(file, secret=True).tables()}


def _from_variable(variable: str, text: str) -> Mapping[str, str]:
    allowed = 'a JSON object of texts, such as {"app_key": "…", "app_secret": "…"}'
    try:
        entries = json.loads(text)
    except json.JSONDecodeError:
        raise complaint(Path("environment"), variable, "not JSON", allowed) from None
    if not isinstance(entries, dict):
        raise complaint(Path("environment"), variable, "not a JSON object", allowed)
    return Table(Path("environment"), entries, variable, secret=True).all_texts()
