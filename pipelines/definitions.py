"""What Dagster's own processes load (`pipelines.webserver`): the installation of the environment."""

from pipelines.assembly import build_definitions
from pipelines.settings import home_folder, landing_folder, read_settings
from warehouse.disk import keep_private

keep_private()
defs = build_definitions(home_folder(), landing_folder(), read_settings(home_folder()))
