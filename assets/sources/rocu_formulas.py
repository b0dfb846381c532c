"""Values that a formula should have given and did not.

Belongs here: putting them aside, each with its reason. Does not: finding them in a workbook (`workbooks`).
"""

import polars as pl

from assets.parsing.records import record_columns
from assets.parsing.rejections import LONGEST_VALUE

FAILED = r"^#[A-Z][A-Za-z0-9]+$"  # `#NA`, `#Div0`, `#NoResult`
EXPECTED = "a value: open the workbook in Excel, mend the formula or type the value, save it and send it again"
SHEET_ROW = pl.format("{}#{}#{}", "file_name", "sent_sheet_name", "row_number")
# The core column that stays empty, where it has another name than the field.
CORE_COLUMNS = {
    "name": "surname",
    "length": "term_months",
    "length_months": "term_months",
    "interim": "is_interim",
    "force": "force_code",
    "court": "court_code",
    "status": "recorded_status",
    "county_lines": "is_county_lines",
    "breaches": "breach_count",
    "conditions": "condition_code",
    "offence": "offence_code",
}


def part_failed(sent: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the results that formulas failed to give from the values as sent.

    Args:
        sent: the rows of `assets.parsing.records.as_sent`.

    Returns:
        The rows with those values null, and the rows of `core__rejected_values` for them.
    """
    fields = [name for name in sent.columns if name.startswith("sent_") and name != "sent_sheet_name"]
    cells = sent.select(*record_columns("rocu", SHEET_ROW), *fields)
    failed = cells.unpivot(fields, index=["record_id", "source", "source_key"]).filter(
        pl.col("value").str.contains(FAILED)
    )
    rejected = failed.select(
        "record_id",
        "source",
        "source_key",
        field=pl.col("variable").str.strip_prefix("sent_").replace(CORE_COLUMNS),
        value=pl.col("value").str.slice(0, LONGEST_VALUE),
        reason_code=pl.lit("formula_failed"),
        expected=pl.lit(EXPECTED),
    )
    value = pl.col(sorted(set(failed["variable"])))
    return sent.with_columns(pl.when(~value.str.contains(FAILED)).then(value)), rejected
