"""What runs, and when: the nightly job with all assets of one night, and its schedule."""

from typing import Any, Final

import dagster as dg

from warehouse.time_zone import LONDON

RECORDED: Final[dict[str, Any]] = {"loggers": {"concord": {}}}
"""The one configuration that a run may have: it keeps its record (`pipelines.runs`).

What a night reads, writes and accepts follows from the settings; who starts it says which night, and nothing else.
"""
nightly_job = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    config=RECORDED,
    tags={"dagster/retry_strategy": "ALL_STEPS"},
    description="From the landing folder to a published register, for one night.",
)


@dg.schedule(
    job=nightly_job,
    cron_schedule="30 2 * * *",
    execution_timezone=LONDON.key,
    description="Every night at 02:30, London time, for the date that has just begun.",
)
def nightly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask for the night of the date on which the schedule fires, when the national extracts have come."""
    night = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=night, partition_key=night, run_config=RECORDED)
