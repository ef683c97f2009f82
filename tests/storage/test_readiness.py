"""Whether a hub is ready, while its database takes no write."""

import sqlite3
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.pool import QueuePool

from hub import readiness
from hub.readiness import Probe
from hub.storage.engine import migrate, open_engine


async def test_a_write_that_hangs_is_waited_for_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often somebody asks, one connection hangs; once the lock is gone, the hub is ready."""
    monkeypatch.setattr(readiness, "PATIENCE", 0.05)
    file, clock = tmp_path / "certhub.db", count(0.0, 10.0)
    engine = open_engine(f"sqlite+aiosqlite:///{file}", busy_timeout=30.0)
    await migrate(engine)
    probe = Probe(engine, "hub", tuple, lambda: datetime.now(UTC), lambda: next(clock))
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    locked = [await probe.readiness() for _ in range(3)]
    hanging = pool.checkedout()
    other.execute("ROLLBACK")
    other.close()
    monkeypatch.setattr(readiness, "PATIENCE", 10.0)
    after = [await probe.readiness() for _ in range(2)]
    held = pool.checkedout()
    await engine.dispose()

    assert [one.trouble for one in locked] == [
        ("the database took no write within 0.05 s; see certhub doctor",)
    ] * 3
    assert hanging == 1
    assert [one.ready for one in after] == [True, True]
    assert held == 0
