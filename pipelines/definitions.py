"""What Dagster's own processes load (`pipelines.webserver`): the installation of the environment."""

from pipelines.assembly import build_definitions
from pipelines.sensors import first_night
from pipelines.settings import landing_folder, read_settings
from warehouse.disk import keep_private
from warehouse.home import Home

keep_private()
home = Home.find().path.resolve()
landing = landing_folder(home)
defs = build_definitions(home, landing, read_settings(home), first_night=first_night(home, landing))
