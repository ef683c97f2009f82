"""A command looks for no garbage while it begins, nor at its end."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hub.garbage import lasting

AT_ITS_END = """
from hub.garbage import left_as_it_stands

class Ring:
    def __init__(self):
        self.itself = self

    def __del__(self):
        print("found")

{called}
Ring()
"""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_imported_is_not_looked_at_again() -> None:
    """All that is there after an import is taken to last; garbage is looked for in what comes later."""
    gc.unfreeze()

    module = lasting("hub.garbage")

    assert module.lasting is lasting
    assert gc.get_freeze_count() > 10_000
    assert gc.isenabled()


def test_what_can_not_be_imported_leaves_the_collection_as_it_was() -> None:
    """Garbage is looked for again, also where there is no such module."""
    with pytest.raises(ModuleNotFoundError):
        lasting("hub.nothing_of_this_name")

    assert gc.isenabled()


@pytest.mark.parametrize(("called", "found"), [("", "found\n"), ("left_as_it_stands()", "")])
def test_at_its_end_a_process_looks_for_no_garbage(called: str, found: str) -> None:
    """A ring of objects is found by the last collection, which is left out."""
    text = AT_ITS_END.format(called=called)

    ended = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, check=True, text=True, cwd="."
    )

    assert (ended.stdout, ended.stderr) == (found, "")
