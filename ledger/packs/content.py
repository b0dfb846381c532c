"""What owners are asked to correct: the lines of all packs that can be made of a release.

Belongs here: which discrepancies are asked for, of whom, in which words. Does not: files (`ledger.packs.workbook`,
`ledger.packs.handing`), what became of what was asked (`ledger.packs.following`).

A line says no more about a person than finding and correcting the record needs: what the owner's own record holds, the
value asked for, and, where there is no record yet, who is meant. Of other owners it names the system, and the key of a
court result alone, since that is what a record is checked against.
"""

from dataclasses import dataclass

import polars as pl

from ledger.decisions.binding import closures
from ledger.decisions.decidable import Present
from ledger.decisions.kinds import DECISION_REASONS, LEFT_OPEN
from ledger.packs.columns import COLUMNS, condition_words, worded_values
from ledger.packs.evidence_column import NAME_FIELDS, find_evidence
from ledger.packs.policy import SendingPolicy
from ledger.packs.routing import SENT, route_lines
from ledger.packs.waiting import unobeyed
from warehouse.codes import SEVERITIES
from warehouse.home import Home
from warehouse.sources import SOURCE_TITLES
from warehouse.tables.core import RECORD_ID
from warehouse.tables.titles import FIELD_TITLES

PERSON = ("surname", "forenames", "date_of_birth", "pnc_id")
ROUTED = ("route", "held_because", "policy_id", "confidence")
THE_ORDER = "the order itself"


SETTLED_BY = {
    reason.code: f"We cannot decide which is right: {reason.title}" for reason in DECISION_REASONS if reason.kinds
}
"""What an owner is asked for where what is known is not enough, by the reason that the steward gave."""


@dataclass(frozen=True, eq=False)
class Material:
    """What packs are made of.

    Attributes:
        present: the night behind the release.
        provenance: `FIELD_PROVENANCE` of the release.
        decisions: `DECISIONS` in force.
        asked: `ASKED_CORRECTIONS`: what was handed out before.
        catalogue: `rule_code`, `title`, `note` of every rule.
        policy: what may go without a steward; None: nothing.
        checks: `SAMPLE_CHECKS`, the last one of each line.
        answers: `PACK_ANSWERS`, the last one to each line.
        home: whose key draws the sample.
    """

    present: Present
    provenance: pl.DataFrame
    decisions: pl.DataFrame
    asked: pl.DataFrame
    catalogue: pl.DataFrame
    policy: SendingPolicy | None
    checks: pl.DataFrame
    answers: pl.DataFrame
    home: Home


@dataclass(frozen=True, eq=False)
class AskableLines:
    """What can be asked.

    Attributes:
        every: one row for each line: `owner`, `handle`, `route`, `held_because` and `policy_id`
            (`ledger.packs.routing`), `confidence`, the columns of `DISCREPANCIES` that a pack's log keeps, and the
            columns of a pack (`COLUMNS`) except the answers; weightiest first.
        waiting: `owner`, `order_id`, `reference` of lines that wait for the next night: since the release decisions
            were taken that it does not obey yet.
    """

    every: pl.DataFrame
    waiting: pl.DataFrame

    @property
    def ready(self) -> pl.DataFrame:
        """The lines that may be handed out now."""
        return self.every.filter(pl.col("route").is_in(SENT))

    def only(self, chosen: pl.Expr) -> "AskableLines":
        """The lines for which something holds of `owner`, `order_id` or `reference`."""
        return AskableLines(self.every.filter(chosen), self.waiting.filter(chosen))


def find_lines(material: Material) -> AskableLines:
    """The lines of all packs that can be made of a release now.

    What stewards refer goes to the owner they name; where what is known is not enough, the line says what would
    settle it. Other open discrepancies are asked for as the sending policy lets them go. What stewards have closed
    since the release is not asked for.
    """
    found = _open_discrepancies(material)
    waits = unobeyed(material.decisions, material.present, material.provenance)
    of_orders = found.join(waits.filter(pl.col("field").is_null()), on="order_id", how="semi")
    of_fields = found.join(waits, on=["order_id", "field"], how="semi")
    waiting = pl.concat([of_orders, of_fields]).unique("discrepancy_id").sort("reference")
    ready = found.join(waiting, on="discrepancy_id", how="anti")
    routed = route_lines(ready, material.policy, checks=material.checks, answers=material.answers, home=material.home)
    return AskableLines(_worded(routed, material), waiting.select("owner", "order_id", "reference"))


def _open_discrepancies(material: Material) -> pl.DataFrame:
    """The discrepancies to be asked for, with whom to ask, the reference, the record and the decision that refers."""
    present = material.present
    closed = closures(
        material.decisions,
        present.discrepancies,
        present.records,
        present.orders.get_column("order_id"),
        present.redirects,
    ).closed
    left_open = closed.filter(pl.col("kind").is_in(LEFT_OPEN))
    reasons = material.decisions.select(
        "decision_id",
        "decided_at",
        settled_by=pl.col("reason_code").replace_strict(SETTLED_BY, default=None, return_dtype=pl.String),
    )
    decided = material.provenance.join(reasons, on="decision_id").select("order_id", "field", value_at="decided_at")
    by_steward = left_open.join(reasons, on="decision_id", how="left").select(
        "discrepancy_id",
        "referred_to",
        "settled_by",
        "decided_at",
        referred_by=pl.when(pl.col("kind") == "refer").then("decision_id"),
    )
    handles = present.records.select("record_id", "handle")
    return (
        present.discrepancies.filter(pl.col("state") != "resolved")
        .join(closed.join(left_open, on="discrepancy_id", how="anti"), on="discrepancy_id", how="anti")
        .join(by_steward, on="discrepancy_id", how="left")
        .join(decided, on=["order_id", "field"], how="left")
        .with_columns(
            decided_at=pl.max_horizontal("decided_at", "value_at"),
            owner=pl.coalesce("referred_to", "owner"),
            reference=pl.concat_str("order_id", "discrepancy_id", separator="/"),
            record_id=RECORD_ID,
        )
        .join(handles, on="record_id", how="left")
    )


def _worded(found: pl.DataFrame, material: Material) -> pl.DataFrame:
    """Lines in the words of a pack."""
    lines = _with_values(_with_details(found, material.present))
    asked = material.asked.select("reference", "handed_out_on")
    severity = pl.col("severity").replace_strict({name: rank for rank, name in enumerate(SEVERITIES)})
    return (
        lines.join(find_evidence(found, material.present.orders, material.provenance), on="discrepancy_id", how="left")
        .join(material.catalogue, on="rule_code", how="left")
        .join(asked, on="reference", how="left")
        .sort(severity, "source", "source_key", "reference", nulls_last=True)
        .select(
            "owner",
            "handle",
            *ROUTED,
            *(name for name in ("order_id", "discrepancy_id", "rule_code", "source", "observed", "expected")),
            asked_field="field",
            **{column.name: words for column in COLUMNS if (words := _words(column.name)) is not None},
        )
    )


def _words(name: str) -> pl.Expr | None:
    """What is in a column, as text; None for an answer."""
    made = {
        "system": pl.col("source").replace_strict(SOURCE_TITLES, default=THE_ORDER, return_dtype=pl.String),
        "field": pl.col("field").replace_strict(FIELD_TITLES, default=pl.col("field"), return_dtype=pl.String),
        "why": pl.concat_str(pl.format("{}. {}", "title", "message"), "settled_by", separator=" ", ignore_nulls=True),
        "basis": pl.col("note"),
    }
    is_answer = any(column.is_answer for column in COLUMNS if column.name == name)
    return None if is_answer else made.get(name, pl.col(name)).cast(pl.String)


def _with_details(found: pl.DataFrame, present: Present) -> pl.DataFrame:
    """Lines with the record's place, the person as the record has them, and the order as the register has it."""
    held = present.records.select(
        "record_id", "file_name", "row_number", *(pl.col(name).alias(f"own_{name}") for name in PERSON)
    )
    golden = present.orders.select(
        "order_id",
        *(pl.col(name).alias(f"golden_{name}") for name in PERSON),
        *(pl.col(f"{name}_folded").alias(f"golden_{name}_folded") for name in NAME_FIELDS),
        "sources",
        order=_order_in_words(),
    )
    is_held = pl.col("file_name").is_not_null()
    details = {
        name: pl.when(is_held).then(pl.col(f"own_{name}")).otherwise(pl.col(f"golden_{name}")) for name in PERSON
    }
    whose = pl.when(is_held).then(pl.lit("your record")).otherwise(pl.lit("the register"))
    joined = found.join(held, on="record_id", how="left").join(golden, on="order_id", how="left")
    return joined.with_columns(**details, details_from=whose)


def _order_in_words() -> pl.Expr:
    kind = pl.when(pl.col("is_interim").fill_null(value=False)).then(pl.format("interim {}", "order_type"))
    parts = (
        kind.otherwise("order_type"),
        pl.format("made {}", pl.col("made_on").cast(pl.String)),
        pl.col("court_name"),
    )
    return pl.concat_str(*parts, separator=", ", ignore_nulls=True)


def _with_values(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with `held` and `asked`: the values in conflict as a person reads them."""
    sides = {"held": "observed", "asked": "expected"}
    lines = lines.join(_conditions_in_words(lines), on="discrepancy_id", how="left")
    for shown, side in sides.items():
        words = worded_values().rename({"value": side, "words": shown})
        lines = lines.join(words, on=["field", side], how="left").with_columns(
            pl.coalesce(shown, f"{shown}_conditions", side).alias(shown)
        )
    # Names are compared in capitals without accents; people read them as they are written.
    for name in NAME_FIELDS:
        is_name = pl.col("field") == name
        is_golden = is_name & (pl.col("expected") == pl.col(f"golden_{name}_folded"))
        lines = lines.with_columns(
            held=pl.when(is_name).then(pl.coalesce(f"own_{name}", "held")).otherwise("held"),
            asked=pl.when(is_golden).then(pl.coalesce(f"golden_{name}", "asked")).otherwise("asked"),
        )
    return lines


def _conditions_in_words(lines: pl.DataFrame) -> pl.DataFrame:
    """`discrepancy_id`, `held_conditions`, `asked_conditions`: what is held, and what to add and to remove."""
    codes = lines.filter(pl.col("field") == "conditions").select(
        "discrepancy_id",
        held=pl.col("observed").fill_null("").str.split(" "),
        wanted=pl.col("expected").fill_null("").str.split(" "),
    )
    held, wanted = pl.col("held"), pl.col("wanted")
    sets = codes.with_columns(missing=wanted.list.set_difference(held), extra=held.list.set_difference(wanted))
    named = sets.select("discrepancy_id")
    for part in ("held", "wanted", "missing", "extra"):
        named = named.join(_named_conditions(sets, part), on="discrepancy_id", how="left")
    steps = (pl.format("add {}", "missing"), pl.format("remove {}", "extra"))
    asked = pl.concat_str(*steps, separator="; ", ignore_nulls=True)
    return named.select(
        "discrepancy_id",
        held_conditions="held",
        asked_conditions=pl.when(asked != "").then(asked).otherwise("wanted"),
    )


def _named_conditions(sets: pl.DataFrame, part: str) -> pl.DataFrame:
    codes = sets.select("discrepancy_id", code=part).explode("code", empty_as_null=False)
    named = codes.join(condition_words(codes.get_column("code")), on="code").sort("discrepancy_id", "code")
    return named.group_by("discrepancy_id", maintain_order=True).agg(pl.col("words").str.join(", ").alias(part))
