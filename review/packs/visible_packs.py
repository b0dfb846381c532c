"""Packs as a user sees them at a moment: what could be sent, what was handed out, what became of it.

Belongs here: bringing release, ledger and viewer together, and handing out and taking in. Does not: pages
(`review.packs.pack_tables`, `review.routes.packs`).

A viewer of some forces sees the lines of their orders alone, and a pack that they hand out holds no others.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import polars as pl
from fastapi import Depends
from starlette.requests import Request

from ledger.packs.answers import last_answers, read_answers, record_answers
from ledger.packs.content import AskableLines
from ledger.packs.handing import hand_out
from ledger.packs.log import Disclosure, asked_before, read_disclosures, read_pack_lines
from ledger.packs.policy import PolicyTerms, SendingPolicy, read_policies, revoke_policy, set_policy
from ledger.packs.response_figures import follow_asked, sum_up
from ledger.packs.sample import read_verdicts, record_check, settle_verdicts
from ledger.packs.steward_agreement import measure_agreement
from review.access.viewer import AnyViewer, Viewer
from review.access.visible_release import Visible
from review.desk import Desk, decidable_night
from review.packs.answer_file import AnswerFile, read_answer_file
from review.packs.pack_material import lines_of
from review.packs.policy_words import PolicyErrors, measure_errors
from warehouse.tables.register import CORRECTION_LINES, FIELD_PROVENANCE
from warehouse.time_zone import day_in_london


@dataclass(frozen=True, eq=False)
class VisiblePacks:
    """Packs, limited to what a user may see.

    Attributes:
        lines: what could be asked for now.
        disclosures: `DISCLOSURES` of packs with a line that they may see, the latest first.
        pack_lines: `PACK_LINES` that they may see.
        whole: ids of the packs of which they may see every line.
        answers: `PACK_ANSWERS` to those lines.
        agreement: how far stewards agree (`ledger.packs.steward_agreement.measure_agreement`).
        to_check: lines of the sample that the viewer has not judged, in no order that shows who else has.
    """

    lines: AskableLines
    disclosures: pl.DataFrame
    pack_lines: pl.DataFrame
    whole: frozenset[str]
    answers: pl.DataFrame
    followed: pl.DataFrame
    policies: tuple[SendingPolicy, ...]
    errors: PolicyErrors
    agreement: pl.DataFrame
    to_check: pl.DataFrame
    today: date

    @property
    def policy(self) -> SendingPolicy | None:
        """The policy in force."""
        return self.policies[-1] if self.policies and self.policies[-1].is_on else None

    def asked(self) -> pl.DataFrame:
        """What was asked for, what became of it and what was answered: `ledger.packs.response_figures.follow_asked`."""
        return follow_asked(*self._asked(), today=self.today)

    def by_owner(self) -> pl.DataFrame:
        """How each owner answers: `ledger.packs.response_figures.sum_up`."""
        return sum_up(*self._asked(), today=self.today)

    def pack(self, disclosure_id: str) -> pl.DataFrame:
        """The lines of a pack with their states and answers; empty if there is none that may be seen."""
        of_pack = pl.col("disclosure_id") == disclosure_id
        answers = last_answers(self.answers.filter(of_pack)).drop("disclosure_id")
        states = self.followed.select("reference", "state", "state_since")
        return (
            self.pack_lines.filter(of_pack)
            .join(states, on="reference", how="left", maintain_order="left")
            .join(answers, on="reference", how="left", maintain_order="left")
        )

    def _asked(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        asked = asked_before(self.disclosures, self.pack_lines)
        return asked, self.followed, last_answers(self.answers)


def open_packs(request: Request, who: AnyViewer, visible: Visible) -> VisiblePacks:
    """The packs that a user may see: what routes depend on."""
    desk: Desk = request.app.state.desk
    whole, ledger = desk.whole_release(), desk.ledger
    lines = lines_of(desk.home, ledger, decidable_night(whole), whole.table(FIELD_PROVENANCE.name))
    every = read_pack_lines(ledger)
    shown = visible.only(every)
    hidden = every.join(shown, on=["disclosure_id", "reference"], how="anti").get_column("disclosure_id")
    seen = shown.get_column("disclosure_id").unique()
    disclosures = read_disclosures(ledger).filter(pl.col("disclosure_id").is_in(seen.implode()))
    verdicts = read_verdicts(ledger)
    own = visible.only(lines.every)
    return VisiblePacks(
        lines=AskableLines(own, visible.only(lines.waiting)),
        disclosures=disclosures.reverse(),
        pack_lines=shown,
        whole=frozenset(set(seen) - set(hidden)),
        answers=read_answers(ledger).join(shown, on=["disclosure_id", "reference"], how="semi"),
        followed=CORRECTION_LINES.of_release(visible.table),  # of an order that is no more: for those who see all
        policies=read_policies(ledger),
        errors=measure_errors(settle_verdicts(verdicts)),
        agreement=measure_agreement(verdicts),
        to_check=own.filter(pl.col("route") == "sample").join(
            verdicts.filter(pl.col("checked_by") == who.name), on="reference", how="anti"
        ),
        today=day_in_london(desk.clock()),
    )


Packs = Annotated[VisiblePacks, Depends(open_packs)]


def hand_out_visible(desk: Desk, packs: VisiblePacks, who: Viewer, *, owner: str, recipient: str, reason: str) -> str:
    """Hand an owner's pack out, and keep its files; the id of the disclosure.

    Raises:
        DecisionError: recipient or reason is missing, or nothing is to be sent.
        TooManyLinesError: a workbook can't hold them.
    """
    lines = packs.lines.ready.filter(pl.col("owner") == owner)
    disclosure = Disclosure(
        owner=owner,
        recipient=recipient,
        reason=reason,
        disclosed_by=who.name,
        disclosed_at=desk.clock(),
        release_id=desk.whole_release().release.release_id,
        marking=desk.marking,
    )
    done = hand_out(desk.ledger, lines, disclosure, folder=desk.home.packs, answers_to=desk.answers_to)
    return done.disclosure_id


def find_pack_file(desk: Desk, disclosure_id: str, suffix: str) -> Path | None:
    """A file of a pack that was handed out at the desk; None: it was made elsewhere, or is gone."""
    return next(desk.home.packs.glob(f"corrections_*_{disclosure_id}.{suffix}"), None)


def take_in_answers(
    desk: Desk, packs: VisiblePacks, who: Viewer, *, disclosure_id: str, content: bytes
) -> tuple[AnswerFile, int]:
    """Take in a pack that came back: what it says, and how many answers were new; none if a cell can't be taken.

    Raises:
        AnswerFileError: it is not this pack.
        DecisionError: it answers nothing.
    """
    at = desk.clock()
    references = frozenset(packs.pack(disclosure_id).get_column("reference"))
    with TemporaryDirectory(prefix="concord-answers-") as folder:
        path = Path(folder) / "answers"
        path.write_bytes(content)
        read = read_answer_file(path, disclosure_id=disclosure_id, references=references, today=packs.today)
    if read.faults:
        return read, 0
    new = record_answers(desk.ledger, disclosure_id, read.answers, by=who.name, at=at, file_sha256=read.sha256)
    return read, new


def check_line(desk: Desk, packs: VisiblePacks, who: Viewer, *, reference: str, verdict: str, comment: str) -> bool:
    """Record what a steward found of a line of the sample; whether there is such a line for them to check.

    Raises:
        DecisionError: there is no such verdict.
    """
    found = packs.to_check.filter(pl.col("reference") == reference)
    if found.is_empty():
        return False
    record_check(
        desk.ledger,
        found.row(0, named=True),
        verdict,
        release_id=desk.whole_release().release.release_id,
        by=who.name,
        at=desk.clock(),
        comment=comment,
    )
    return True


def change_policy(desk: Desk, who: Viewer, terms: PolicyTerms | None, *, reason: str) -> None:
    """Set what may go without a steward; None: nothing more.

    Raises:
        DecisionError: they are not an approver, there is no reason, the terms can't be, or nothing is to be revoked.
    """
    if terms is None:
        revoke_policy(desk.ledger, by=who.name, at=desk.clock(), reason=reason)
    else:
        set_policy(desk.ledger, terms, by=who.name, at=desk.clock(), reason=reason)
