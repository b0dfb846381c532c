"""Alembic's entry: it runs the steps on the connection that it is handed, within its transaction."""

from alembic import context

from ledger.decisions.metadata import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
