"""Choosing golden values of records and clusters, as a night does."""

from reconciliation import golden
from reconciliation.record_context import hold_records


def choose_golden(records, clusters, **more):
    return golden.choose_golden(hold_records(records, clusters), **more)
