"""The commands about alerts: `concord alerts list`, `acknowledge`, `send`.

Belongs here: their arguments and what they print. Does not: what an alert is (`pipelines.alerts`).
"""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.acceptance import ByOption
from cli.options import DEFAULT_HOME, Exit, HomeOption, fail, settings_of, warn
from cli.shown import JsonOption, draw
from warehouse.home import Home
from warehouse.time_zone import today

if TYPE_CHECKING:
    from pipelines.alerts import Alert

alerts_app = typer.Typer(no_args_is_help=True, help="What is wrong with the installation, and who it was sent to.")


@alerts_app.command("list")
def list_all(_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the alerts as of the last look, with their owners, since when, and until when they are acknowledged."""
    from pipelines.alerts import read_alerts

    alerts = read_alerts(Home(home.resolve()))
    draw({"alerts": [asdict(alert) for alert in alerts]}, lambda: _print(alerts))


def _print(alerts: "list[Alert]") -> None:
    for alert in alerts:
        waits = f", acknowledged until {alert.acknowledged_until}: {alert.acknowledged}" if alert.acknowledged else ""
        typer.echo(f"{alert.key}  {alert.state} since {alert.since}, for {alert.owner}{waits}\n  {alert.words}")
    if not alerts:
        typer.echo("there are no alerts")


@alerts_app.command("acknowledge")
def acknowledge_one(
    key: Annotated[str, typer.Argument(help="The key of the alert, as it is listed.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it is not sent again.")],
    reason: Annotated[str, typer.Option(help="Why; stays with the alert and in the audit log.")],
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Stop sending an alert until after a day, unless its state changes; its end is still sent."""
    from cli.acceptance import log_act
    from pipelines.alerts import NoAlertError, acknowledge, read_alerts

    state, what = Home(home.resolve()), {"kind": "alert", "key": key, "until": f"{until:%Y-%m-%d}"}
    if key not in {alert.key for alert in read_alerts(state)} or not reason.strip():
        fail(f"there is no alert {key}, or no reason: `concord alerts list` lists the alerts", Exit.USAGE)
    if until.date() < today():
        fail(f"{until:%Y-%m-%d} is over: name the last day on which it is not sent again", Exit.USAGE)
    who = log_act(home, what, reason=reason.strip(), by=by)
    try:
        acknowledge(state, key, until=until.date(), words=f"{reason.strip()} ({who})")
    except NoAlertError as error:
        fail(str(error), Exit.USAGE)
    typer.echo(f"{key} is acknowledged until {until:%Y-%m-%d}")


@alerts_app.command()
def send(home: HomeOption = DEFAULT_HOME) -> None:
    """Look again and send what changed, as each night does at its end. Run it by a timer, in case no night runs."""
    from pipelines.alerts import send_changes
    from pipelines.metrics import write_metrics

    state = Home(home.resolve())
    sent = send_changes(state, settings_of(state.path).alerts, today=today())
    write_metrics(state)
    for owner, is_sent in sent.items():
        typer.echo(f"{owner}: {'sent' if is_sent else 'NOT SENT: see CONCORD_ALERTS in docs/operate.md'}")
    if not sent:
        typer.echo("nothing has changed")
    if not all(sent.values()):
        warn("what could not be sent is sent the next time")
        raise typer.Exit(Exit.FAILED)
