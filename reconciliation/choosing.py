"""How one value is chosen among those that several records state.

Belongs here: the rule of choosing, for any field of any kind of record. Does not: which sources are trusted for
which field, and how fields depend on each other (`reconciliation.golden`); how a choice is explained
(`reconciliation.provenance`).

A value that fails its check never wins over one that passes. Among those that pass: results that stand before amended
and withdrawn ones, and before copies of a value that the court has since amended, then the value that most sources
state (a source counts once, however many records it holds), then the one that the other fields of most sources imply
(of a name, the one whose rarest word more people bear), then the source most trusted for the field, then the record
last touched, then the smallest record id.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl
import polars.selectors as cs

from reconciliation.overrides import NO_OVERRIDES, STATED, Overrides
from reconciliation.provenance import explain_choice, mark_derived
from reconciliation.ranking import Field, rank_statements


@dataclass(frozen=True, eq=False)
class _Choices:
    """What was chosen.

    Attributes:
        records: as put in order by `_number`, with `golden_<field>` of every field.
        values: `group` and one column for each field, a row for each group.
        ranked: by field, from `rank_statements` without the merit; none of a choice that is not explained, since no
            other part of it is as large.
        winners: by field, from `take_winners`, overrides in their place.
        overrides: by the numbers of groups.
    """

    records: pl.DataFrame
    values: pl.DataFrame
    ranked: dict[str, pl.DataFrame]
    winners: dict[str, pl.DataFrame]
    overrides: Overrides


def choose_values(records: pl.DataFrame, fields: tuple[Field, ...], *, group: str) -> pl.DataFrame:
    """Choose a value of every field for every group.

    Args:
        records: `record_id`, `source`, `standing`, `recorded_on`, `holding` (the thing the record is kept for: a
            person may have records for several orders), the group column and what the fields need.
        fields: what is chosen, in this order: a check may use `golden_<field>` of a field before.
        group: the column whose records speak of one thing.

    Returns:
        The group column, sorted, and one column for each field, with the canonical form beside it where there is one.
    """
    choices = _choose(records, fields, group=group, is_explained=False)
    return _names(choices.records, group).join(choices.values, on="group", maintain_order="left").drop("group")


def choose_fields(
    records: pl.DataFrame,
    fields: tuple[Field, ...],
    *,
    group: str,
    complete: Callable[[pl.DataFrame, Overrides], pl.DataFrame] | None = None,
    given: tuple[str, ...] = (),
    overrides: Overrides = NO_OVERRIDES,
    borne: Mapping[str, pl.DataFrame] = MappingProxyType({}),
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Choose a value of every field for every group, and explain each choice.

    Args:
        records: as for `choose_values`.
        fields: as for `choose_values`.
        group: as for `choose_values`.
        complete: makes the values of a group fit each other; what it changes counts as worked out.
        given: columns of the records that are the same throughout a group; `complete` reads them beside the values.
        overrides: what is not chosen, by the names of groups; what is chosen later may lean on it.
        borne: for fields that are names, `word` and `bearers` of all people (`reconciliation.ranking.count_bearers`).

    Returns:
        The values, as `choose_values` returns them, with what is given, and the reasons (group column, `field`, `value`
        as text, `record_id` of the winner, `rule`, `agreeing`, `losing`).
    """
    choices = _choose(records, fields, group=group, given=given, overrides=overrides, borne=borne)
    completed = complete(choices.values, choices.overrides) if complete else choices.values
    final = completed.drop(cs.starts_with(STATED))
    names = _names(choices.records, group)
    reasons = [
        names.join(
            explain_choice(
                choices.ranked.pop(field.name),
                mark_derived(final, choices.winners.pop(field.name), field=field.name),
                record_ids=choices.records.get_column("record_id"),
            ),
            on="group",
        ).select(group, pl.lit(field.name).alias("field"), pl.exclude("group", group))
        for field in fields
    ]
    return names.join(final, on="group").drop("group").sort(group), pl.concat(reasons)


def _choose(
    records: pl.DataFrame,
    fields: tuple[Field, ...],
    *,
    group: str,
    given: tuple[str, ...] = (),
    overrides: Overrides = NO_OVERRIDES,
    borne: Mapping[str, pl.DataFrame] = MappingProxyType({}),
    is_explained: bool = True,
) -> _Choices:
    records = _number(records, fields, group, given)
    overrides = overrides.number(_names(records, group), group)
    values = records.select("group", *given).unique("group", keep="first", maintain_order=True)
    ranked, winners = {}, {}
    for field in fields:
        statements = rank_statements(records, field, borne=borne.get(field.name))
        stated = take_winners(statements, field)
        if is_explained:
            ranked[field.name] = statements.drop("merit")
        winners[field.name] = overrides.apply_to(stated, field.name)
        if field.name in overrides.fields:
            held = stated.select("group", pl.col("value").alias(f"{STATED}{field.name}"))
            values = values.join(held, on="group", how="left", maintain_order="left")
        columns = {field.name: "value"} | ({field.canonical: "canonical"} if field.canonical else {})
        value = winners[field.name].select("group", **{name: pl.col(column) for name, column in columns.items()})
        values = values.join(value, on="group", how="left", maintain_order="left")
        golden = values.get_column(field.name).gather(records.get_column("group"))
        records = records.with_columns(golden.alias(f"golden_{field.name}"))
    return _Choices(records, values, ranked, winners, overrides)


def take_winners(ranked: pl.DataFrame, field: Field) -> pl.DataFrame:
    """The best statement of each group: `group`, `value`, `canonical`, `record`, `forced`.

    Of several equally good the first is taken. Where the best fails a check that it must pass there is no value, and
    `forced` names the rule.
    """
    best = ranked.filter(pl.col("merit") == pl.col("merit").max().over("group"))
    fails = pl.lit(value=field.must_pass) & ~pl.col("passes")
    return best.filter(pl.col("group").ne_missing(pl.col("group").shift())).select(
        "group",
        *(pl.when(~fails).then(pl.col(name)).alias(name) for name in ("value", "canonical", "record")),
        pl.when(fails).then(pl.lit("none_valid")).alias("forced"),
    )


def _number(records: pl.DataFrame, fields: tuple[Field, ...], group: str, given: tuple[str, ...]) -> pl.DataFrame:
    """The records by group and record id, with what the fields need, and with whole numbers in place of the ids.

    Sorts and joins by text take far longer.
    """
    parts = (part for field in fields for part in (field.check, field.likely, *field.implied))
    read = [name for part in parts for name in part.meta.root_names()]
    stated = [name for field in fields for name in (field.name, field.canonical) if name]
    needed = {"record_id", group, "source", "standing", "recorded_on", "holding", *read, *stated, *given}
    numbers = [pl.col(name).rank("dense").cast(pl.UInt32) - 1 for name in (group, "holding")]
    return (
        records.select(name for name in records.columns if name in needed)
        .with_columns(numbers[0].alias("group"), numbers[1].alias("holding"))
        .sort("group", "record_id")
        .with_row_index("record")
    )


def _names(records: pl.DataFrame, group: str) -> pl.DataFrame:
    """The number and the name of every group."""
    return records.select("group", group).unique("group", keep="first", maintain_order=True)
