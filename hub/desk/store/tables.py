"""The tables of the desk; a test holds them and the migrations to the same shape."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from hub.storage.tables import Instant
from hub.storage.tables import metadata as of_the_hub

metadata = MetaData(naming_convention=of_the_hub.naming_convention)

requests = Table(
    "desk_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),  # how many entries its history has
    Column("state", Text, nullable=False),
    Column("requester", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("body", JSON, nullable=False),  # all of it but its history
    Index("ix_desk_requests_holder_due_at_id", "holder", "due_at", "id"),
    Index("ix_desk_requests_requester_issued_at_id", "requester", "issued_at", "id"),
)

entries = Table(
    "desk_entries",
    metadata,
    Column("request", ForeignKey(requests.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("body", JSON, nullable=False),
)

timers = Table(
    "desk_timers",
    metadata,
    Column("request", ForeignKey(requests.c.id), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Instant, primary_key=True, index=True),
)

reminders = Table(
    "desk_reminders",
    metadata,
    Column("request", ForeignKey(requests.c.id), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Instant, primary_key=True),  # when it was to be said
    Column("unit", Text, primary_key=True),  # empty: supervision, which is of no one unit
    Column("reference", Text, primary_key=True),  # the receiver's own, empty for reminders
    Column("role", Text, nullable=False),
    Column("person", Text),
    Column("said_at", Instant, nullable=False),
    Index("ix_desk_reminders_unit_said_at", "unit", "said_at"),
)

proofs = Table(
    "desk_proofs",
    metadata,
    Column("request", ForeignKey(requests.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("certificate", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("recalled_by", Text),
    Column("body", JSON, nullable=False),  # the delivery
    Index("ix_desk_proofs_certificate_subject", "certificate", "subject"),
)

receivers = Table(
    "desk_receivers",
    metadata,
    Column("request", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("first_at", Instant, nullable=False),
    ForeignKeyConstraint(["request", "number"], [proofs.c.request, proofs.c.number]),
)

documents = Table(
    "desk_documents",
    metadata,
    Column("request", ForeignKey(requests.c.id), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("number", Text, unique=True, index=True),  # none where sealed without a registry
)

seals = Table(
    "desk_seals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant, nullable=False),
    Index("ix_desk_seals_unit_kind", "unit", "kind"),
)

seal_events = Table(
    "desk_seal_events",
    metadata,
    Column("seal", ForeignKey(seals.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("change", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("operator", Text),
    Column("reason", Text, nullable=False),
)

seal_uses = Table(
    "desk_seal_uses",
    metadata,
    Column("document_number", Text, primary_key=True),  # a number is used once
    Column("seal", ForeignKey(seals.c.id), nullable=False),
    Column("operator", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_desk_seal_uses_seal_at", "seal", "at"),
)

shared_documents = Table(
    "desk_shared_documents",
    metadata,
    Column("document_number", ForeignKey(seal_uses.c.document_number), primary_key=True),
    Column("certificate", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

extractions = Table(
    "desk_extractions",
    metadata,
    Column("document_number", ForeignKey(seal_uses.c.document_number), primary_key=True),
    Column("client", Text, primary_key=True),
    Column("key", Text, primary_key=True),  # of the write by which it was extracted
    Column("unit", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("extracted_at", Instant, primary_key=True),
    Column("valid_until", Instant, nullable=False),
)

answers = Table(
    "desk_answers",
    metadata,
    Column("client", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

changes = Table(
    "desk_changes",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("request", ForeignKey(requests.c.id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("requester", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("former_holder", Text),
    Column("receivers", JSON, nullable=False),  # pairs of unit and reference
)

change_units = Table(
    "desk_change_units",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("sequence", ForeignKey(changes.c.sequence), primary_key=True),
)

change_count = Table(
    "desk_change_count",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row: who numbers locks it
    Column("last", BigInteger, nullable=False),
)
