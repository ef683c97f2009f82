"""The tables of the desk; a test holds them and the migrations to the same shape."""

from sqlalchemy import (
    JSON,
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
