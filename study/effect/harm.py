"""Days of harm by offence: an edition of the Cambridge Crime Harm Index, and what is assumed where it has no row.

Belongs here: the index, the assumptions and their range. Does not: adding up (`study.effect.measures`).
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

import polars as pl

from warehouse.codes import OFFENCE_CODES, reference

SHIPPED_EDITION: Final = "2020"
Assumed = Literal["low", "days", "high", "none"]


@dataclass(frozen=True, eq=False)
class HarmIndex:
    """Days of harm by offence code.

    Attributes:
        edition: which edition the days are of.
        days: `offence_code`, `harm_days`: the index itself.
        assumed: which of the assumptions for offences without a row are added: low, days (central), high or none.
    """

    edition: str
    days: pl.DataFrame
    assumed: Assumed = "days"

    @classmethod
    @cache
    def shipped(cls) -> "HarmIndex":
        """The subset of the 2020 edition in the offence list [CCHI-2020], half days kept."""
        offences = reference("offences").filter(pl.col("is_default_for_code") == "true")
        days = offences.select(pl.col("cjs_code").alias("offence_code"), pl.col("harm_days").cast(pl.Float64))
        return cls(SHIPPED_EDITION, days.drop_nulls().unique("offence_code", keep="first", maintain_order=True))

    @classmethod
    def read(cls, path: Path) -> "HarmIndex":
        """Another edition, from a CSV file with the columns `offence_code` and `harm_days`; the name says which.

        Raises:
            ValueError: no column of that name, or a number that can't be read or is negative; a code twice, or unknown.
        """
        try:
            days = pl.read_csv(path, schema_overrides={"offence_code": pl.String, "harm_days": pl.Float64})
        except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
            raise ValueError(f"{path}: not CSV with the columns offence_code and harm_days (a number)") from error
        if missing := {"offence_code", "harm_days"} - set(days.columns):
            raise ValueError(f"{path}: no column {', '.join(sorted(missing))}")
        days = days.select("offence_code", "harm_days").drop_nulls()
        if unknown := sorted(set(days["offence_code"]) - set(OFFENCE_CODES)):
            raise ValueError(f"{path}: no offence {unknown[0]} in the offence list: use its CJS code")
        if days["offence_code"].is_duplicated().any() or (days["harm_days"] < 0).any():
            raise ValueError(f"{path}: an offence is listed twice, or its days are negative")
        return cls(path.stem, days)

    def with_assumed(self, assumed: Assumed) -> "HarmIndex":
        """The same index with other assumptions for the offences without a row."""
        return replace(self, assumed=assumed)

    def table(self) -> pl.DataFrame:
        """`offence_code`, `harm_days`: the index, and the assumptions for offences it has no row for."""
        if self.assumed == "none":
            return self.days
        added = assumptions().select("offence_code", pl.col(self.assumed).alias("harm_days"))
        return pl.concat([self.days, added.join(self.days, on="offence_code", how="anti")])


@cache
def assumptions() -> pl.DataFrame:
    """Offences without a row in the 2020 edition: `offence_code`, `low`, `days`, `high`, `reason`, `source`."""
    numbers = pl.col("low", "days", "high").cast(pl.Float64)
    return reference("harm_assumptions").rename({"cjs_code": "offence_code"}).with_columns(numbers)
