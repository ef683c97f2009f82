"""Alembic's entry: migrates over the connection that `hub.desk.store.opening` hands in."""

from alembic import context

from hub.desk.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    version_table="desk_alembic_version",
)
with context.begin_transaction():
    context.run_migrations()
