"""What words say became of an order: that it was made, that it was not, or that they are about something else.

Courts and officers write refusals, adjournments, applications, notices and breaches where orders stand. A text is read
clause by clause: `Application for STPO refused; STRO made for 2 years` makes an STRO. Words that leave it open keep the
order, for one set aside by mistake leaves a victim unprotected.

Belongs here: what the clauses come to. Does not: the words of making, refusing and applying (`outcome_words`), what
they say of an order made before (`outcome_events`), which order is meant (`orders`), its status (`statuses`), the rows
that are about no order (`unmade_rows`).
"""

from collections.abc import Mapping

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from assets.parsing import outcome_words as patterns
from assets.parsing.distinct import read_distinct, remembered
from assets.parsing.outcome_events import days_of_event, event_of_clauses, without_day_of_order
from assets.parsing.plain_discharges import is_plain
from warehouse.standardise import fold
from warehouse.tables.core import EVENT_REFUSED
from warehouse.tables.raw import NOT_MADE, NOT_THE_MAKING

NO_ORDER = {
    NOT_MADE: "The words say that no order was made: refused, dismissed, declined, withdrawn, struck out, adjourned or "
    "not made. Nothing is to be done, unless the words are wrong: then ask the sender to correct the record.",
    NOT_THE_MAKING: "The words are of an application, a notice, a breach or a variation, not of the making of an order."
    " Check that the order that they are about, if there is one, is held; else ask the sender for it.",
}

OUTCOME_FIELDS = {
    "outcome": pl.String,
    "is_in_doubt": pl.Boolean,
    "is_discharge": pl.Boolean,
    "order_words": pl.String,
    "is_other_matter": pl.Boolean,
    "ends_another": pl.Boolean,
    "event": pl.String,
    "order_day": pl.Date,
    "effect_day": pl.Date,
}


def read_outcome(text: pl.Expr) -> pl.Expr:
    """What the words of a result, or of a kind of order, say became of it.

    Returns:
        A struct of `outcome` (null for an order, else a code of `NO_ORDER`), `is_in_doubt` (an order though some
        words speak against it), `is_discharge` (the words are of the end of an order that a court discharged),
        `order_words` (the clauses that say which order was made), `is_other_matter` (bail, costs or another kind of
        order is all that the words speak of), `ends_another` (beside the order made they name one discharged, or they
        refuse the application for a full order for good) and, of a court's result, `event`: what it says became of an
        order made before (`discharged`, `changed`, `kept`, `doubted`), or that an application was `refused`; null for
        the making of an order. `order_day` is the day by which it names that order, `effect_day` the day from which a
        discharge has effect.
    """
    return read_distinct(text, _read_outcomes, OUTCOME_FIELDS)


@remembered
def _read_outcomes(texts: pl.DataFrame) -> pl.DataFrame:
    clauses = (
        texts.with_row_index("place")
        .with_columns(clause=without_day_of_order().str.replace(patterns.SHORT_ANSWER, "$1 not made"))
        .with_columns(pl.col("clause").str.replace_all(patterns.CLAUSE_ENDS, "\x1e$0").str.split("\x1e"))
        .explode("clause")
        .with_columns(words=fold(pl.col("clause").fill_null("")).fill_null(""))
        .filter(pl.col("words") != "")
    )
    judged = _judge_clauses(without_slips(clauses))
    flags = (
        "is_made", "is_refused", "is_about", "is_unclear", "is_doubted", "is_plain_order", "is_discharged",
        "is_interim_waiting", "is_new", "is_changed", "goes_on", "is_called_in_doubt",
        "is_confirmed", "is_won",
    )  # fmt: skip
    by_text = judged.group_by("place", maintain_order=True).agg(
        *(pl.col(name).any() for name in flags),
        is_end_known=_is_end_known(),
        is_own_discharged=(pl.col("is_discharged") & ~pl.col("is_of_interim")).any(),
        is_made_named=(pl.col("is_made") & (pl.col("names_order") | pl.col("is_of_interim"))).any(),
        is_other_ended=((pl.col("is_discharged") | ~_is_last_order()) & pl.col("names_order")).any(),
        is_of_two=_are_of_two(patterns.OF_RISK, patterns.OF_PREVENTION)
        | _are_of_two(patterns.OF_PREVENTION, patterns.OF_RISK),
        is_other_matter=pl.col("is_of_other").all(),
        is_determined=(pl.col("is_plain") & pl.col("names_order")).any()
        & (pl.col("is_plain") & pl.col("is_refused")).any()
        & (pl.col("is_plain") | pl.col("is_interim_over")).all(),
        is_only_adjourned=(~pl.col("is_refused") | pl.col("is_adjourned")).all(),
        order_words=pl.col("clause").filter(pl.col("is_of_order") & _is_last_order()).str.join(" "),
    )
    read = texts.with_row_index("place").join(by_text, on="place", how="left").with_columns(**_verdict())
    is_asked = pl.col("text").str.contains("?", literal=True)
    is_determined = (pl.col("event") == EVENT_REFUSED) & pl.col("is_determined") & ~is_asked
    return (
        read.with_columns(event=event_of_clauses())
        .with_columns(*days_of_event(), ends_another=pl.col("ends_another") | is_determined.fill_null(value=False))
        .select("text", *OUTCOME_FIELDS)
    )


def _is_end_known() -> pl.Expr:
    """Whether all clauses are understood beside a discharge: else it may be of something else, or not be one."""
    is_beside = pl.col("is_known_beside") | pl.col("is_made") | (pl.col("is_of_other") & ~_says(r"\bAPPEAL"))
    is_asked = pl.col("text").str.contains("?", literal=True)
    return (pl.when("is_discharged").then("is_known").otherwise(is_beside) & ~is_asked).all()


def _is_last_order() -> pl.Expr:
    """Whether a clause is not of the order that another clause says was replaced: `STRO replaced by STPO`."""
    return _says(patterns.REPLACING) | ~_says(patterns.REPLACING).any()


def _are_of_two(ended: str, named: str) -> pl.Expr:
    """Whether an order of one kind is discharged and one of the other kind is named, which may have replaced it."""
    is_ended = _says(ended) & pl.col("is_discharged") & ~pl.col("is_of_interim")
    is_named = _says(named) & ~_says(ended)
    return (is_ended & _says(named)).any() | (is_ended.any() & (is_named & pl.col("is_plain_order")).any())


def without_slips(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose `words` have the words of `TURNS` spelt right: `DISSMISSED` is one slip away, and ends as it does."""
    words = rows.get_column("words").str.split(" ").explode().unique().drop_nulls()
    seen = words.filter(words.str.contains(r"^[A-Z]{6,}[DN]$")).sort().to_list()
    slips = process.cdist(seen, patterns.TURNS, scorer=OSA.distance, score_cutoff=1) == 1
    meant = {seen[slip]: patterns.TURNS[turn] for slip, turn in zip(*slips.nonzero(), strict=True)}
    spelt = pl.col("words").str.split(" ").list.eval(pl.element().replace(meant)).list.join(" ")
    return rows.with_columns(words=spelt) if meant else rows


def _find_words(clauses: pl.DataFrame) -> pl.DataFrame:
    """The clauses with `said` (the words that count) and which kinds of words are in each."""
    said = pl.col("words")
    for words, put in patterns.IN_PLACE:
        said = said.str.replace_all(words, put)
    said = said.str.replace(patterns.INTERIM_WAITS, "$1").str.strip_chars()
    is_refused, is_of_refusal = _says(patterns.REFUSALS), _says(patterns.AGAINST_REFUSAL)
    is_appealed = _says(r"\bAPPEAL")
    is_won = _says(patterns.APPEAL_WON) & ~_says(r"\bON APPEAL\b")
    is_appeal = _says(rf"\bAPPEAL|\bCONSENT TO\b|{patterns.PLAINLY_MADE}") & ~is_of_refusal
    not_ended = rf"{patterns.ENDED_LATER}|\bTO SET ASIDE\b"
    is_discharged = pl.col("said").str.replace_all(not_ended, "").str.contains(patterns.DISCHARGES)
    return (
        clauses.with_columns(said=said)
        .with_columns(
            is_refused=is_refused & ~_says(r"\bBREACH") & ~is_appeal & ~(is_won & is_of_refusal),
            is_unclear=is_refused & is_appeal,
            is_won=is_won & ~is_of_refusal,
        )
        .with_columns(said=pl.col("said").str.replace_all(patterns.MADE_LATER, "PROPOSED"))
        .with_columns(
            names_order=_says(patterns.OUR_ORDER),
            is_about=_says(patterns.APPLICATIONS) | _says(patterns.OTHER_PAPERS),
            is_granted=_says(patterns.GRANTS),
            is_made=_says(patterns.MAKINGS),
            is_discharged=is_discharged | _says(patterns.DISCHARGE_GRANTED),
            is_known=is_plain(pl.col("said")),
            is_known_beside=is_plain(pl.col("said"), beside=(patterns.REFUSALS,)),
            is_of_interim=_says(patterns.OF_INTERIM),
            is_adjourned=_says(patterns.ADJOURNED),
            is_plain=pl.col("words").str.contains(patterns.PLAINLY_REFUSED),
            is_interim_over=pl.col("words").str.contains(patterns.INTERIM_OVER),
            has_failed=is_refused & _says(patterns.OTHER_REFUSED) & ~is_discharged,
            is_against_order=is_refused & is_appealed & ~is_of_refusal,
            is_appeal_lost=is_refused & is_appealed & ~is_of_refusal & _says(patterns.OUR_ORDER).any().over("place"),
            is_put_off=_says(patterns.ENDED_LATER),
            is_confirmed=_says(patterns.CONFIRMED) & is_appealed.any().over("place"),
            is_called_in_doubt=_says(patterns.CALLED_IN_DOUBT) & ~_says(r"\bHEARING\b"),
        )
    )


def _judge_clauses(clauses: pl.DataFrame) -> pl.DataFrame:
    """The clauses with what each says: made, refused, about a paper, discharged, or an order plainly named."""
    names = ("names_order", "is_refused", "is_about", "is_granted", "is_discharged", "is_won", "has_failed")
    names_order, is_refused, is_about, is_granted, is_discharged, is_won, has_failed = map(pl.col, names)
    is_matter = pl.col("said").str.replace_all(r"\b(?:ON|COURT OF) APPEAL\b", "").str.contains(patterns.OTHER_MATTERS)
    is_of_part = ~pl.col("said").str.replace_all(patterns.OF_CONDITIONS, "").str.contains(patterns.OTHER_MATTERS)
    is_other = (is_matter | (is_refused & _says(patterns.OTHER_REFUSED))) & ~names_order
    says_made = (is_granted | pl.col("is_made")) & ~is_refused & ~is_won
    is_interim = _says(r"\bINT(?:ERIM)?\b")
    is_step = _says(patterns.STEPS_BEFORE) & names_order & ~is_interim
    # `Application to vary the order made in 2021`: the words of making are those of the older order.
    is_paper = _says(patterns.OTHER_PAPERS) & ~is_granted
    is_changed = _says(patterns.ANY_CHANGE) & ~_says(patterns.NOT_CHANGED) & ~is_discharged
    may_go_on = pl.col("words").str.contains(rf"{patterns.NOT_ENDED}|{patterns.MAY_BE_ASKED}")
    goes_on = _says(patterns.GOES_ON) | may_go_on | pl.col("is_put_off")
    is_made = says_made & ~is_paper & ~is_discharged
    is_about_another = (is_about & ~(says_made & ~is_paper)) | (is_step & ~says_made)
    is_unanswered = says_made & is_about & ~is_granted & ~is_paper
    flags = {
        "is_made": is_made,
        "is_refused": is_refused & ~has_failed,
        "is_new": is_made & ~is_changed & ~goes_on & ~pl.col("is_confirmed"),
        "is_changed": is_changed & ~is_refused,
        "goes_on": goes_on | pl.col("is_against_order"),
        "is_about": is_about_another & ~(has_failed | pl.col("is_called_in_doubt")),
        "is_unclear": pl.col("is_unclear") | (_says(patterns.OPEN_WORDS) & names_order) | is_unanswered,
        "is_discharged": is_discharged & ~is_refused,
        "is_plain_order": names_order & ~is_refused & ~is_about & ~is_step & ~is_discharged,
    }
    judged = _find_words(clauses).with_columns(**{name: flag & ~is_other for name, flag in flags.items()})
    speaks_against = pl.any_horizontal("is_refused", "is_about", "is_discharged")
    return judged.with_columns(
        # `Appeal against conviction allowed` names no order, and may end the one that another clause names.
        # An application to discharge or to vary that failed leaves the order as it is.
        goes_on=pl.col("goes_on") | (has_failed & (~is_matter | names_order | is_of_part)) | pl.col("is_appeal_lost"),
        is_changed=pl.col("is_changed") | (is_changed & _says(patterns.OF_CONDITIONS)),
        is_called_in_doubt=is_won | _is_order_in_doubt(),
        is_doubted=is_won | _doubts(),
        is_interim_waiting=pl.col("is_plain_order") & is_interim,
        is_of_other=is_matter & ~names_order & ~_says(patterns.OF_CONDITIONS),
        is_of_order=~is_other & (pl.col("is_made") | ~speaks_against),
    )


def _is_order_in_doubt() -> pl.Expr:
    return (pl.col("is_called_in_doubt") & _says(patterns.ANY_ORDER)) | _says(patterns.WITHOUT_CONVICTION)


def _doubts() -> pl.Expr:
    is_step = _says(patterns.STEPS_OR_BREACH) & ~pl.col("is_made").any().over("place")
    return _says(patterns.DOUBTING_WORDS) | _says(patterns.WITHOUT_CONVICTION) | is_step


def _says(pattern: str) -> pl.Expr:
    return pl.col("said").str.contains(pattern)


def _verdict() -> Mapping[str, pl.Expr]:
    made, refused, about = (pl.col(name).fill_null(value=False) for name in ("is_made", "is_refused", "is_about"))
    # `Interim order, application adjourned`, `Interim order, full order listed`: the interim order binds meanwhile, if
    # that is what the words mean.
    is_open = (refused & pl.col("is_only_adjourned")) | (about & ~refused)
    waits = pl.col("is_interim_waiting") & is_open & ~made
    # `STRO revoked. STPO 5 years.`: the words name one order that ended, and one that may bind.
    is_of_two = pl.col("is_of_two").fill_null(value=False) & ~made
    is_ended = pl.col("is_own_discharged") | (pl.col("is_discharged") & ~pl.col("is_plain_order"))
    is_discharge = is_ended & pl.col("is_end_known")
    is_end_unclear = is_ended & ~pl.col("is_end_known") & ~made & ~is_of_two
    is_doubted = pl.col("is_doubted") & ~is_discharge
    outcome = (
        pl.when(made | waits | is_ended | is_of_two)
        .then(pl.lit(None, pl.String))
        # An appeal that was allowed: there was an order.
        .when(refused & ~pl.col("is_won").fill_null(value=False))
        .then(pl.lit(NOT_MADE))
        .when(about)
        .then(pl.lit(NOT_THE_MAKING))
    )
    return {
        "outcome": outcome,
        "is_in_doubt": outcome.is_null()
        & (
            pl.col("is_unclear")
            | waits
            | is_of_two
            | is_end_unclear
            | (((made & refused) | is_doubted) & ~pl.col("is_made_named"))
        ),
        "is_discharge": is_discharge & ~made & ~is_of_two,
        "is_called_in_doubt": pl.col("is_called_in_doubt") | is_end_unclear,
        "ends_another": made & pl.col("is_other_ended").fill_null(value=False),
        "order_words": pl.when(made | pl.col("is_plain_order")).then("order_words"),
    }
