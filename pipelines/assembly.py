"""Puts together all that Dagster knows of Concord: assets, checks, job, schedule, sensor, resources."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from assets.code import code_digest
from assets.decisions import DECISION_ASSETS
from assets.frame import Night, night_resource, nights_since
from assets.ingest import INGEST_ASSETS
from assets.judgement import judgement
from assets.link import LINK_ASSETS
from assets.models import MODEL_ASSETS
from assets.publish import release
from assets.register import register
from pipelines.jobs import RECORDED, nightly_job, nightly_schedule
from pipelines.progress import run_logger
from pipelines.runs import COMMAND_LINE, DAGSTER, RunRecorder
from pipelines.sensors import delivery_sensor, failed_night, landed_files, listing_digest, published_night
from pipelines.settings import Settings
from reconciliation.statutes import FIRST_ORDER_ON
from warehouse.home import Home

ASSETS = [*INGEST_ASSETS, *DECISION_ASSETS, *MODEL_ASSETS, *LINK_ASSETS, register, judgement, release]


def basis_of(landing: Path, settings: Settings) -> str:
    """Digest of what a run reads and is made by: the files that have landed, the settings, the code."""
    parts = (listing_digest(landed_files(landing)), settings.model_dump_json(), code_digest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def build_definitions(
    home: Path,
    landing: Path,
    settings: Settings,
    *,
    accepted: Mapping[str, str] | None = None,
    known_at: datetime | None = None,
    is_locked: bool = False,
    is_full: bool = False,
    first_night: date = FIRST_ORDER_ON,
) -> dg.Definitions:
    """The definitions over one folder of state and one landing folder.

    Args:
        home: the folder of all state.
        landing: the folder in which the sources' folders lie.
        settings: in force.
        accepted: why an operator accepts what a gate refuses, by the name of the gate.
        known_at: the moment up to which decisions are known; None: all are.
        is_locked: whether who starts the runs keeps other runs off already.
        is_full: whether nothing is taken over from the night before.
        first_night: the earliest night that can be run.
    """
    night = Night(
        home=home,
        landing=landing,
        accepted=dict(accepted or {}),
        known_at=known_at,
        is_locked=is_locked,
        is_full=is_full,
        **_from_settings(settings),
    )

    def recorder(run_id: str) -> RunRecorder:
        started_by = COMMAND_LINE if is_locked else DAGSTER
        basis = partial(basis_of, landing, settings)
        return RunRecorder(Home(home), run_id, started_by=started_by, landing=str(landing), basis=basis)

    nights = nights_since(first_night)
    return dg.Definitions(
        assets=[asset.map_asset_specs(lambda spec: spec.replace_attributes(partitions_def=nights)) for asset in ASSETS],
        jobs=[nightly_job],
        schedules=[nightly_schedule],
        sensors=[delivery_sensor, failed_night, published_night],
        resources={"night": night_resource(night, RECORDED)},
        loggers={"concord": run_logger(recorder)},
        # Five processes for two seconds of work: the executor that starts a process a step takes minutes.
        executor=dg.in_process_executor,
    )


def _from_settings(settings: Settings) -> dict[str, Any]:
    """What a night takes from the settings."""
    return {
        "presence_days": settings.clock.days,
        "settings_digest": settings.digest,
        "limits": settings.limits.model_dump(),
        "ledger": settings.ledger,
        "policies": dict(settings.deliveries),
        "bounds": settings.bounds.model_dump(),
        "spark_master": settings.spark.master if settings.engine == "spark" else None,
        "spark_options": settings.spark.options,
        "landing_url": settings.storage.landing,
    }
