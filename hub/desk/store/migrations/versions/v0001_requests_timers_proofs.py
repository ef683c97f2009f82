"""Requests with a history that is only ever added to, timers, proofs, answers to writes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Kind = sa.types.TypeEngine[Any]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    _requests()
    _timers()
    _proofs()
    _answers()
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _column(name: str, kind: Kind, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _of_a_request(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["request"], ["desk_requests.id"], name=f"fk_{table}_desk_requests"
    )


def _requests() -> None:
    op.create_table(
        "desk_requests",
        _column("id", sa.Text()),
        _column("version", sa.Integer()),
        _column("state", sa.Text()),
        _column("requester", sa.Text()),
        _column("holder", sa.Text()),
        _column("issued_at", MOMENT),
        _column("due_at", MOMENT, nullable=True),
        _column("body", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_desk_requests"),
    )
    inbox, outbox = ["holder", "due_at", "id"], ["requester", "issued_at", "id"]
    op.create_index("ix_desk_requests_holder_due_at_id", "desk_requests", inbox)
    op.create_index("ix_desk_requests_requester_issued_at_id", "desk_requests", outbox)
    op.create_table(
        "desk_entries",
        _column("request", sa.Text()),
        _column("number", sa.Integer()),
        _column("at", MOMENT),
        _column("event", sa.Text()),
        _column("body", sa.JSON()),
        sa.PrimaryKeyConstraint("request", "number", name="pk_desk_entries"),
        _of_a_request("desk_entries"),
    )


def _timers() -> None:
    op.create_table(
        "desk_timers",
        _column("request", sa.Text()),
        _column("kind", sa.Text()),
        _column("at", MOMENT),
        sa.PrimaryKeyConstraint("request", "kind", "at", name="pk_desk_timers"),
        _of_a_request("desk_timers"),
    )
    op.create_index("ix_desk_timers_at", "desk_timers", ["at"])
    op.create_table(
        "desk_reminders",
        _column("request", sa.Text()),
        _column("kind", sa.Text()),
        _column("at", MOMENT),
        _column("unit", sa.Text()),
        _column("reference", sa.Text()),
        _column("role", sa.Text()),
        _column("person", sa.Text(), nullable=True),
        _column("said_at", MOMENT),
        sa.PrimaryKeyConstraint(
            "request", "kind", "at", "unit", "reference", name="pk_desk_reminders"
        ),
        _of_a_request("desk_reminders"),
    )
    op.create_index("ix_desk_reminders_unit_said_at", "desk_reminders", ["unit", "said_at"])


def _proofs() -> None:
    op.create_table(
        "desk_proofs",
        _column("request", sa.Text()),
        _column("number", sa.Integer()),
        _column("certificate", sa.Text()),
        _column("subject", sa.Text()),
        _column("sent_at", MOMENT),
        _column("valid_until", MOMENT),
        _column("recalled_by", sa.Text(), nullable=True),
        _column("body", sa.JSON()),
        sa.PrimaryKeyConstraint("request", "number", name="pk_desk_proofs"),
        _of_a_request("desk_proofs"),
    )
    op.create_index("ix_desk_proofs_certificate_subject", "desk_proofs", ["certificate", "subject"])
    op.create_table(
        "desk_receivers",
        _column("request", sa.Text()),
        _column("number", sa.Integer()),
        _column("unit", sa.Text()),
        _column("reference", sa.Text()),
        _column("first_at", MOMENT),
        sa.PrimaryKeyConstraint("request", "number", "unit", "reference", name="pk_desk_receivers"),
        sa.ForeignKeyConstraint(
            ["request", "number"],
            ["desk_proofs.request", "desk_proofs.number"],
            name="fk_desk_receivers_desk_proofs",
        ),
    )


def _answers() -> None:
    op.create_table(
        "desk_documents",
        _column("request", sa.Text()),
        _column("digest", sa.Text()),
        _column("media_type", sa.Text()),
        _column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("request", "digest", name="pk_desk_documents"),
        _of_a_request("desk_documents"),
    )
    op.create_table(
        "desk_answers",
        _column("client", sa.Text()),
        _column("key", sa.Text()),
        _column("fingerprint", sa.Text()),
        _column("status", sa.Integer()),
        _column("body", sa.LargeBinary()),
        _column("at", MOMENT),
        sa.PrimaryKeyConstraint("client", "key", name="pk_desk_answers"),
    )
    op.create_index("ix_desk_answers_at", "desk_answers", ["at"])


_REFUSAL = "the history of a request is only ever added to"

_SQLITE = (
    "CREATE TRIGGER desk_entries_no_update BEFORE UPDATE ON desk_entries "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER desk_entries_no_delete BEFORE DELETE ON desk_entries "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)

_POSTGRESQL = (
    "CREATE FUNCTION desk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER desk_entries_no_change BEFORE UPDATE OR DELETE ON desk_entries "
    "FOR EACH ROW EXECUTE FUNCTION desk_refuse_change()",
    "CREATE TRIGGER desk_entries_no_truncate BEFORE TRUNCATE ON desk_entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION desk_refuse_change()",
)

_APPEND_ONLY = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
