"""The feed of changes, the units each concerns, and the one row that numbers them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Kind = sa.types.TypeEngine[Any]


def upgrade() -> None:
    """Make the tables of the feed, which begins now."""
    _changes()
    op.create_table(
        "desk_change_units",
        _column("unit", sa.Text()),
        _column("sequence", sa.BigInteger()),
        sa.PrimaryKeyConstraint("unit", "sequence", name="pk_desk_change_units"),
        sa.ForeignKeyConstraint(
            ["sequence"], ["desk_changes.sequence"], name="fk_desk_change_units_desk_changes"
        ),
    )
    count = op.create_table(
        "desk_change_count",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _column("last", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_desk_change_count"),
    )
    op.bulk_insert(count, [{"id": 1, "last": 0}])


def _changes() -> None:
    op.create_table(
        "desk_changes",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        _column("at", sa.DateTime(timezone=True)),
        _column("kind", sa.Text()),
        _column("request", sa.Text()),
        _column("version", sa.Integer()),
        _column("event", sa.Text()),
        _column("state", sa.Text()),
        _column("certificate", sa.Text()),
        _column("requester", sa.Text()),
        _column("holder", sa.Text()),
        _column("former_holder", sa.Text(), nullable=True),
        _column("receivers", sa.JSON()),
        sa.PrimaryKeyConstraint("sequence", name="pk_desk_changes"),
        sa.ForeignKeyConstraint(
            ["request"], ["desk_requests.id"], name="fk_desk_changes_desk_requests"
        ),
    )


def _column(name: str, kind: Kind, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)
