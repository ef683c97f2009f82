"""Platforms: one folder each, with `platform.toml` and a small file per interface."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from connectors.contract import Interface
from connectors.dialects import find_dialect, known_dialects
from hub.declarations.addresses import (
    EMBEDDED,
    URL_FORM,
    Addresses,
    declared_addresses,
    given_addresses,
)
from hub.declarations.certificates import NAME
from hub.declarations.interfaces import Serving, read_interfaces
from hub.declarations.reading import Table, complaint, files_of, listed, near, read_table
from hub.declarations.windows import read_windows
from hub.declarations.words import CertificateType, Platform
from hub.evidence import Tier

_WORDS = ("title_zh", "title_en", "tier", "dialect")
_REACHED = ("endpoint", "replicas", "credential", "regions")
_LIMITS = ("concurrency", "batch", "max_bytes", "connect_timeout", "timeout")
_REGION = re.compile(r"[1-9][0-9]{1,5}")
_DEFAULT_TIMEOUT = 3.0  # seconds for one wire call
VERIFICATION = "verification"
"""The dialect of verification platforms."""


def load_platforms(
    folder: Path,
    types: Mapping[str, CertificateType],
    endpoints: Mapping[str, str] | None = None,
    default: Path | None = None,
) -> Mapping[str, Platform]:
    """Every platform folder by name; `endpoints` takes the place of declared addresses, by platform.

    Where no folder is of a verification platform, the one in the folder `default` is taken.
    """
    folders = {each.name: each for each in _platform_folders(folder)}
    if default is not None and not any(map(_is_verification, folders.values())):
        folders |= _beside(folders, default)
    given = _given(endpoints or {}, folder, folders)
    platforms = {n: _platform(each, types, given.get(n)) for n, each in folders.items()}
    _check_embedded(folders, platforms)
    return platforms


def _given(
    endpoints: Mapping[str, str], folder: Path, folders: Mapping[str, Path]
) -> dict[str, Addresses]:
    for name in endpoints:
        if name not in folders:
            problem = f'an endpoint is given for "{name}", which is no platform here'
            raise complaint(folder, "(endpoints)", problem, listed(folders), near(name, folders))
    return {name: given_addresses(text, folder, name) for name, text in endpoints.items()}


def _is_verification(folder: Path) -> bool:
    return read_table(folder / "platform.toml").entries.get("dialect") == VERIFICATION


def _beside(folders: Mapping[str, Path], default: Path) -> dict[str, Path]:
    added = {each.name: each for each in _platform_folders(default)}
    for name in added:
        if name in folders:
            problem = "the name is kept for the verification platform, and this one is of another"
            raise complaint(folders[name], "(folder name)", problem, "another name")
    return added


def _check_embedded(folders: Mapping[str, Path], platforms: Mapping[str, Platform]) -> None:
    embedded = [each for each in platforms.values() if each.url == EMBEDDED]
    for platform in embedded:
        if platform.dialect != VERIFICATION:
            problem = f"only a verification platform can be embedded, not a {platform.dialect}"
            raise complaint(folders[platform.name] / "platform.toml", "endpoint", problem, URL_FORM)
    if len(embedded) > 1:
        first, second = (each.name for each in embedded[:2])
        problem = f"the platform {first} is embedded already; there can be one"
        raise complaint(folders[second] / "platform.toml", "endpoint", problem, URL_FORM)


def _platform_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise complaint(folder, "(folder)", "no such folder", "a folder of platform folders")
    found = [each for each in folder.iterdir() if each.is_dir() and each.name[0] not in "._"]
    for each in found:
        if not NAME.fullmatch(each.name):
            raise complaint(
                each, "(folder name)", f'given "{each.name}"', "words of a-z, 0-9 and _"
            )
    return sorted(found)


def _platform(
    folder: Path, types: Mapping[str, CertificateType], given: Addresses | None
) -> Platform:
    root = read_table(folder / "platform.toml")
    root.only(*_WORDS, *_REACHED, *_LIMITS, "trace", "options", "maintenance")
    dialect = find_dialect(root.choice("dialect", known_dialects()))
    timeout = root.seconds("timeout", _DEFAULT_TIMEOUT)
    addresses = given or declared_addresses(root)
    return Platform(
        name=folder.name,
        title_zh=root.text("title_zh"),
        title_en=root.text("title_en"),
        tier=Tier(root.choice("tier", Tier)),
        dialect=dialect.name,
        url=addresses.endpoint,
        replicas=addresses.replicas,
        credential=_credential_name(root),
        regions=_regions(root),
        concurrency=root.whole("concurrency", 64),
        batch=root.whole("batch", 100),
        max_bytes=root.whole("max_bytes", 4_000_000),
        connect_timeout=root.seconds("connect_timeout", 1.0),
        options=_options(root.table_if_any("options"), sorted(dialect.option_keys)),
        interfaces=_interfaces(folder, Serving(dialect, timeout, types)),
        maintenance=read_windows(root),
        trace=root.flag("trace"),
    )


def _credential_name(root: Table) -> str:
    name = root.text("credential")
    if not NAME.fullmatch(name):
        allowed = "a name, words of a-z, 0-9 and _; the secret itself stands in the credentials"
        raise root.wrong("credential", "not the name of a credential", allowed)
    return name


def _regions(root: Table) -> tuple[str, ...]:
    regions = root.texts("regions")
    if not all(_REGION.fullmatch(region) for region in regions):
        raise root.given(
            "regions", 'division codes of GB/T 2260 or their beginnings, such as "3302"'
        )
    return regions


def _options(table: Table, keys: Sequence[str]) -> dict[str, str | bool | int]:
    if table.entries and not keys:
        raise table.wrong(next(iter(table.entries)), "this dialect has no options", "no [options]")
    table.only(*keys)
    options: dict[str, str | bool | int] = {}
    for key, value in table.entries.items():
        if not isinstance(value, str | bool | int):
            raise table.given(key, "a text, a boolean or an integer")
        options[key] = value
    return options


def _interfaces(folder: Path, serving: Serving) -> dict[str, Interface]:
    interfaces: dict[str, Interface] = {}
    declared: dict[str, Path] = {}
    for file in files_of(folder / "interfaces"):
        for served, interface in read_interfaces(read_table(file), serving):
            if served in interfaces:
                problem = f'"{served}" is served already by {declared[served]}'
                raise complaint(file, "certificate", problem, "one interface per type and platform")
            interfaces[served], declared[served] = interface, file
    if not interfaces:
        problem = "the platform serves nothing"
        raise complaint(folder / "interfaces", "(folder)", problem, "at least one interface file")
    return interfaces
