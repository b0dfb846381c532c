"""What stewards have decided and asked for: read from the ledger once a night, so that all steps obey the same."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import dagster as dg
import polars as pl

from assets.former import Former
from assets.frame import (
    PASSING_FAULTS,
    AssetEvents,
    NightResource,
    as_of_date,
    check_specs,
    put_out,
    specs,
    tried_again,
)
from ledger.decisions.binding import constraints, overrides
from ledger.decisions.errors import LedgerError, LedgerMissingError
from ledger.decisions.in_force import in_force
from ledger.decisions.ledger import Ledger
from ledger.decisions.values import typed_values
from ledger.packs.log import asked_before, read_disclosures, read_pack_lines
from matching.bound import Decisions
from reconciliation.redirects import order_redirects
from warehouse.home import Home
from warehouse.releases.release import current_release
from warehouse.standardise import fold
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.packs import ASKED_CORRECTIONS
from warehouse.tables.release import KNOWN_DECISIONS, OBEYED_DECISIONS

OF_THE_LEDGER = (DECISIONS, ASKED_CORRECTIONS, KNOWN_DECISIONS)


def read_decisions(url: str, home: Home, *, expected: bool) -> pl.DataFrame:
    """All decisions of the ledger; none where there is no ledger yet.

    Args:
        url: where the ledger lies.
        home: of the installation whose key marks decisions.
        expected: whether the release before rests on the ledger, so that there must be one.

    Raises:
        LedgerLockedError, LedgerUnreachableError: it does not answer; a later try may succeed.
        Failure: the ledger can't be read, or is gone: a night without it would undo what stewards have done.
    """
    found = _read_ledger(url, home, Ledger.read, expected=expected)
    return DECISIONS.empty() if found is None else found


def read_asked(url: str, home: Home, *, as_of: date, expected: bool) -> pl.DataFrame:
    """The corrections that owners were asked for before a night, `ASKED_CORRECTIONS`; as `read_decisions`."""
    found = _read_ledger(
        url,
        home,
        lambda ledger: asked_before(read_disclosures(ledger), read_pack_lines(ledger), as_of=as_of),
        expected=expected,
    )
    return ASKED_CORRECTIONS.empty() if found is None else found


def _read_ledger(
    url: str, home: Home, read: Callable[[Ledger], pl.DataFrame], *, expected: bool
) -> pl.DataFrame | None:
    try:
        with Ledger.open(url, home) as ledger:
            return read(ledger)
    except LedgerMissingError as error:
        if expected:
            raise dg.Failure(f"the ledger of decisions, on which the release before rests, is gone: {error}") from error
        return None
    except PASSING_FAULTS:
        raise
    except LedgerError as error:
        raise dg.Failure(
            f"the ledger of decisions can't be read, and a night must not go without it: {error}"
        ) from error


def require_all_known(decisions: pl.DataFrame, home: Home, as_of: date) -> None:
    """Hold the ledger to what the release before, and the one in force, knew of it.

    Raises:
        Failure: some are gone: a night without them would undo what stewards have done.
    """
    with suppress(LookupError):  # a pointer that names no release is written again by this night
        in_force = Former(current_release(home))
        for former in (Former.of(home, as_of), in_force):
            _require_known(decisions, former)


def _require_known(decisions: pl.DataFrame, former: Former) -> None:
    known = pl.concat([former.table(table).select("decision_id") for table in (KNOWN_DECISIONS, OBEYED_DECISIONS)])
    lost = known.unique().join(decisions, on="decision_id", how="anti").get_column("decision_id").sort()
    if former.release is not None and lost.len():
        raise dg.Failure(
            f"the ledger of decisions lacks {lost.len()} that release {former.release.release_id} knew, such as "
            f"{lost[0]}: it is empty, an older backup, or another ledger. Restore the newest backup, or put back what "
            "was exported (`concord decisions import`); if they are lost for good, go back to a release that did not "
            "know them (`concord release rollback`)"
        )


def link_decisions(decisions: pl.DataFrame, records: pl.DataFrame) -> Decisions:
    """What binds the linking of order records.

    Args:
        decisions: those in force, `DECISIONS`.
        records: the union over sources in the shape of `CORE_ORDERS`.
    """
    bound = constraints(decisions, records)
    is_order = pl.col("level") == "order"
    return Decisions(
        same_order=bound.must.filter(is_order),
        different_orders=bound.cannot.filter(is_order),
        same_person=bound.must.filter(~is_order),
        different_persons=bound.cannot.filter(~is_order),
    )


def decide_values(
    decisions: pl.DataFrame, records: pl.DataFrame, *, owners: pl.DataFrame, redirects: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The golden values that are decided, by field (`typed_values`); stale and contradicted ones are left to the rules.

    Args:
        decisions: those in force, `DECISIONS`.
        records: the union over sources in the shape of `CORE_ORDERS`.
        owners: `record_id`, `order_id`, `subject_id` of the night.
        redirects: `ID_REDIRECTS` of the night.
    """
    settled = overrides(decisions, records, owners, order_redirects(redirects))
    lapsed = pl.concat([frame.get_column("decision_id") for frame in (settled.stale, settled.contradictions)])
    if lapsed.len():
        dg.get_dagster_logger().warning(
            "decided values left to the rules, since their evidence has changed or others contradict them: %s; "
            "see `concord decisions check`",
            ", ".join(lapsed.unique().sort()),
        )
    return typed_values(settled.values, fold)


@dg.multi_asset(name="decisions", specs=specs(OF_THE_LEDGER, group="ledger"), check_specs=check_specs(OF_THE_LEDGER))
def decided(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
    """The decisions that are in force on the night, and the corrections that owners were asked for before it."""
    as_of = as_of_date(context)
    former = Former.of(night.state, as_of).release
    rested_on = former.manifest["inputs"].keys() if former else ()
    expected = any(table.name in rested_on for table in OF_THE_LEDGER)
    with tried_again(context):
        known = read_decisions(night.ledger_url, night.state, expected=expected)
        asked = read_asked(night.ledger_url, night.state, as_of=as_of, expected=expected)
    require_all_known(known, night.state, as_of)
    known = known if night.known_at is None else known.filter(pl.col("decided_at") <= night.known_at)
    decisions = in_force(known, as_of=as_of)
    frames = {DECISIONS: decisions, ASKED_CORRECTIONS: asked, KNOWN_DECISIONS: KNOWN_DECISIONS.conform(known)}
    yield from put_out(frames, night, as_of)


DECISION_ASSETS = [decided]
