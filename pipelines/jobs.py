"""What runs: the nightly job, all assets of one night."""

import dagster as dg

nightly_job = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    description="From the landing folder to a published register, for one night.",
)
