"""The tables of the hub; a test holds them and the migrations to the same shape."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC and given back with its zone, also where the database has none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        """The moment in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """The moment in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

versions = Table(
    "catalogue_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("effective_from", Date, nullable=False),
    Column("imported_at", Instant, nullable=False),
)

units = Table(
    "catalogue_units",
    metadata,
    Column("version", ForeignKey(versions.c.id), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("district", Text, nullable=False),
)

items = Table(
    "catalogue_items",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("immediate", Boolean, nullable=False),
    Column("promised_days", Integer),
    ForeignKeyConstraint(["version", "unit"], [units.c.version, units.c.code]),
)

rows = Table(
    "catalogue_rows",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("issuer_zh", Text, nullable=False),
    Column("measures", JSON, nullable=False),
    Column("granted", JSON, nullable=False),
    Column("scope_exclusion", Text),
    Column("legal_force_exception", Text),
    Column("commitment_allowed", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["version", "unit", "item"], [items.c.version, items.c.unit, items.c.code]
    ),
    UniqueConstraint("version", "unit", "item", "certificate"),
)

keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("people", JSON, nullable=False),  # roles by name
    Column("label", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
)

disclosure_batches = Table(  # the view `disclosures` shows each lookup of them by itself
    "disclosure_batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("key", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("catalogue", Integer),
    Column("count", Integer, nullable=False),
    Column("entries", Text, nullable=False),
)

commitments = Table(
    "commitments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("api_key", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("applicant", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("catalogue", Integer, nullable=False),
    Column("row", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("manner", Text, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("silent_since", Instant),
    Column("trouble", Text),
    Column("given_up", Integer, nullable=False),
)

webhook_outbox = Table(
    "webhook_outbox",
    metadata,
    Column("webhook", ForeignKey(webhooks.c.id), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("request", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("put_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Index(None, "webhook", "request", "sequence"),
    Index(None, "webhook", "next_at"),
)

webhook_sender = Table(
    "webhook_sender",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sequence", Integer),
    Column("holder", Text, nullable=False),
    Column("held_until", Instant, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("api_key", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request", Text),
    Column("matter", Text),
    Column("turn", Integer),
    Column("certificate", Text),
    Column("item", Text),
    Column("case", Text),
    Column("subject", Text),
    Column("catalogue", Integer),
    Column("row", Integer),
    Column("fields", JSON),
    Column("immediate", Boolean),
    Column("promised", Date),
    Column("issuer", Text),
    Column("client_key", Text),
    UniqueConstraint("matter", "turn"),
    Index(None, "unit", "client_key"),
)

conclusions = Table(
    "conclusions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("intent", ForeignKey(intents.c.id), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("came", Text, nullable=False),
    Column("request", Text, index=True),
    Column("reason", Text),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
)
