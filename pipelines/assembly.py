"""Puts together all that Dagster knows of Concord: assets, checks, job, schedule, sensor, resources."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import dagster as dg

from assets.decisions import DECISION_ASSETS
from assets.frame import Night
from assets.ingest import INGEST_ASSETS
from assets.link import LINK_ASSETS
from assets.models import MODEL_ASSETS
from assets.publish import PUBLISH_ASSETS
from assets.reconcile import RECONCILE_ASSETS
from pipelines.jobs import nightly_job, nightly_schedule
from pipelines.progress import run_logger
from pipelines.sensors import delivery_sensor
from pipelines.settings import Settings


def build_definitions(
    home: Path,
    landing: Path,
    settings: Settings,
    *,
    accepted: Mapping[str, str] | None = None,
    is_locked: bool = False,
) -> dg.Definitions:
    """The definitions over one folder of state and one landing folder.

    Args:
        home: the folder of all state.
        landing: the folder in which the sources' folders lie.
        settings: in force.
        accepted: why an operator accepts what a gate refuses, by the name of the gate.
        is_locked: whether who starts the runs keeps other runs off already.
    """
    night = Night(
        home=str(home),
        landing=str(landing),
        presence_days=settings.clock.days,
        settings_digest=settings.digest,
        limits=asdict(settings.limits),
        ledger=settings.ledger,
        accepted=dict(accepted or {}),
        policies=dict(settings.deliveries),
        bounds=settings.bounds.model_dump(),
        is_locked=is_locked,
    )
    return dg.Definitions(
        assets=[*INGEST_ASSETS, *DECISION_ASSETS, *MODEL_ASSETS, *LINK_ASSETS, *RECONCILE_ASSETS, *PUBLISH_ASSETS],
        jobs=[nightly_job],
        schedules=[nightly_schedule],
        sensors=[delivery_sensor],
        resources={"night": night},
        loggers={"concord": run_logger},
        # Five processes for two seconds of work: the executor that starts a process a step takes minutes.
        executor=dg.in_process_executor,
    )
