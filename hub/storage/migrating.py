"""Brings tables to their newest shape; Alembic is loaded only where they are not there yet."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, inspect, text


def bring_up_to_date(
    connection: Connection, migrations: Path, lock: int, table: str = "alembic_version"
) -> None:
    """Run the migrations that `table` does not name yet, one replica after the other.

    Raises `ConfigurationError` for tables of a newer certhub, which are left as they are. Who starts
    over tables in order, as nearly everybody does, spares the memory and time that Alembic takes.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
    if _versions(connection, table) != [newest(migrations)]:
        import_module("hub.storage.upgrading").upgrade(connection, migrations)


def newest(migrations: Path) -> str:
    """The version of the last migration in a folder, as the name of its file has it."""
    last = max(file.name for file in (migrations / "versions").glob("v[0-9]*.py"))
    return last[1:].partition("_")[0]


def _versions(connection: Connection, table: str) -> list[str]:
    if not inspect(connection).has_table(table):
        return []
    return list(connection.execute(text(f"SELECT version_num FROM {table}")).scalars())  # noqa: S608  # our own name
