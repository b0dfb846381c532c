"""Alerts: what changed since the last time, sent to its owner once, and once more when it is resolved.

Belongs here: what is open, acknowledged and sent (`alerts.json` in the home), sending through Apprise. Does not: what
is wrong (`pipelines.alert_conditions`). No personal data.
"""

import json
import logging
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import chain, groupby

import apprise

from pipelines.alert_conditions import Condition, find_conditions
from pipelines.alert_kinds import ALERT_KINDS, AlertSettings
from warehouse.disk import put_text
from warehouse.home import Home

log = logging.getLogger("concord.alerts")
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it quotes addresses, which hold passwords

TARGETS = "CONCORD_ALERTS"
"""Apprise URLs to send to; with `_` and the name of an owner in capitals after it, for that owner alone."""
RESOLVED = "resolved"
SECONDS = 20
ADVICE = {kind.name: kind.advice for kind in ALERT_KINDS}


class NoAlertError(LookupError):
    """No alert has this key."""


@dataclass(frozen=True)
class Alert(Condition):
    """A condition that was seen; one that is gone is resolved.

    Attributes:
        sent: the state that was sent last; empty if none was.
        reached: the places of the owner's addresses that took the present state, while others did not.
        acknowledged_until: the last day on which it is not sent again in this state.
        acknowledged: who acknowledged it and why.
    """

    sent: str = ""
    reached: tuple[int, ...] = ()
    acknowledged_until: str = ""
    acknowledged: str = ""

    @property
    def is_due(self) -> bool:
        """Whether its state has to be sent."""
        return self.sent != self.state and not self.acknowledged_until

    @property
    def line(self) -> str:
        """The alert as a line of a message."""
        advice = "" if self.state == RESOLVED else f" {ADVICE[self.key.partition(':')[0]]}"
        return f"[{self.state}] {self.words} (since {self.since}; {self.key}).{advice}"


def compare(alerts: Iterable[Alert], conditions: Iterable[Condition], *, today: date) -> list[Alert]:
    """The alerts after another look: new ones, those that changed or stand as before, and those that are resolved."""
    before = {alert.key: alert for alert in alerts}
    now = {condition.key: condition for condition in conditions}
    standing = [_seen_again(before.get(key), condition, today) for key, condition in now.items()]
    gone = [
        alert
        if alert.state == RESOLVED
        else replace(alert, state=RESOLVED, reached=(), acknowledged_until="", acknowledged="")
        for key, alert in before.items()
        # One that nobody heard of needs no notice of its end.
        if key not in now and (alert.sent not in ("", RESOLVED) or alert.reached)
    ]
    return sorted(standing + gone, key=lambda alert: alert.key)


def _seen_again(before: Alert | None, found: Condition, today: date) -> Alert:
    alert = Alert(**asdict(found))
    if before is None or before.state == RESOLVED:
        return alert
    if before.state != found.state:
        return replace(alert, sent=before.sent)
    if before.acknowledged_until and before.acknowledged_until < today.isoformat():
        return replace(alert, since=before.since)  # the time is over and it still stands: it is sent again
    return replace(
        alert,
        since=before.since,
        sent=before.sent,
        reached=before.reached,
        acknowledged_until=before.acknowledged_until,
        acknowledged=before.acknowledged,
    )


def acknowledge(home: Home, key: str, *, until: date, words: str) -> None:
    """Send nothing more about an alert in its present state until after a day.

    Raises:
        NoAlertError: no alert has this key.
        OSError: the alerts can't be read.
    """
    alerts = read_alerts(home)
    if key not in {alert.key for alert in alerts}:
        raise NoAlertError(f"there is no alert {key}: `concord alerts list` lists them")
    _write(
        home,
        [
            replace(alert, acknowledged_until=until.isoformat(), acknowledged=words) if alert.key == key else alert
            for alert in alerts
        ],
    )


def send_changes(
    home: Home, settings: AlertSettings, *, today: date, environment: Mapping[str, str] = os.environ
) -> dict[str, bool]:
    """Look again, and send to each owner what changed; whether it was sent, by owner.

    What could not be sent is sent the next time, to the addresses that it did not reach; so is
    what was sent and can't be noted, as on a full disk.

    Raises:
        OSError: it was sent and can't be noted.
    """
    alerts = compare(read_alerts(home, skip_unreadable=True), find_conditions(home, settings, today=today), today=today)
    with suppress(OSError):  # a disk that is full, or read-only, is itself an alert
        _write(home, alerts)
    due = sorted((alert for alert in alerts if alert.is_due), key=lambda alert: (alert.owner, alert.key))
    sent = {owner: _send(owner, list(own), environment) for owner, own in groupby(due, key=lambda alert: alert.owner)}
    after = {alert.key: alert for alert in (*alerts, *chain.from_iterable(sent.values()))}
    _write(home, [alert for alert in after.values() if not alert.sent == alert.state == RESOLVED])
    return {owner: not any(alert.is_due for alert in own) for owner, own in sent.items()}


def send_or_log(home: Home, settings: AlertSettings, *, today: date) -> None:
    """As `send_changes`; who could not be reached is logged."""
    unsent = [owner for owner, is_sent in send_changes(home, settings, today=today).items() if not is_sent]
    if unsent and any(name.startswith(TARGETS) for name in os.environ):
        log.warning("alerts could not be sent to %s: they are sent the next time", ", ".join(unsent))


def _send(owner: str, alerts: list[Alert], environment: Mapping[str, str]) -> list[Alert]:
    """The alerts as they are once each address of the owner was sent what it had not had."""
    urls = (environment.get(f"{TARGETS}_{owner.upper()}") or environment.get(TARGETS) or "").split()
    for place, url in enumerate(urls):
        new = [alert for alert in alerts if place not in alert.reached]
        if new and _send_to(url, new):
            alerts = [replace(alert, reached=tuple({*alert.reached, place})) for alert in alerts]
    were_sent = [bool(urls) and set(range(len(urls))) <= set(alert.reached) for alert in alerts]
    return [
        replace(alert, sent=alert.state, reached=()) if was_sent else alert
        for alert, was_sent in zip(alerts, were_sent, strict=True)
    ]


def _send_to(url: str, alerts: list[Alert]) -> bool:
    asset = apprise.AppriseAsset(app_id="Concord", app_desc="Concord", app_url="", service_timeout=SECONDS)
    target = apprise.Apprise(asset=asset)
    resolved = sum(alert.state == RESOLVED for alert in alerts)
    title = f"Concord: {len(alerts) - resolved} to look at, {resolved} resolved"
    body = "\n".join(alert.line for alert in alerts)
    kind = apprise.NotifyType.SUCCESS if resolved == len(alerts) else apprise.NotifyType.WARNING
    return target.add(url) and bool(target.notify(body=body, title=title, notify_type=kind))


def read_alerts(home: Home, *, skip_unreadable: bool = False) -> list[Alert]:
    """The alerts as of the last look; none if there was none, or the file holds none.

    Args:
        home: the folder of all state.
        skip_unreadable: none also where the disk does not give the file, for who looks again.

    Raises:
        OSError: the file can't be read: that is not that there are no alerts.
    """
    with suppress(FileNotFoundError, ValueError, TypeError, *([OSError] if skip_unreadable else [])):
        return [Alert(**alert) for alert in json.loads(home.alerts.read_text(encoding="utf-8"))]
    return []


def _write(home: Home, alerts: Iterable[Alert]) -> None:
    put_text(home.alerts, json.dumps([asdict(alert) for alert in alerts], indent=2) + "\n")
