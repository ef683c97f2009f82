"""How the tests begin: without looking for garbage, and with the files that take longest.

A worker takes one file after the other; a long one that is begun last would be waited for by all.
"""

import gc
from collections.abc import Generator
from pathlib import Path

import pytest

LONGEST = (
    "connectors/test_replicas_of_platforms.py",
    "assisting/test_proofs.py",
    "faults/test_matrix.py",
    "face/test_verification.py",
    "issuing/test_subscriptions.py",
    "graphiql/test_page_in_browser.py",
    "connectors/test_contract_troubles.py",
    "desk_platform/test_reloading.py",
    "desk_platform/test_seals_command.py",
    "issuing/test_life.py",
    "tracing/test_collector.py",
    "face/test_door.py",
    "sandbox/test_dials.py",
    "transports/test_sockets.py",
    "documents/test_lifting.py",
    "commands/test_doctor_database.py",
    "commands/test_doctor.py",
    "commands/test_demo_desk.py",
    "commands/test_reload.py",
    "commands/test_held_connections.py",
    "commands/test_records_in_trouble.py",
    "commands/test_demo.py",
    "commands/test_serve.py",
    "commands/test_stopping.py",
    "desk_platform/test_command.py",
    "graphiql/test_demo_in_browser.py",
    "assisting/test_troubles.py",
    "face/test_clients.py",
)
"""By how long each takes, waiting included; what is not named takes less than ten seconds."""
_PLACES = {Path(__file__).parent / file: place for place, file in enumerate(LONGEST)}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays until the end: no garbage is looked for among it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort files, never tests of one file."""
    gone = [str(file) for file in _PLACES if not file.exists()]
    assert not gone, f"tests/conftest.py names files that are not there: {gone}"
    items.sort(key=lambda item: _PLACES.get(item.path, len(_PLACES)))
