"""Catalogue versions, API keys, and disclosures that are only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    _catalogue()
    _keys()
    _disclosures()
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _catalogue() -> None:
    op.create_table(
        "catalogue_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_versions"),
        sa.UniqueConstraint("name", name="uq_catalogue_versions_name"),
    )
    op.create_table(
        "catalogue_units",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", "code", name="pk_catalogue_units"),
        sa.ForeignKeyConstraint(
            ["version"],
            ["catalogue_versions.id"],
            name="fk_catalogue_units_catalogue_versions",
        ),
    )
    op.create_table(
        "catalogue_items",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("version", "unit", "code", name="pk_catalogue_items"),
        sa.ForeignKeyConstraint(
            ["version", "unit"],
            ["catalogue_units.version", "catalogue_units.code"],
            name="fk_catalogue_items_catalogue_units",
        ),
    )
    _rows()


def _rows() -> None:
    op.create_table(
        "catalogue_rows",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("issuer_zh", sa.Text(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("granted", sa.JSON(), nullable=False),
        sa.Column("scope_exclusion", sa.Text(), nullable=True),
        sa.Column("legal_force_exception", sa.Text(), nullable=True),
        sa.Column("commitment_allowed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("version", "number", name="pk_catalogue_rows"),
        sa.ForeignKeyConstraint(
            ["version", "unit", "item"],
            ["catalogue_items.version", "catalogue_items.unit", "catalogue_items.code"],
            name="fk_catalogue_rows_catalogue_items",
        ),
        sa.UniqueConstraint(
            "version",
            "unit",
            "item",
            "certificate",
            name="uq_catalogue_rows_version_unit_item_certificate",
        ),
    )


def _keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("operators", sa.JSON(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=True),
        sa.Column("acting_for", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("catalogue", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("attempts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
    )
    op.create_index("ix_disclosures_request_id", "disclosures", ["request_id"])


_REFUSAL = "disclosures are only ever added to"

# The insert trigger stops INSERT OR REPLACE, which deletes without firing the delete trigger.
_SQLITE = (
    "CREATE TRIGGER disclosures_no_update BEFORE UPDATE ON disclosures "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER disclosures_no_delete BEFORE DELETE ON disclosures "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER disclosures_no_replace BEFORE INSERT ON disclosures "
    "WHEN EXISTS (SELECT 1 FROM disclosures WHERE id = NEW.id) BEGIN SELECT RAISE(IGNORE); END",
)

_POSTGRESQL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER disclosures_no_change BEFORE UPDATE OR DELETE ON disclosures "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER disclosures_no_truncate BEFORE TRUNCATE ON disclosures "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)

_APPEND_ONLY = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
