"""Changes to core tables that the generator of samples does not make: other forces, other habits.

Belongs here: whole-table changes of a source's habits, all deterministic. Does not: errors of single records
(`samples.planted_errors`).
"""

from collections.abc import Callable, Mapping

import polars as pl

Core = dict[str, pl.DataFrame]

# Letters as a clerk hears them, where the generator knows only listed names.
HEARD = {"PH": "F", "CK": "K", "W": "V", "Y": "I", "CZ": "CH", "SZ": "SH", "OU": "U", "TH": "T", "EE": "I"}
SHARE_OF_KEYS = 2**64


def no_births(core: Core) -> Core:
    """PND returns no date of birth at all."""
    gone = dict.fromkeys(("date_of_birth", "birth_year", "birth_month")) | {"is_birth_placeholder": False}
    return _changed(core, pl.col("source") == "pnd", gone)


def initials(core: Core) -> Core:
    """Regions write initials for given names."""
    return _changed(core, pl.col("source") == "rocu", {"forenames_folded": pl.col("forenames_folded").str.head(1)})


def few_pnc_ids(core: Core) -> Core:
    """Half of the PNC ids of courts and regions are missing."""
    half = pl.col("record_id").hash(7) < SHARE_OF_KEYS // 2
    return _changed(core, pl.col("source").is_in(["court", "rocu"]) & half, {"pnc_id": None, "is_pnc_id_valid": None})


def day_late(core: Core) -> Core:
    """PND holds the day after the hearing as the day made, and the day after the arrest."""
    dates = ("made_on", "arrested_on")
    return _changed(core, pl.col("source") == "pnd", {name: pl.col(name).dt.offset_by("1d") for name in dates})


def heard(core: Core) -> Core:
    """Courts write names as they hear them."""
    names = ("forenames_folded", "surname_folded")
    return _changed(core, pl.col("source") == "court", {name: pl.col(name).str.replace_many(HEARD) for name in names})


def surnames_alone(core: Core) -> Core:
    """Regions hold no given name for one nominal in five."""
    fifth = pl.col("record_id").hash(11) < SHARE_OF_KEYS // 5
    return _changed(core, (pl.col("source") == "rocu") & fifth, {"forenames_folded": None})


def names_exchanged(core: Core) -> Core:
    """PND holds surnames in the place of forenames."""
    exchanged = {"forenames_folded": pl.col("surname_folded"), "surname_folded": pl.col("forenames_folded")}
    return _changed(core, pl.col("source") == "pnd", exchanged)


def months_first(core: Core) -> Core:
    """Regions write the month of birth before the day, wherever that makes a date."""
    birth = pl.col("date_of_birth").dt
    turned = pl.when(birth.day() <= 12).then(pl.date(birth.year(), birth.day(), birth.month()))
    whole = {"date_of_birth": turned.otherwise(pl.col("date_of_birth")), "birth_month": turned.dt.month()}
    kept = whole | {"birth_month": whole["birth_month"].fill_null(pl.col("birth_month"))}
    return _changed(core, pl.col("source") == "rocu", kept)


def ends_of_courts_alone(core: Core) -> Core:
    """Only courts hold terms and ends."""
    return _changed(core, pl.col("source") != "court", {"term_months": None, "end_on": None})


TWISTS: dict[str, Callable[[Core], Core]] = {
    "no-births": no_births,
    "initials": initials,
    "few-pnc-ids": few_pnc_ids,
    "day-late": day_late,
    "heard": heard,
    "surnames-alone": surnames_alone,
    "names-exchanged": names_exchanged,
    "months-first": months_first,
    "ends-of-courts-alone": ends_of_courts_alone,
}


def _changed(core: Core, where: pl.Expr, values: Mapping[str, pl.Expr | bool | None]) -> Core:
    """Orders and arrests with new values in the records chosen; columns that a table lacks are passed over."""
    return core | {
        name: core[name].with_columns(
            pl.when(where)
            .then(pl.lit(value) if not isinstance(value, pl.Expr) else value)
            .otherwise(column)
            .alias(column)
            for column, value in values.items()
            if column in core[name].columns
        )
        for name in ("orders", "arrests")
    }
