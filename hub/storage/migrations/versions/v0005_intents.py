"""What was asked of the verification platform and what came of it, only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and shut the ways of changing them."""
    _intents()
    _conclusions()
    for table in ("intents", "conclusions"):
        for statement in _append_only(table)[op.get_bind().dialect.name]:
            op.execute(statement)


def _intents() -> None:
    names = ("matter", "certificate", "item", "case", "subject", "issuer", "client_key")
    op.create_table(
        "intents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("api_key", "unit", "person", "action", "key")
        ),
        sa.Column("request", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in names),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("turn", "catalogue", "row")),
        sa.Column("fields", sa.JSON(), nullable=True),
        sa.Column("immediate", sa.Boolean(), nullable=True),
        sa.Column("promised", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_intents"),
        sa.UniqueConstraint("matter", "turn", name="uq_intents_matter_turn"),
    )
    op.create_index("ix_intents_unit_client_key", "intents", ["unit", "client_key"])


def _conclusions() -> None:
    op.create_table(
        "conclusions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_conclusions"),
        sa.ForeignKeyConstraint(["intent"], ["intents.id"], name="fk_conclusions_intents"),
    )
    for column in ("intent", "request"):
        op.create_index(f"ix_conclusions_{column}", "conclusions", [column])


def _append_only(table: str) -> dict[str, tuple[str, ...]]:
    refusal = f"{table} are only ever added to"
    stop = f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    # The insert trigger stops INSERT OR REPLACE, which deletes without firing the delete trigger.
    known = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608  # our own names
    return {
        "sqlite": (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {stop}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {stop}",
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {known} {stop}",
        ),
        "postgresql": (
            f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{table}()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_{table}()",
        ),
    }
