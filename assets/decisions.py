"""What stewards have decided, as it stands tonight: read from the ledger once, so that all steps obey the same."""

import dagster as dg
import polars as pl

from assets.former import Former
from assets.frame import AssetEvents, Night, as_of_date, check_specs, put_out, specs
from matching.orders import Decisions
from matching.standardise import fold
from warehouse.ledger.binding import constraints, overrides
from warehouse.ledger.errors import LedgerError, LedgerMissingError
from warehouse.ledger.folding import in_force
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.values import typed_values
from warehouse.tables.ledger import DECISIONS


def read_decisions(url: str, *, expected: bool) -> pl.DataFrame:
    """All decisions of the ledger; none where there is no ledger yet.

    Args:
        url: where the ledger lies.
        expected: whether the release before rests on decisions, so that there must be a ledger.

    Raises:
        Failure: the ledger can't be read, or is gone: a night without it would undo what stewards have done.
    """
    try:
        with Ledger.open(url) as ledger:
            return ledger.read()
    except LedgerMissingError as error:
        if expected:
            raise dg.Failure(f"the ledger of decisions, on which the release before rests, is gone: {error}") from error
        return DECISIONS.empty()
    except LedgerError as error:
        raise dg.Failure(
            f"the ledger of decisions can't be read, and a night must not go without it: {error}"
        ) from error


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
    settled = overrides(decisions, records, owners, redirects.filter(pl.col("kind") == "order"))
    lapsed = pl.concat([frame.get_column("decision_id") for frame in (settled.stale, settled.contradictions)])
    if lapsed.len():
        dg.get_dagster_logger().warning(
            "decided values left to the rules, since their evidence has changed or others contradict them: %s; "
            "see `concord decisions check`",
            ", ".join(lapsed.unique().sort()),
        )
    return typed_values(settled.values, fold)


@dg.multi_asset(name="decisions", specs=specs((DECISIONS,), group="ledger"), check_specs=check_specs((DECISIONS,)))
def decided(context: dg.AssetExecutionContext, night: Night) -> AssetEvents:
    """The decisions that are in force on the night."""
    as_of = as_of_date(context)
    former = Former.of(night.state, as_of).release
    expected = former is not None and DECISIONS.name in former.manifest["inputs"]
    decisions = in_force(read_decisions(night.ledger_url, expected=expected), as_of=as_of)
    yield from put_out({DECISIONS: decisions}, night.store(as_of))


DECISION_ASSETS = [decided]
