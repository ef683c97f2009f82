"""The registry of seals (Article 15): what was done to each and every use; what was extracted."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Kind = sa.types.TypeEngine[Any]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of seals and of extractions, and give sealed documents their numbers."""
    _seals()
    _extractions()
    op.add_column("desk_documents", _column("number", sa.Text(), nullable=True))
    op.create_index("ix_desk_documents_number", "desk_documents", ["number"], unique=True)
    for table in ("desk_seal_events", "desk_seal_uses", "desk_extractions"):
        for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
            op.execute(statement.format(table=table))


def _column(name: str, kind: Kind, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _referring(column: str, table: str, to: str, key: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.{key}"], name=f"fk_{table}_{to}")


def _seals() -> None:
    op.create_table(
        "desk_seals",
        _column("id", sa.Text()),
        _column("kind", sa.Text()),
        _column("unit", sa.Text()),
        _column("unit_name", sa.Text()),
        _column("certificate", sa.LargeBinary()),
        _column("made_at", MOMENT),
        _column("not_before", MOMENT),
        _column("not_after", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_desk_seals"),
    )
    op.create_index("ix_desk_seals_unit_kind", "desk_seals", ["unit", "kind"])
    op.create_table(
        "desk_seal_events",
        _column("seal", sa.Text()),
        _column("number", sa.Integer()),
        _column("at", MOMENT),
        _column("change", sa.Text()),
        _column("made_by", sa.Text()),
        _column("operator", sa.Text(), nullable=True),
        _column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("seal", "number", name="pk_desk_seal_events"),
        _referring("seal", "desk_seal_events", "desk_seals", "id"),
    )
    op.create_table(
        "desk_seal_uses",
        _column("document_number", sa.Text()),
        _column("seal", sa.Text()),
        _column("operator", sa.Text()),
        _column("at", MOMENT),
        sa.PrimaryKeyConstraint("document_number", name="pk_desk_seal_uses"),
        _referring("seal", "desk_seal_uses", "desk_seals", "id"),
    )
    op.create_index("ix_desk_seal_uses_seal_at", "desk_seal_uses", ["seal", "at"])


def _extractions() -> None:
    op.create_table(
        "desk_shared_documents",
        _column("document_number", sa.Text()),
        _column("certificate", sa.Text()),
        _column("subject", sa.Text()),
        _column("media_type", sa.Text()),
        _column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("document_number", name="pk_desk_shared_documents"),
        _referring("document_number", "desk_shared_documents", "desk_seal_uses", "document_number"),
    )
    op.create_table(
        "desk_extractions",
        _column("document_number", sa.Text()),
        _column("client", sa.Text()),
        _column("key", sa.Text()),
        _column("unit", sa.Text()),
        _column("operator", sa.Text()),
        _column("item", sa.Text()),
        _column("case", sa.Text()),
        _column("extracted_at", MOMENT),
        _column("valid_until", MOMENT),
        sa.PrimaryKeyConstraint(
            "document_number", "client", "key", "extracted_at", name="pk_desk_extractions"
        ),
        _referring("document_number", "desk_extractions", "desk_seal_uses", "document_number"),
    )


_REFUSAL = "the history of a seal is only ever added to"

_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)

_POSTGRESQL = (
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION desk_refuse_change()",
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION desk_refuse_change()",
)

_APPEND_ONLY = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
