"""The view of quality by force: every dimension with its score, its interval and its parts, in one row.

Belongs here: that view. Does not: the others (`warehouse.releases.views`).
"""

from typing import Final

import polars as pl

from warehouse.releases.view import ORDER_COUNT, View
from warehouse.schema import Column
from warehouse.tables.register import DIMENSIONS, QUALITY_SCORES

VALUES: Final = QUALITY_SCORES.column("numerator").unit

_SCORE_PARTS: Final = (
    ("", "Score of the force in {}.", "share, 0 to 1", "0.84", "Null where nothing was judged."),
    ("_low", "Lower end of its 95 % interval in {}.", "share, 0 to 1", "0.81", ""),
    ("_high", "Upper end of its 95 % interval in {}.", "share, 0 to 1", "0.88", ""),
    ("_passed", "What passed in {}.", VALUES, "412.0", ""),
    ("_judged", "What was judged in {}.", VALUES, "490.0", ""),
)
"""What stands of each dimension in `quality_by_force`: ending of the column, meaning, unit, example, caveat."""

QUALITY_BY_FORCE: Final = View(
    "quality_by_force",
    "a force, with its score in each dimension, the interval and the parts of the score",
    """
    SELECT q.scope_key AS force_code, f.force_name, coalesce(f.order_count, 0) AS order_count,
           q.* EXCLUDE (scope_key)
           RENAME (completeness_score AS completeness, uniqueness_score AS uniqueness,
                   consistency_score AS consistency, timeliness_score AS timeliness,
                   validity_score AS validity, accuracy_score AS accuracy)
    FROM (PIVOT (SELECT scope_key, dimension, score, low, high, numerator, denominator
                 FROM quality_scores WHERE scope = 'force')
          ON dimension IN ('completeness', 'uniqueness', 'consistency', 'timeliness', 'validity', 'accuracy')
          USING max(score) AS score, max(low) AS low, max(high) AS high,
                max(numerator) AS passed, max(denominator) AS judged) AS q
    LEFT JOIN (SELECT force_code, any_value(force_name) AS force_name, count(*) AS order_count
               FROM orders GROUP BY force_code) AS f ON f.force_code = q.scope_key
    """,
    columns=(
        ORDER_COUNT,
        *(
            Column(
                f"{dimension}{ending}",
                description.format(dimension),
                pl.Float64,
                unit=unit,
                example=example,
                caveat=caveat,
            )
            for dimension in DIMENSIONS
            for ending, description, unit, example, caveat in _SCORE_PARTS
        ),
    ),
)
