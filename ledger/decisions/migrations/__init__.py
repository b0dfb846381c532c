"""The steps from each schema of the ledger to the next (Alembic); a step that has been released is never changed."""
