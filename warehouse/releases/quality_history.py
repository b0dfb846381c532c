"""The quality scores of former releases, beside each other.

Belongs here: which releases count, and reading their scores. Does not: what a change between them means
(`expectations.trend`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.home import Home
from warehouse.releases.manifests import release_of_each_night
from warehouse.releases.release import DamagedReleaseError, Release, read_release
from warehouse.schema import Column, Table
from warehouse.tables.register import QUALITY_SCORES

SERIES = Table(
    "quality_series",
    "the score of a scope in one dimension in one of several releases",
    (
        Column("release_id", "The release.", required=True),
        Column("as_of", "The night it rests on.", pl.Date, required=True),
        Column("method", "What it was judged by: digest of the code, names of the models, digest of the settings."),
        *QUALITY_SCORES.columns,
    ),
    key=("scope", "scope_key", "dimension", "as_of"),
)


@dataclass(frozen=True, eq=False)
class QualityHistory:
    """The scores of several releases.

    Attributes:
        scores: `SERIES`, sorted by its key; columns that a release did not have yet are empty.
        left_out: releases whose scores can't be read.
    """

    scores: pl.DataFrame
    left_out: tuple[str, ...]


def read_quality_history(home: Home, *, last: int, until: str | None = None) -> QualityHistory:
    """The scores of the last nights, but for single orders: of each night the last release not rolled back.

    Args:
        home: the folder of all state.
        last: how many nights at most.
        until: the release that ends the series, even if it was rolled back; defaults to the last one.

    Raises:
        LookupError: there is no such release, or none at all.
        ValueError: `last` is less than 1.
    """
    if last < 1:
        raise ValueError(f"{last} nights are not a series: ask for one or more")
    nights = release_of_each_night(home, until=until)
    if not nights:
        raise LookupError("no release has been published")
    frames, left_out = [], []
    for release_id in list(nights.values())[-last:]:
        try:
            frames.append(_scores(read_release(home, release_id)))
        except (DamagedReleaseError, OSError, pl.exceptions.PolarsError):
            left_out.append(release_id)
    scores = pl.concat(frames).sort(SERIES.key) if frames else SERIES.empty()
    return QualityHistory(scores, tuple(left_out))


def _scores(release: Release) -> pl.DataFrame:
    kept = pl.read_parquet(release.parquet(QUALITY_SCORES.name)).filter(pl.col("scope") != "record")
    named = QUALITY_SCORES.completed(kept).with_columns(
        release_id=pl.lit(release.release_id), as_of=pl.lit(release.as_of), method=pl.lit(_method(release.manifest))
    )
    return SERIES.conform(named)


def _method(manifest: Mapping[str, Any]) -> str:
    """What scores were judged by; a manifest of an earlier version may lack a part."""
    versions = manifest.get("versions", {})
    return " ".join(str(part) for part in (versions.get("code"), versions.get("models"), manifest.get("config_hash")))
