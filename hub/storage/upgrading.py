"""Runs migrations with Alembic; `hub.storage.migrating` loads it by name where one is to be run."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from hub.declarations.words import ConfigurationError


def upgrade(connection: Connection, migrations: Path) -> None:
    """Run what is missing, over the open connection."""
    config = migration_config(migrations)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise ConfigurationError(
            "the database has the tables of a newer certhub: run that one, or one newer still"
        ) from None


def migration_config(migrations: Path) -> Config:
    """Alembic's settings: where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config
