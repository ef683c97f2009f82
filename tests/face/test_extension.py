"""A certificate type is one file, an interface one file, a platform one folder: no Python."""

import shutil
from pathlib import Path
from typing import Any

from hub.sandbox.sandbox import packaged_platforms
from tests.stack import PURPOSE, Stack, open_stack

TYPE = """
title_zh = "示例登记证"
title_en = "Example registration"
holder = "person"
issuer_zh = "示例登记机关"
issuer_en = "Example registrar"
number = "number"
[fields.number]
label_zh = "编号"
label_en = "Number"
type = "text"
sensitivity = "public"
[fields.registered_on]
label_zh = "登记日期"
label_en = "Registered on"
type = "date"
sensitivity = "personal"
"""
INTERFACE = """
certificate = "{type}"
path = "/gateway/api/001003999/dataSharing/0123456789abcdef.htm"
style = "form"
[parameters]
cardId = "{{subject.id}}"
[answer]
rows = "datas"
blank = "not_held"
[fields]
number = "djbh"
registered_on = "djrq"
"""
PLATFORM = """
title_zh = "示例区县共享平台"
title_en = "Example district platform"
tier = "municipal"
dialect = "gateway"
endpoint = "http://127.0.0.1:9199"
credential = "province"
"""
QUERY = """
query($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: $type, subject: $subject, purpose: $purpose) {
    trail { source { name } said }
    ... on Found { certificate { ... on ExampleRegistration { number registeredOn } } }
  }
}
"""


def further_types(folder: Path) -> Path:
    types = folder / "types"
    types.mkdir()
    (types / "example_registration.toml").write_text(TYPE, "utf-8")
    return types


def platforms_with(folder: Path, platform: str, name: str) -> Path:
    """The packaged platforms, and one interface more for the new type."""
    copied = folder / "platforms"
    shutil.copytree(packaged_platforms(), copied)
    (copied / platform / "interfaces").mkdir(parents=True, exist_ok=True)
    file = copied / platform / "interfaces" / "example.toml"
    file.write_text(INTERFACE.format(type=name), "utf-8")
    return copied


async def looked_up(stack: Stack, **held: bool) -> Any:
    person = stack.sandbox.examples.person_with("example_registration", held)
    subject = {"person": {"residentId": person.identifier, "name": person.name}}
    data = await stack.ask(QUERY, type="example_registration", subject=subject, purpose=PURPOSE)
    return data["certificate"]


async def test_a_new_type_is_one_file(tmp_path: Path) -> None:
    """The verification platform serves every declared type, so the one file is enough to ask."""
    async with open_stack(tmp_path, certificates=further_types(tmp_path)) as stack:
        outcome = await looked_up(stack, verification=True)

    assert outcome["trail"] == [{"source": {"name": "verification"}, "said": "HELD"}]
    assert outcome["certificate"]["number"]
    assert len(outcome["certificate"]["registeredOn"]) == 10


async def test_a_new_interface_is_one_file(tmp_path: Path) -> None:
    """One more file in the province's folder, and the province is asked first."""
    platforms = platforms_with(tmp_path, "province", "example_registration")
    types = further_types(tmp_path)
    async with open_stack(tmp_path, platforms=platforms, certificates=types) as stack:
        outcome = await looked_up(stack, province=True)

    assert outcome["trail"] == [{"source": {"name": "province"}, "said": "HELD"}]


async def test_a_new_platform_is_one_folder(tmp_path: Path) -> None:
    """A folder with platform.toml and an interface, in a known dialect, is a source of its tier."""
    platforms = platforms_with(tmp_path, "district", "example_registration")
    (platforms / "district" / "platform.toml").write_text(PLATFORM, "utf-8")
    types = further_types(tmp_path)
    async with open_stack(tmp_path, platforms=platforms, certificates=types) as stack:
        outcome = await looked_up(stack, district=False, verification=True)
        data = await stack.ask("{ sources { name tier dialect serves { name } } }")

    assert outcome["trail"] == [
        {"source": {"name": "district"}, "said": "NOT_HELD"},
        {"source": {"name": "verification"}, "said": "HELD"},
    ]
    district = next(one for one in data["sources"] if one["name"] == "district")
    assert (district["tier"], district["dialect"]) == ("MUNICIPAL", "gateway")
    assert district["serves"] == [{"name": "example_registration"}]
