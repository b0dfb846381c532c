"""Makes the reference pages from what they describe, so that they can't differ from it.

`python -m docs.generate` writes them, `--check` fails if a page in the tree is not what would be written.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import metadata
from pathlib import Path
from typing import Any, get_args

import typer
import typer.main
from pydantic import BaseModel

from assets.sources import find_sources
from cli.main import app
from cli.options import EXIT_MEANINGS
from expectations.discrepancies import RULES
from expectations.gates import DELIVERY, GATES, Gate
from expectations.measures import COMPARED_FIELDS, MEASURES, REQUIRED, SETTLED_BY_COURT
from expectations.suites import suite_for
from ledger.decisions.kinds import CANONICAL, DECISION_REASONS, KINDS
from pipelines.alert_kinds import ALERT_KINDS, SOURCE
from pipelines.failures import KNOWN_CAUSES
from pipelines.settings import Settings
from reconciliation import choosing
from reconciliation.golden import ARREST_FIELDS, ORDER_FIELDS, PERSON_FIELDS
from reconciliation.ranking import Field
from warehouse.delivery_states import POLICIES, STATES
from warehouse.releases.views import VIEWS
from warehouse.schema import Column, Table
from warehouse.tables.code_lists import CODE_LISTS
from warehouse.tables.core import CORE_TABLES
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS, LINK_CONFLICTS, LINK_PAIRS
from warehouse.tables.packs import DISCLOSURES, PACK_LINES
from warehouse.tables.raw import QUARANTINE
from warehouse.tables.register import CONDITION_TEXTS, PUBLIC_TABLES
from warehouse.tables.release import RELEASE_TABLES

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Made by `python -m docs.generate`: change what it describes, not this page. -->\n"


def pages() -> dict[str, str]:
    """The text of every generated page by file name."""
    return {
        "data-dictionary.md": "\n".join(dictionary()),
        "discrepancies.md": "\n".join(catalogue()),
        "golden-values.md": "\n".join(precedence()),
        "command-line.md": "\n".join(commands()),
        "ledger.md": "\n".join(ledger()),
        "quality-measures.md": "\n".join(quality()),
        "settings.md": "\n".join(settings()),
        "gates.md": "\n".join(gates()),
        "runbook.md": "\n".join(runbook()),
        "dependencies.md": "\n".join(dependencies()),
    }


def dictionary() -> Iterator[str]:
    """Every table and column."""
    raw = [table for source in find_sources() for table in source.raw_tables]
    yield from ("# Data dictionary", NOTE)
    for title, tables in (
        ("Register: the public tables of a release", PUBLIC_TABLES),
        ("Register: code lists", tuple(CODE_LISTS)),
        ("Kept beside the night's tables, in no release", (CONDITION_TEXTS,)),
        ("Core: one shape for all sources (`core_<source>__…`)", CORE_TABLES),
        ("Release: what stands behind the public tables", RELEASE_TABLES[len(PUBLIC_TABLES) :]),
        ("Link", (LINK_PAIRS, LINK_CLUSTERS, LINK_CONFLICTS, LINK_ARRESTS)),
        ("Raw", (*raw, QUARANTINE)),
    ):
        yield f"## {title}\n"
        for table in tables:
            yield from describe(table)
    yield "## Views and macros of the release's database\n"
    yield "Their columns mean what they mean in the tables; those of their own are below.\n"
    for view in sorted(VIEWS, key=lambda view: view.name):
        yield f"### `{view.signature}`\n"
        yield f"One row is {view.row_is}.\n"
        yield from described(view.columns)


def describe(table: Table) -> Iterator[str]:
    """One table: what a row is, its key, its columns, how many expectations it has."""
    yield f"### `{table.name}`\n"
    yield f"One row is {table.row_is}. Key: {', '.join(f'`{name}`' for name in table.key) or 'none'}."
    yield f"{len(suite_for(table))} expectations.\n"
    yield from described(table.columns)


def described(columns: Sequence[Column]) -> Iterator[str]:
    """Columns as rows, with those parts of their declaration that any of them has."""
    rows = [{name: part(column) for name, part in PARTS.items()} for column in columns]
    shown = [name for name in PARTS if any(row[name] for row in rows)]
    if rows:
        yield from (f"| {' | '.join(shown)} |", "|" + "---|" * len(shown))
        cells = ([row[name].replace("|", "\\|") for name in shown] for row in rows)
        yield from (f"| {' | '.join(row)} |" for row in cells)
        yield ""


def called(column: Column) -> str:
    """What a column is called and means, and whether it must be filled."""
    title = f"**{column.title}.** " if column.title and f"{column.title}." != column.description else ""
    return title + column.description + (" Required." if column.required else "")


PARTS: dict[str, Callable[[Column], str]] = {
    "column": lambda column: f"`{column.name}`",
    "type": lambda column: column.sql_type,
    "meaning": called,
    "unit": lambda column: column.measured_in,
    "codes": lambda column: column.coded,
    "source": lambda column: column.source,
    "example": lambda column: f"`{column.sample}`" if column.sample else "",
    "caveat": lambda column: column.caveat,
}
"""The parts of a column's declaration, as the data dictionary shows them."""


def catalogue() -> Iterator[str]:
    """Every rule that finds discrepancies."""
    yield from ("# Catalogue of discrepancies", NOTE)
    yield "What `R13`, `E16` or `[IASC-2022]` stand for, and how sure we are of it: [sources](../sources.md).\n"
    yield "Each rule was read once more, by one who tried to refute it, against the facts known of its basis; *read*"
    yield "says what that was.\n"
    for verified in ("yes", "in part", "not verified"):
        held = [f"`{rule.code}`" for rule in RULES if rule.verified == verified]
        yield f"- **{verified}** ({len(held)}): {', '.join(held)}"
    yield ""
    for rule in RULES:
        yield f"## {rule.code}: {rule.title}\n"
        yield f"- **field** `{rule.field}`, **severity** {rule.severity}"
        yield f"- **dimension** {rule.dimension}, **owner** {rule.owner}"
        yield f"- **what is wrong** {rule.message}"
        yield f"- **correction** {rule.correction}"
        yield f"- **basis** {rule.note}"
        yield f"- **read** {rule.verified}. {rule.read}"
        yield f"- **example** {rule.example}\n"


def precedence() -> Iterator[str]:
    """Whose value wins, field by field."""
    yield from ("# Golden values: whose value wins", NOTE)
    yield f"{inspect.getdoc(choosing)}\n"
    for title, fields in (
        ("The person, among the records of all of the person's orders", PERSON_FIELDS),
        ("The order", ORDER_FIELDS),
        ("An arrest", ARREST_FIELDS),
    ):
        yield f"## {title}\n"
        yield from (
            "| field | most trusted first | why | a value fails if it is so | what decides between equals |",
            "|---|---|---|---|---|",
        )
        yield from (
            f"| `{field.name}` | {', '.join(field.precedence)} | {field.reason} | {fails(field)} | {field.favours} |"
            for field in fields
        )
        yield ""


def fails(field: Field) -> str:
    """What fails, and whether it is published all the same where nothing passes."""
    return field.fails + ("; none is published rather than such a one" if field.must_pass else "")


def ledger() -> Iterator[str]:
    """Kinds of decision, reasons, and the columns of the ledger and of the log beside it."""
    yield from ("# The ledger of decisions", NOTE)
    yield from ("## Kinds of decision", "", "| code | the steward says | about |", "|---|---|---|")
    yield from (f"| `{kind.code}` | {kind.title} | {kind.about} |" for kind in KINDS)
    yield from ("", "## Reasons", "", "| code | meaning | for decisions about |", "|---|---|---|")
    yield from (f"| `{reason.code}` | {reason.title} | {', '.join(reason.about)} |" for reason in DECISION_REASONS)
    yield from ("", "## Fields that can be decided on", "", ", ".join(f"`{name}`" for name in CANONICAL), "")
    for table in (DECISIONS, DISCLOSURES, PACK_LINES):
        yield from (f"## Columns of `{table.name}`", "", f"One row is {table.row_is}.", "")
        yield from described(table.columns)


def quality() -> Iterator[str]:
    """Every dimension of quality."""
    yield from ("# How quality is measured", NOTE)
    yield "What scores are for, their intervals, their trend and what is hidden of them: [quality](../quality.md).\n"
    yield from ("| dimension | score | weight | why it weighs so much |", "|---|---|---|---|")
    yield from (
        f"| [{measure.dimension}](#{measure.dimension}) | {measure.formula} | {measure.weight} | {measure.reason} |"
        for measure in MEASURES
    )
    yield ""
    for measure in MEASURES:
        example = measure.example
        yield f"## {measure.dimension.capitalize()}\n"
        yield f"- **score** {measure.formula}"
        yield f"- **inputs** {measure.inputs}"
        yield f"- **limits** {measure.limits}"
        yield f"- **weight** {measure.weight} of {sum(other.weight for other in MEASURES)}: {measure.reason}"
        share = f"{example.numerator} ÷ {example.denominator} = {example.numerator / example.denominator:.1%}"
        yield f"- **example** An order that all sources hold alike but for this: {example.difference} **{share}**\n"
    yield (
        "Compared for consistency and counted for validity: " + ", ".join(f"`{name}`" for name in COMPARED_FIELDS) + "."
    )
    yield "Required for completeness: " + ", ".join(f"`{name}`" for name in REQUIRED) + "."
    yield "Held against the court for accuracy: " + ", ".join(f"`{name}`" for name in SETTLED_BY_COURT) + ".\n"


def settings() -> Iterator[str]:
    """Every setting of `concord.toml`, section by section."""
    yield from ("# Settings", NOTE)
    yield "All are in `concord.toml`, in the folder of all state: [operating](../operate.md#settings).\n"
    yield from _section(Settings, "")


def _section(model: type[BaseModel], name: str) -> Iterator[str]:
    yield f"## `[{name}]`\n" if name else "## At the top of the file\n"
    yield f"{inspect.getdoc(model)}\n"
    yield from ("| setting | default | meaning |", "|---|---|---|")
    sections = {}
    for key, field in model.model_fields.items():
        inner = next((kind for kind in (field.annotation, *get_args(field.annotation)) if _is_model(kind)), None)
        if inner is not None:
            sections[f"{name}.{key}".lstrip(".")] = inner
        default = field.get_default(call_default_factory=True)
        shown = "its own defaults" if isinstance(default, BaseModel) else f"`{default}`" if default else "none"
        meaning_of = " ".join(str(field.description).split())
        yield f"| `{key}` | {'required' if field.is_required() else shown} | {meaning_of} |"
    yield ""
    for section, inner in sections.items():
        yield from _section(inner, section)


def _is_model(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, BaseModel)


def gates() -> Iterator[str]:
    """The gates, and the states of deliveries with what may be done about them."""
    yield from ("# Gates, and states of deliveries", NOTE)
    yield "How they are used: [operating](../operate.md#gates).\n"
    yield from (
        "| gate | what must hold | bounds in `[bounds]` | if it does not | can be accepted |",
        "|---|---|---|---|---|",
    )
    yield from (
        f"| `{gate.name}` | {gate.checks} | {gate.bound} | {gate.advice} | {'yes' if gate.is_acceptable else 'no'} |"
        for gate in GATES
    )
    yield from ("", "## States of a delivery, from best to worst", "")
    yield from ("| state | the delivery | policies in `[deliveries]`, the default first |", "|---|---|---|")
    for state in STATES:
        allowed = ", ".join(f"`{policy}`" for policy in state.policies) or "none needed"
        yield f"| {state.name} | {state.meaning} | {allowed} |"
    yield from ("", "| policy | what happens |", "|---|---|")
    yield from (f"| `{policy}` | {meaning} |" for policy, meaning in POLICIES.items())
    yield ""


def runbook() -> Iterator[str]:
    """What to do about each alert, gate, state of a delivery, cause of a failed run and exit code."""
    yield from ("# Runbook", NOTE)
    yield "Start with `concord status` and `concord alerts list`. How nights, gates and settings work:"
    yield "[operating](../operate.md)."
    for title, heads, rows in _runbook_tables():
        yield from (f"\n## {title}\n", f"| {' | '.join(heads)} |", "|" + "---|" * len(heads))
        yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _runbook_tables() -> Iterator[tuple[str, tuple[str, ...], Iterable[tuple[str, ...]]]]:
    alerts = ((f"`{kind.name}`", kind.meaning, kind.advice) for kind in ALERT_KINDS)
    yield "Alerts", ("alert", "what has happened", "what to do"), alerts
    gates = ((f"`{gate.name}`", gate.checks, gate.advice, _acceptance(gate)) for gate in GATES)
    yield "Gates", ("gate", "what must hold", "if it does not", "if it is right"), gates
    states = ((state.name, state.meaning, SOURCE.advice if state.policies else "Nothing.") for state in STATES)
    yield "States of a delivery", ("state", "the delivery", "what to do"), states
    causes = ((f"`{part}`", words) for part, words in KNOWN_CAUSES)
    yield "Causes of a failed run", ("if the system says", "cause and what to do"), causes
    codes = ((str(int(code)), *words) for code, words in sorted(EXIT_MEANINGS.items()))
    yield "Exit codes", ("code", "meaning", "what to do"), codes


def _acceptance(gate: Gate) -> str:
    feed = ":FEED" if gate.name == DELIVERY else ""
    return f"`--accept {gate.name}{feed} --reason …`" if gate.is_acceptable else "can't be accepted"


def dependencies() -> Iterator[str]:
    """Every package that is asked for by name, why, and its licence."""
    yield from ("# Packages", NOTE)
    yield "Those that Concord asks for by name. What they ask for in turn is in the locks."
    yield "`make sbom` lists all of service with their licences."
    text = (FOLDER.parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    groups = re.findall(r"^(\w+) = \[\n((?:    \"[^\n]*\n)+)\]", text, flags=re.MULTILINE)
    for group, lines in groups:
        if group in GROUPS:
            yield from (f"\n## {GROUPS[group]}\n", "| package | what for | licence |", "|---|---|---|")
            for name, reason in re.findall(r"\"([\w-]+)[^\"]*\",(?:  # (.*))?", lines):
                yield f"| {name} | {reason} | {_licence(name)} |"
    yield ""


GROUPS = {
    "dependencies": "In service",
    "postgres": "In service, with PostgreSQL",
    "build": "To install it",
    "dev": "To work on it and test it",
}


def _licence(name: str) -> str:
    about = metadata(name)
    named = [line.rsplit(" :: ", 1)[-1] for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    return str(about["License-Expression"] or ", ".join(named) or (about["License"] or "not stated").split("\n")[0])


def commands() -> Iterator[str]:
    """The help of every command."""
    yield from ("# Command line", NOTE)
    yield from _help(typer.main.get_command(app), "concord")


def _help(command: Any, name: str) -> Iterator[str]:
    context = typer.Context(command, info_name=name, terminal_width=100, max_content_width=100)
    yield f"## `{name}`\n"
    yield f"{command.help or ''}\n"
    arguments = [record for parameter in command.params if (record := parameter.get_help_record(context))]
    if arguments:
        yield from ("| option | meaning |", "|---|---|")
        yield from (f"| `{option}` | {text} |" for option, text in arguments)
        yield ""
    for child, subcommand in getattr(command, "commands", {}).items():
        yield from _help(subcommand, f"{name} {child}")


def main() -> None:
    """Write the pages, or list those that are out of date."""
    stale = [name for name, text in pages().items() if not _is_current(FOLDER / name, text)]
    if "--check" in sys.argv:
        sys.exit(f"out of date, run `python -m docs.generate`: {', '.join(stale)}" if stale else 0)
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
