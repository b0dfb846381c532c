"""The commands about quality: `concord quality show`, `trend`, `export`.

0 done, 1 there is no such release or it can't be used, 2 wrong usage.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, ReleaseOption, fail, settings_of
from cli.shown import JsonOption, say
from cli.shown import show as show_rows
from cli.writing import naming
from warehouse.disk import filling
from warehouse.home import Home

if TYPE_CHECKING:
    import polars as pl

quality_app = typer.Typer(no_args_is_help=True, help="How good the data are, by the six dimensions.")

# The scope of single orders, which have parts but no trend.
ORDERS_SCOPE = "record"
# A month of nights.
SERIES_LENGTH = 30


ScopeOption = Annotated[str, typer.Option(help="What is scored together: all, source, area, region, force, record.")]
KeyOption = Annotated[
    str | None, typer.Option(help="One of them: a force or region code, a source; for `record` an order id.")
]
DimensionOption = Annotated[str | None, typer.Option(help="One dimension; defaults to all six.")]


@quality_app.command()
def show(
    *,
    scope: ScopeOption = "source",
    key: KeyOption = None,
    dimension: DimensionOption = None,
    release: ReleaseOption = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show scores with their intervals and parts."""
    from cli.quality_tables import explain_score, parts_of
    from reconciliation.register import Register
    from warehouse.tables.register import QUALITY_SCORES

    if scope == ORDERS_SCOPE and key is None:
        fail("name the order with --key", Exit.USAGE)
    with Register.open(home.resolve(), release) as register:
        chosen = choose(register.completed(QUALITY_SCORES), scope, key=key, dimension=dimension)
    show_rows(parts_of(chosen), empty="no scores")
    if scope == ORDERS_SCOPE and dimension is None:
        say(explain_score(chosen))


@quality_app.command()
def trend(
    *,
    scope: ScopeOption = "source",
    key: KeyOption = None,
    dimension: DimensionOption = None,
    last: Annotated[int, typer.Option(min=1, help="How many nights at most.")] = SERIES_LENGTH,
    release: Annotated[str | None, typer.Option(help="The release that ends the series.")] = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show how scores moved, and which changes are more than chance.

    Without --key, the last night of each; with it, every night.
    """
    import polars as pl

    from cli.quality_tables import LEGEND, moves_of
    from expectations.trend import describe_trend
    from warehouse.releases.quality_history import read_quality_history

    if scope == ORDERS_SCOPE:
        fail("single orders have no trend: ask `concord explain`", Exit.USAGE)
    history = read_quality_history(Home(home.resolve()), last=last, until=release)
    for release_id in history.left_out:
        typer.echo(f"left out: {release_id} can't be read", err=True)
    if history.scores.is_empty():
        fail("none of the releases asked for can be read", Exit.FAILED)
    trend = describe_trend(choose(history.scores, scope, key=key, dimension=dimension))
    newest = trend if key else trend.filter(pl.col("as_of") == pl.col("as_of").max())
    show_rows(moves_of(newest), empty="no scores")
    say(LEGEND)


@quality_app.command()
def export(
    out: Annotated[Path, typer.Option(help="The folder to write to.", file_okay=False)],
    release: ReleaseOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write what may be published, small numbers hidden: CSV, XLSX, a page, a league chart for each dimension."""
    from cli.quality_pages import publish_scores, write_publication
    from reconciliation.register import Register
    from warehouse.tables.register import QUALITY_SCORES

    threshold = settings_of(home).quality.suppress_below
    try:
        with Register.open(home.resolve(), release) as register:
            published = publish_scores(register.completed(QUALITY_SCORES), threshold=threshold)
            with naming(out), filling(out) as aside:
                files = write_publication(published, aside, as_of=register.release.as_of, threshold=threshold)
    except ValueError as error:
        fail(f"nothing was written: {error}", Exit.FAILED)
    except OSError as error:
        fail(f"{out} can't be written to: {error.strerror}" if error.strerror else str(error), Exit.FAILED)
    hidden = published.get_column("note").str.starts_with("hidden").sum()
    typer.echo(
        f"wrote {len(files)} files to {out}; {hidden} of {published.height} scores are hidden (below {threshold})"
    )


def choose(scores: "pl.DataFrame", scope: str, *, key: str | None, dimension: str | None) -> "pl.DataFrame":
    """The scores of a scope, of one key and dimension or of all; what is not there ends the command."""
    import polars as pl

    from warehouse.tables.register import DIMENSIONS, SCOPES

    for name, asked, known in (("scope", scope, SCOPES), ("dimension", dimension, DIMENSIONS)):
        if asked is not None and asked not in known:
            fail(f"no {name} {asked!r}: one of {', '.join(known)}", Exit.USAGE)
    found = scores.filter(pl.col("scope") == scope)
    keys = found.get_column("scope_key").unique().sort()
    if key is not None and key not in keys:
        known_keys = "see `orders`" if scope == ORDERS_SCOPE else f"one of {', '.join(keys)}"
        fail(f"no {scope} {key!r}: {known_keys}", Exit.USAGE)
    wanted = {"scope_key": key, "dimension": dimension}
    return found.filter(*(pl.col(name) == value for name, value in wanted.items() if value is not None))
