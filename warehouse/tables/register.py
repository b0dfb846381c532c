"""The register layer: the public tables of a release, declared in `register.toml`."""

from typing import Final

from warehouse.tables.declarations import read_tables

_TABLES: Final = read_tables("register")
ORDERS: Final = _TABLES["orders"]
ORDER_SOURCES: Final = _TABLES["order_sources"]
SUBJECTS: Final = _TABLES["subjects"]
CONDITIONS: Final = _TABLES["conditions"]
ARRESTS: Final = _TABLES["arrests"]
ARREST_SOURCES: Final = _TABLES["arrest_sources"]
FIELD_PROVENANCE: Final = _TABLES["field_provenance"]
DISCREPANCIES: Final = _TABLES["discrepancies"]
QUALITY_SCORES: Final = _TABLES["quality_scores"]
SOURCE_RELIABILITY: Final = _TABLES["source_reliability"]
REVIEW_QUEUE: Final = _TABLES["review_queue"]
DELIVERIES: Final = _TABLES["deliveries"]
RELEASE_CHANGES: Final = _TABLES["release_changes"]
ID_REDIRECTS: Final = _TABLES["id_redirects"]
CORRECTION_LINES: Final = _TABLES["correction_lines"]
EXPECTATION_RESULTS: Final = _TABLES["expectation_results"]
CONDITION_WORDINGS: Final = _TABLES["condition_wordings"]
UNCODED_CONDITIONS: Final = _TABLES["uncoded_conditions"]
CONDITION_TEXTS: Final = _TABLES["condition_texts"]
PUBLIC_TABLES: Final = tuple(table for table in _TABLES.values() if table is not CONDITION_TEXTS)

DIMENSIONS: Final = QUALITY_SCORES.column("dimension").codes
SCOPES: Final = QUALITY_SCORES.column("scope").codes
QUEUE_KINDS: Final = REVIEW_QUEUE.column("kind").codes
CORRECTION_STATES: Final = CORRECTION_LINES.column("state").codes
CAUSES: Final = RELEASE_CHANGES.column("cause").codes
# The feed of a file that lies in a source's folder and is named like none of its deliveries.
STRAY_FEED: Final = "stray"
# What nothing is known to have caused; it stops the publication.
UNEXPLAINED: Final = "unexplained"
