"""What one call disclosed is one row, and the view `disclosures` shows each lookup by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, move every record over, and shut the ways of changing it."""
    op.create_table(
        "disclosure_batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("catalogue", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_disclosure_batches"),
    )
    dialect = op.get_bind().dialect.name
    op.execute(_MOVE[dialect])
    op.drop_table("disclosures")
    op.create_index("ix_disclosure_batches_request_id", "disclosure_batches", ["request_id"])
    for statement in (_VIEW[dialect], *_APPEND_ONLY[dialect]):
        op.execute(statement)


# An old record becomes a batch of its own, whose lookup has no number: its id stays what it is.
_MOVE = {
    "sqlite": """
INSERT INTO disclosure_batches (id, request_id, at, key, unit, catalogue, count, entries)
SELECT id, request_id, at, key, unit, catalogue, 1, json_array(json_object(
    'operator', operator, 'item', item, 'case', "case", 'applicant', applicant,
    'acting_for', acting_for, 'certificate', certificate, 'row', "row",
    'fields', json(fields), 'source', source, 'outcome', outcome, 'rule', rule,
    'attempts', json(attempts), 'subjects', json_array(json_array(NULL, subject))))
FROM disclosures
""",
    "postgresql": """
INSERT INTO disclosure_batches (id, request_id, at, key, unit, catalogue, count, entries)
SELECT id, request_id, at, key, unit, catalogue, 1, CAST(json_build_array(json_build_object(
    'operator', operator, 'item', item, 'case', "case", 'applicant', applicant,
    'acting_for', acting_for, 'certificate', certificate, 'row', "row",
    'fields', fields, 'source', source, 'outcome', outcome, 'rule', rule,
    'attempts', attempts,
    'subjects', json_build_array(json_build_array(CAST(NULL AS integer), subject)))) AS text)
FROM disclosures
""",
}

_VIEW = {
    "sqlite": """
CREATE VIEW disclosures AS
SELECT batch.id || coalesce('-' || json_extract(about.value, '$[0]'), '') AS id,
    batch.request_id, batch.at, batch.key, batch.unit,
    json_extract(entry.value, '$.operator') AS operator,
    json_extract(entry.value, '$.item') AS item,
    json_extract(entry.value, '$.case') AS "case",
    json_extract(about.value, '$[1]') AS subject,
    json_extract(entry.value, '$.applicant') AS applicant,
    json_extract(entry.value, '$.acting_for') AS acting_for,
    json_extract(entry.value, '$.certificate') AS certificate,
    batch.catalogue,
    json_extract(entry.value, '$.row') AS "row",
    json_extract(entry.value, '$.fields') AS fields,
    json_extract(entry.value, '$.source') AS source,
    json_extract(entry.value, '$.outcome') AS outcome,
    json_extract(entry.value, '$.rule') AS rule,
    json_extract(entry.value, '$.attempts') AS attempts
FROM disclosure_batches AS batch, json_each(batch.entries) AS entry,
    json_each(entry.value, '$.subjects') AS about
""",
    "postgresql": """
CREATE VIEW disclosures AS
SELECT batch.id || coalesce('-' || (about.pair ->> 0), '') AS id,
    batch.request_id, batch.at, batch.key, batch.unit,
    entry.facts ->> 'operator' AS operator,
    entry.facts ->> 'item' AS item,
    entry.facts ->> 'case' AS "case",
    about.pair ->> 1 AS subject,
    entry.facts ->> 'applicant' AS applicant,
    entry.facts ->> 'acting_for' AS acting_for,
    entry.facts ->> 'certificate' AS certificate,
    batch.catalogue,
    CAST(entry.facts ->> 'row' AS integer) AS "row",
    entry.facts -> 'fields' AS fields,
    entry.facts ->> 'source' AS source,
    entry.facts ->> 'outcome' AS outcome,
    entry.facts ->> 'rule' AS rule,
    entry.facts -> 'attempts' AS attempts
FROM disclosure_batches AS batch
CROSS JOIN LATERAL json_array_elements(CAST(batch.entries AS json)) AS entry (facts)
CROSS JOIN LATERAL json_array_elements(entry.facts -> 'subjects') AS about (pair)
""",
}

_REFUSAL = "disclosures are only ever added to"
_STOP = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"

_APPEND_ONLY = {
    # The insert trigger stops INSERT OR REPLACE, which deletes without firing the delete trigger.
    "sqlite": (
        f"CREATE TRIGGER disclosure_batches_no_update BEFORE UPDATE ON disclosure_batches {_STOP}",
        f"CREATE TRIGGER disclosure_batches_no_delete BEFORE DELETE ON disclosure_batches {_STOP}",
        "CREATE TRIGGER disclosure_batches_no_replace BEFORE INSERT ON disclosure_batches "
        "WHEN EXISTS (SELECT 1 FROM disclosure_batches WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(IGNORE); END",
    ),
    "postgresql": (
        # `refuse_change` is there since the first migration, and says the same.
        "CREATE TRIGGER disclosure_batches_no_change BEFORE UPDATE OR DELETE "
        "ON disclosure_batches FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER disclosure_batches_no_truncate BEFORE TRUNCATE ON disclosure_batches "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
}
