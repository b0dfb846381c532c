"""Rules on what distinguishes people: PNC id, CRO number, sex.

Not a discrepancy: an id in the short or the long form, or none given.
"""

from functools import partial

import polars as pl

from expectations.rules.rule import Rule, differs, golden

PNC_ID_NOTE = "The check letter is the remainder of the number by 23 (E16) [HMPPS-PR; B7-CORE HO100209]."
TWO_IDS_NOTE = "A PNC id is meant to stay with one person (E17) [BICHARD]."
CRO_NOTE = "Dummy and mistyped CRO numbers (E18) [HMPPS-PM]."

id_rule = partial(Rule, field="pnc_id", severity="medium", dimension="consistency", note=TWO_IDS_NOTE)
cro_rule = partial(Rule, field="cro_number", severity="medium", dimension="consistency", note=CRO_NOTE)

IDENTITY_RULES = (
    id_rule(
        code="PNCID-LETTER",
        title="Check letter of the PNC id wrong",
        dimension="validity",
        when=~pl.col("is_pnc_id_valid")
        & (golden("pnc_id").is_null() | (pl.col("pnc_id").str.head(12) == golden("pnc_id").str.head(12))),
        message="The check letter of the PNC id in {source} is wrong.",
        correction="Look the person up on the PNC and enter the correct id.",
        note=PNC_ID_NOTE,
        example="PND: 2012/0612542M. The number requires N; PNC: 2012/0612542N.",
    ),
    id_rule(
        code="PNCID-OF-OTHER",
        title="PNC id of another person",
        severity="high",
        dimension="accuracy",
        when=differs("pnc_id") & pl.col("is_pnc_id_of_other"),
        message="{source} gives the PNC id of another person in the register.",
        correction="Look both people up on the PNC and enter this one's id.",
        example="Return: 1999/0034567B, which all sources give for another subject. PNC: 2012/0612542N.",
    ),
    id_rule(
        code="PNCID-DIGIT",
        title="Digit of the PNC id wrong",
        when=differs("pnc_id") & (pl.col("pnc_id_distance") <= 2),
        message="The PNC id in {source} differs in a character or two from the person's.",
        correction="Look the person up on the PNC and enter the correct id.",
        note=PNC_ID_NOTE,
        example="PND: 2012/0613542N. PNC: 2012/0612542N.",
    ),
    id_rule(
        code="PNCID-TWO",
        title="Two PNC ids for one person",
        when=differs("pnc_id"),
        message="{source} gives a different PNC id: two ids for one person, or two people.",
        correction="Ask the PNC bureau whether the ids are of one person, and merge them there.",
        example="Court: 1999/0034567B. PNC, PND: 2012/0612542N. Both letters are right and no other person has either.",
    ),
    id_rule(
        code="PNCID-SHARED",
        title="One PNC id on two people",
        severity="high",
        dimension="uniqueness",
        when=(pl.col("pnc_id") == golden("pnc_id")) & pl.col("is_pnc_id_of_other"),
        message="{source} gives a PNC id that the register holds for two people.",
        correction="Compare the two people: one person held as two, or an id given twice.",
        example="2012/0612542N is in all records of Jana Novak, and in all of Petra Horn.",
    ),
    id_rule(
        code="PNCID-NAMESAKE",
        title="Two people with the same name and date of birth, each with a PNC id",
        dimension="uniqueness",
        when=(pl.col("pnc_id") == golden("pnc_id")) & pl.col("namesake_pnc_id").is_not_null(),
        message="{source} gives a PNC id; another person with the same name and date of birth has a different one.",
        correction="Ask the PNC bureau whether the ids are of one person; if so, join the two people and merge the "
        "ids.",
        example="PND: Jana Novak, born 17 April 1988, 2014/0034567B. Court, PNC: Jana Novak, of the same day, "
        "2012/0612542N. "
        "One person with a second id, held as two; or namesakes. Reported on the one with fewer records.",
        expected=pl.col("namesake_pnc_id"),
    ),
    cro_rule(
        code="CRO-LETTER",
        title="Check letter of the CRO number wrong",
        severity="low",
        dimension="validity",
        when=~pl.col("is_cro_valid"),
        message="The check letter of the CRO number in {source} is wrong.",
        correction="Look the number up and enter the correct one.",
        example="PND: 12345/09A. The number requires a different letter.",
    ),
    cro_rule(
        code="CRO-OTHER",
        title="Different CRO number",
        when=differs("cro_number"),
        message="{source} gives a different CRO number.",
        correction="Look the number up and enter the correct one.",
        example="PND: 12346/09C. PNC: 12345/09C.",
    ),
    Rule(
        code="SEX-OTHER",
        title="Sex differs",
        field="sex",
        severity="medium",
        dimension="consistency",
        when=differs("sex"),
        message="{source} gives a different sex.",
        correction="Check the person's identity and correct the record.",
        note="Two people may have been taken for one (E28) [HMPPS-PM].",
        example="PND: Male. PNC, court: female. A mistake, or the records of a brother and a sister combined.",
    ),
)
