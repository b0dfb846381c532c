"""Correction packs as tables, declared in `packs.toml`.

Belongs here: the log and what a night reads of it. Does not: what became of the lines (`CORRECTION_LINES` of the
register).
"""

from typing import Final

from warehouse.tables.declarations import read_tables

_TABLES: Final = read_tables("packs")
DISCLOSURES: Final = _TABLES["disclosures"]
PACK_LINES: Final = _TABLES["pack_lines"]
SENDING_POLICIES: Final = _TABLES["sending_policies"]
SAMPLE_CHECKS: Final = _TABLES["sample_checks"]
PACK_ANSWERS: Final = _TABLES["pack_answers"]
ASKED_CORRECTIONS: Final = _TABLES["asked_corrections"]
VERDICTS: Final = SAMPLE_CHECKS.column("verdict").codes
