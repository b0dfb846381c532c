"""The commands about what goes into packs without a steward: `concord packs policy …` and `concord packs sample …`.

0 done; 1 there is no release, or the ledger can't be used; 2 wrong usage: no approver, no such owner, field or line.
"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail
from cli.shown import JsonOption, say, show

policy_app = typer.Typer(no_args_is_help=True, help="What is sent in packs without a steward.")
sample_app = typer.Typer(no_args_is_help=True, help="The lines that a steward checks before the policy lets them go.")

ByOption = Annotated[str, typer.Option(envvar="CONCORD_USER", help="Who does it.")]
ReasonOption = Annotated[str, typer.Option(help="Why; it is logged.")]


@policy_app.command("show")
def show_policy(
    every: Annotated[bool, typer.Option("--all", help="List every policy that was set or revoked.")] = False,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show what may be sent without a steward, why other lines are held back, and how often the policy is wrong."""
    import polars as pl

    from cli.ledger_access import opened_ledger
    from cli.pack_tables import lines_of, policy_rows
    from ledger.packs.policy import policy_in_force, read_policies
    from ledger.packs.sample import read_verdicts, settle_verdicts
    from ledger.packs.steward_agreement import measure_agreement
    from review.packs.policy_words import describe_agreement, describe_policy, measure_errors

    with opened_ledger(home) as ledger:
        if every:
            show(policy_rows(read_policies(ledger)), empty="no sending policy was ever set")
            return
        say(describe_policy(policy_in_force(ledger)))
        verdicts = read_verdicts(ledger)
        say(str(measure_errors(settle_verdicts(verdicts))))
        say(describe_agreement(measure_agreement(verdicts)))
        lines, _ = lines_of(home, ledger)
    routes = lines.every.group_by("route", because=pl.col("held_because")).agg(lines=pl.len())
    show(routes.sort("route", "because"), empty="nothing is to be corrected")


@policy_app.command("set")
def set_terms(
    by: ByOption,
    reason: ReasonOption,
    *,
    owner: Annotated[list[str] | None, typer.Option(help="Whose packs; may be repeated; defaults to all.")] = None,
    field: Annotated[list[str] | None, typer.Option(help="Which fields; may be repeated; defaults to all.")] = None,
    least_confidence: Annotated[float, typer.Option(help="How sure the register must be.")] = 0.995,
    sampled_share: Annotated[float, typer.Option(help="The share that two stewards check first.")] = 0.05,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Let lines go into packs without a steward from now on: for an approver; it is logged and can be revoked."""
    from cli.door import require_at
    from cli.ledger_access import opened_ledger
    from ledger.packs.policy import PolicyTerms, set_policy
    from review.packs.policy_words import describe_policy

    terms = PolicyTerms(tuple(owner or ()), tuple(field or ()), least_confidence, sampled_share)
    require_at(home, "approve", by=by)
    with opened_ledger(home) as ledger:
        typer.echo(describe_policy(set_policy(ledger, terms, by=by, at=datetime.now(UTC), reason=reason)))


@policy_app.command()
def revoke(by: ByOption, reason: ReasonOption, home: HomeOption = DEFAULT_HOME) -> None:
    """Send nothing more without a steward: for an approver; what was handed out is not recalled."""
    from cli.door import require_at
    from cli.ledger_access import opened_ledger
    from ledger.packs.policy import revoke_policy
    from review.packs.policy_words import NOTHING_GOES

    require_at(home, "approve", by=by)
    with opened_ledger(home) as ledger:
        done = revoke_policy(ledger, by=by, at=datetime.now(UTC), reason=reason)
    typer.echo(f"{NOTHING_GOES} Revoked by {done.set_by} ({done.policy_id}).")


@sample_app.command("list")
def list_sample(_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the lines of the sample that two stewards have not yet judged: keys, no values."""
    import polars as pl

    from cli.ledger_access import opened_ledger
    from cli.pack_tables import lines_of

    with opened_ledger(home) as ledger:
        lines, _ = lines_of(home, ledger)
    found = lines.every.filter(pl.col("route") == "sample")
    show(found.select("reference", "owner", "asked_field", "source", "confidence"), empty="no line is to be checked")


@sample_app.command("check")
def check_line(
    reference: Annotated[str, typer.Argument(help="The line, as `concord packs sample list` names it.")],
    verdict: Annotated[str, typer.Argument(help="`right`: the register is right; `wrong`; or `not_known`.")],
    by: ByOption,
    *,
    comment: Annotated[str, typer.Option(help="What it rests on.")] = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Record whether the register is right about a line of the sample; if two stewards say so, the line goes."""
    import polars as pl

    from cli.door import require_at
    from cli.ledger_access import opened_ledger
    from cli.pack_tables import lines_of
    from ledger.packs.sample import record_check

    who = require_at(home, "decide", by=by)
    with opened_ledger(home) as ledger:
        lines, release_id = lines_of(home, ledger, who)
        found = lines.every.filter(pl.col("reference") == reference, pl.col("route") == "sample")
        if found.is_empty():
            fail(f"no line {reference} is to be checked: see `concord packs sample list`", Exit.USAGE)
        line = found.row(0, named=True)
        record_check(ledger, line, verdict, release_id=release_id, by=by, at=datetime.now(UTC), comment=comment)
    typer.echo(f"{reference}: {verdict}")
