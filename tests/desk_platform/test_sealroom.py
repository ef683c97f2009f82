"""The seal room's folder: one authority, keys that nothing replaces, files that nothing leaves."""

import asyncio
from pathlib import Path

import pytest

from hub.desk.sealroom import keep_key, kept_authority, key_file, open_sealroom
from hub.notary.keeping import read_key, read_trust
from hub.notary.words import ProofTrouble
from tests.desk_platform.ground import TEN


async def test_one_authority(tmp_path: Path) -> None:
    """Of eight that open a new folder at the same moment all have the same authority."""
    folder = tmp_path / "notary"

    made = await asyncio.gather(*(asyncio.to_thread(kept_authority, folder, TEN) for _ in range(8)))

    assert {each.seals.certificate for each in made} == {made[0].seals.certificate}
    assert read_trust(folder / "roots") == made[0].trust


async def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    """Of several keys kept under one number at once, one is; the others are told."""
    authority = kept_authority(tmp_path, TEN)
    keys = [authority.clock, authority.endorser, authority.seals]

    kept = await asyncio.gather(
        *(asyncio.to_thread(keep_key, tmp_path, "7", key) for key in keys), return_exceptions=True
    )

    assert [str(each) for each in kept if each] == [
        "there is a key of seal 7 already: give another number"
    ] * 2
    assert read_key(key_file(tmp_path / "seals", "7")) == keys[kept.index(None)]


@pytest.mark.parametrize("number", ["", "../x", "a/b", ".p12", "-", "a" * 65, "印"])
def test_numbers_that_name_no_file(tmp_path: Path, number: str) -> None:
    """A seal's number can't lead out of the folder."""
    with pytest.raises(ProofTrouble, match="digits, letters and -"):
        key_file(tmp_path, number)


async def test_a_broken_folder(tmp_path: Path) -> None:
    """What is wrong with the platform's own keys is told as the room is opened."""
    kept_authority(tmp_path, TEN)
    (tmp_path / "clock.p12").write_bytes(b"x")

    with pytest.raises(ProofTrouble, match=r"clock\.p12"):
        async with open_sealroom(tmp_path, TEN):
            pass


async def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """Where the folder can't be, it is told in words."""
    (tmp_path / "notary").write_text("")

    with pytest.raises(ProofTrouble, match=r"notary can't be written \(FileExistsError\)"):
        async with open_sealroom(tmp_path / "notary", TEN):
            pass
