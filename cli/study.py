"""The commands that study the register: `concord study effect`, `figures`.

0 done, 1 there is no such release or it can't be studied, 2 wrong usage.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, ReleaseOption, fail, settings_of
from cli.shown import JsonOption, draw, say, show
from cli.writing import naming, writing
from warehouse.disk import filling
from warehouse.home import Home

if TYPE_CHECKING:
    import polars as pl

    from reconciliation.register import Register
    from study.effect.report_sections import ReportSection
    from study.effect.study import Study
    from study.effect.study_data import StudyData
    from study.effect.study_settings import StudySettings

study_app = typer.Typer(no_args_is_help=True, help="What the register says about the world.")

TITLES = {
    "change_percent": "change, %",
    "low_percent": "95 % interval from",
    "high_percent": "to",
    "p_wilcoxon": "p (Wilcoxon)",
    "p_permutation": "p (permutation)",
    "rank_biserial": "rank-biserial r",
    "cohens_d": "Cohen's d",
    "harm_change_percent": "change in harm, %",
    "low": "95 % interval from",
    "high": "to",
}

P_VALUES, LEAST_P = ("p_wilcoxon", "p_permutation", "p"), 0.001


class DayZeroOption(StrEnum):
    """The days that day 0 can be."""

    START = "start"
    MADE = "made"


@study_app.command()
def effect(
    out: Annotated[Path, typer.Option(help="The folder to write to.", file_okay=False)] = Path("effect-study"),
    order_type: Annotated[str, typer.Option("--type", help="STRO, STPO, TERO or TEPO.")] = "STRO",
    window: Annotated[int, typer.Option(help="Months before and after day 0.")] = 24,
    day_zero: Annotated[
        DayZeroOption, typer.Option(help="Day 0: the day the order starts, or the day it was made.")
    ] = DayZeroOption.START,
    region: Annotated[str | None, typer.Option(help="Code of one region; defaults to all.")] = None,
    truth: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="The truth/ of a synthetic night, to compare with."),
    ] = None,
    release: ReleaseOption = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Compare arrests before and after orders: a page with charts, and each table as CSV and Parquet."""
    from reconciliation.register import Register
    from study.effect.harm import HarmIndex
    from study.effect.study_settings import StudySettings

    inputs = settings_of(home).study
    try:
        settings = StudySettings(
            order_type=order_type.upper(),
            window_months=window,
            day_zero="made_on" if day_zero is DayZeroOption.MADE else "start_on",
            region=region.upper() if region else None,
            covered_from=inputs.covered_from,
            covered_until=inputs.covered_until,
            harm=HarmIndex.read(inputs.harm_table) if inputs.harm_table else HarmIndex.shipped(),
        )
    except ValueError as error:
        fail(str(error), Exit.USAGE)
    with Register.open(home.resolve(), release) as register:
        _study_and_write(register, settings, out=out, truth=truth)


def _study_and_write(register: "Register", settings: "StudySettings", *, out: Path, truth: Path | None) -> None:
    from rich.console import Console

    from study.effect.report_sections import describe_study
    from study.effect.study import make_study
    from study.effect.study_data import data_of_register
    from study.effect.study_settings import StudyError
    from study.effect.summary import summarise_study

    with Console(stderr=True).status("reading the register") as status:
        try:
            data = data_of_register(register.table, sure=settings.sure)
            study = make_study(data, settings, as_of=register.release.as_of)
        except StudyError as error:
            fail(f"nothing was written: {error}", Exit.FAILED)
        sections = list(describe_study(study, data, step=status.update))
        status.update("what single sources would have shown")
        sections[2:2] = _compare_with_sources(register, study, data, truth=truth)
    summary = summarise_study(study)
    with naming(out), filling(out) as aside:
        _write(aside, study, summary, sections, register.release.release_id)
    _drop_left_over(out, {section.name for section in sections})

    def draw_summary() -> None:
        typer.echo("\n\n".join(summary))
        typer.echo(f"\nwrote {out / 'effect.html'} and {len(sections) + 1} tables as CSV and Parquet")

    tables = {section.name: section.table.to_dicts() for section in sections}
    draw({"summary": summary, "tables": tables, "folder": str(out)}, draw_summary)


def _compare_with_sources(
    register: "Register", study: "Study", data: "StudyData", *, truth: Path | None
) -> "list[ReportSection]":
    """The sections on single sources; none, and a word on it, where the night's tables are not kept any more."""
    from study.effect.by_source import REGISTER, data_of_sources
    from study.effect.report_sections import compare_with_sources
    from warehouse.store import TableStore

    state = Home(register.release.path.parent.parent)
    try:
        held = data_of_sources(TableStore(state.tables / str(register.release.as_of)))
    except FileNotFoundError:
        typer.echo(f"single sources are left out: the tables of {register.release.as_of} are not kept", err=True)
        return []
    found = compare_with_sources(
        study, {**held, REGISTER: data}, truth=truth, arrest_sources=register.table("arrest_sources")
    )
    return list(found)


def _write(out: Path, study: "Study", summary: list[str], sections: "list[ReportSection]", release_id: str) -> None:
    from cli.model_report import ReportPart, write_page

    shown = ["order_id", "order_type", "region_code", "day_zero", "from_day", "to_day", "has_windows", "reason"]
    tables = {section.name: section.table for section in sections} | {"orders": study.cohort.orders.select(shown)}
    for name, table in tables.items():
        table.write_csv(out / f"{name}.csv")
        table.write_parquet(out / f"{name}.parquet")
    parts = [
        ReportPart.of_table(section.title, section.caption, _titled(section.table), section.svg) for section in sections
    ]
    title = f"Arrests before and after {study.settings.order_type} orders: release {release_id}"
    (out / "effect.html").write_text(write_page(title, summary, parts), encoding="utf-8")


def _drop_left_over(out: Path, names: set[str]) -> None:
    """Remove the comparisons of an earlier study in the same folder that this one could not make."""
    for left_over in {"sources", "true_arrests", "true_arrests_off"} - names:
        for ending in ("csv", "parquet"):
            (out / f"{left_over}.{ending}").unlink(missing_ok=True)


def _titled(table: "pl.DataFrame") -> "pl.DataFrame":
    """A table in words that a reader knows; a p below a thousandth is no more exact than that."""
    import polars as pl

    odds = [name for name in table.columns if name in P_VALUES]
    worded = table.with_columns(
        *(
            pl.when(pl.col(name) < LEAST_P)
            .then(pl.lit(f"< {LEAST_P}"))
            .otherwise(pl.col(name).round(3).cast(pl.String))
            .alias(name)
            for name in odds
        ),
        *(pl.col(name).str.replace_all("_", " ") for name in table.columns if name == "category"),
    )
    return worded.rename({name: TITLES[name] for name in table.columns if name in TITLES})


@study_app.command()
def figures(
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="A CSV file to write; defaults to printing.")] = None,
    release: ReleaseOption = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Compare published figures with the register's, with the scope of each."""
    import polars as pl

    from reconciliation.register import Register
    from study.figures import COUNTED, compare_figures

    with Register.open(home.resolve(), release) as register:
        found = compare_figures(
            register.orders().collect(), in_force=lambda day: register.orders(in_force_on=day).collect()
        )
    if out:
        with writing(out) as written:
            found.write_csv(written)
        typer.echo(f"wrote {out}")
        return
    scopes = found["scope"].drop_nulls().unique(maintain_order=True).to_list()
    notes = {scope: f"[{number}]" for number, scope in enumerate(scopes, start=1)}
    noted = found.drop("source").with_columns(pl.col("scope").replace(notes))
    draw({"rows": found.to_dicts()}, lambda: show(noted, empty="no figures"))
    say("\n".join(f"{kind.replace('_', ' ')}: {meaning}" for kind, meaning in COUNTED.items()))
    say("interim too: with interim orders. Sources: --out FILE or --json. How to read it: docs/published-figures.md")
    say("\n".join(f"{note} {scope}" for scope, note in notes.items()))
