"""When it runs: every night, after the national extracts have come."""

import dagster as dg

from pipelines.jobs import nightly_job


@dg.schedule(
    job=nightly_job,
    cron_schedule="30 2 * * *",
    execution_timezone="Europe/London",
    description="Every night at 02:30, London time, for the date that has just begun.",
)
def nightly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask for the night of the date on which the schedule fires."""
    night = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=night, partition_key=night)
