"""Commitments (告知承诺) that are only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and shut the ways of changing it."""
    names = ("api_key", "unit", "operator", "item", "case", "applicant", "certificate")
    op.create_table(
        "commitments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.Column("catalogue", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commitments"),
    )
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


_REFUSAL = "commitments are only ever added to"

# The insert trigger stops INSERT OR REPLACE, which deletes without firing the delete trigger.
_SQLITE = (
    "CREATE TRIGGER commitments_no_update BEFORE UPDATE ON commitments "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER commitments_no_delete BEFORE DELETE ON commitments "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER commitments_no_replace BEFORE INSERT ON commitments "
    "WHEN EXISTS (SELECT 1 FROM commitments WHERE id = NEW.id) BEGIN SELECT RAISE(IGNORE); END",
)

_POSTGRESQL = (
    "CREATE FUNCTION refuse_change_of_commitments() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER commitments_no_change BEFORE UPDATE OR DELETE ON commitments "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_commitments()",
    "CREATE TRIGGER commitments_no_truncate BEFORE TRUNCATE ON commitments "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_commitments()",
)

_APPEND_ONLY = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
