"""Rules on what tells people apart: PNC id, CRO number, sex.

Not a discrepancy: an id in the short or the long form, or none given.
"""

import polars as pl

from expectations.rules.rule import Rule, differs, golden

PNC_ID_NOTE = "The check letter is the remainder of the number by 23 (E16) [HMPPS-PR; B7-CORE HO100209]."
TWO_IDS_NOTE = "A PNC id is meant to stay with one person (E17) [BICHARD]."
CRO_NOTE = "Dummy and mistyped CRO numbers (E18) [HMPPS-PM]."


IDENTITY_RULES = (
    Rule(
        "PNCID-LETTER",
        "Check letter of the PNC id wrong",
        "pnc_id",
        "medium",
        "validity",
        ~pl.col("is_pnc_id_valid")
        & (golden("pnc_id").is_null() | (pl.col("pnc_id").str.head(12) == golden("pnc_id").str.head(12))),
        "The check letter of the PNC id in {source} is wrong.",
        "Look the person up on the PNC and enter the id anew.",
        PNC_ID_NOTE,
        "PND: 2012/0612542M. The number calls for N; PNC: 2012/0612542N.",
    ),
    Rule(
        "PNCID-OF-OTHER",
        "PNC id of another person",
        "pnc_id",
        "high",
        "accuracy",
        differs("pnc_id") & pl.col("is_pnc_id_of_other"),
        "{source} gives the PNC id of another person of the register.",
        "Look both people up on the PNC and enter this one's id.",
        TWO_IDS_NOTE,
        "Return: 1999/0034567B, which all sources give for another subject. PNC: 2012/0612542N.",
    ),
    Rule(
        "PNCID-DIGIT",
        "Digit of the PNC id wrong",
        "pnc_id",
        "medium",
        "consistency",
        differs("pnc_id") & (pl.col("pnc_id_distance") <= 2),
        "The PNC id in {source} differs in a sign or two from the person's.",
        "Look the person up on the PNC and enter the id anew.",
        PNC_ID_NOTE,
        "PND: 2012/0613542N. PNC: 2012/0612542N.",
    ),
    Rule(
        "PNCID-TWO",
        "Two PNC ids for one person",
        "pnc_id",
        "medium",
        "consistency",
        differs("pnc_id"),
        "{source} gives another PNC id: two ids for one person, or two people.",
        "Ask the PNC bureau whether the ids are of one person, and merge them there.",
        TWO_IDS_NOTE,
        "Court: 1999/0034567B. PNC, PND: 2012/0612542N. Both letters are right and nobody else has either.",
    ),
    Rule(
        "PNCID-SHARED",
        "One PNC id on two people",
        "pnc_id",
        "high",
        "uniqueness",
        (pl.col("pnc_id") == golden("pnc_id")) & pl.col("is_pnc_id_of_other"),
        "{source} gives a PNC id that the register holds for two people.",
        "Compare the two people: one person held as two, or an id given twice.",
        TWO_IDS_NOTE,
        "2012/0612542N stands in all records of Jana Novak, and in all of Petra Horn.",
    ),
    Rule(
        "PNCID-NAMESAKE",
        "Two people of one name and date of birth, each with a PNC id",
        "pnc_id",
        "medium",
        "uniqueness",
        (pl.col("pnc_id") == golden("pnc_id")) & pl.col("namesake_pnc_id").is_not_null(),
        "{source} gives a PNC id; another person of the same name and date of birth has another.",
        "Ask the PNC bureau whether the ids are of one person; if so, join the two people and merge the ids.",
        TWO_IDS_NOTE,
        "PND: Jana Novak, born 17 April 1988, 2014/0034567B. Court, PNC: Jana Novak, of the same day, 2012/0612542N. "
        "One person with a second id, held as two; or namesakes. Told of the one with fewer records.",
        expected=pl.col("namesake_pnc_id"),
    ),
    Rule(
        "CRO-LETTER",
        "Check letter of the CRO number wrong",
        "cro_number",
        "low",
        "validity",
        ~pl.col("is_cro_valid"),
        "The check letter of the CRO number in {source} is wrong.",
        "Look the number up and enter it anew.",
        CRO_NOTE,
        "PND: 12345/09A. The number calls for another letter.",
    ),
    Rule(
        "CRO-OTHER",
        "Another CRO number",
        "cro_number",
        "medium",
        "consistency",
        differs("cro_number"),
        "{source} gives another CRO number.",
        "Look the number up and enter it anew.",
        CRO_NOTE,
        "PND: 12346/09C. PNC: 12345/09C.",
    ),
    Rule(
        "SEX-OTHER",
        "Sex differs",
        "sex",
        "medium",
        "consistency",
        differs("sex"),
        "{source} gives another sex.",
        "Check the person's identity and correct the record.",
        "Two people may have been taken for one (E28) [HMPPS-PM].",
        "PND: Male. PNC, court: female. A slip, or records of a brother and a sister in one.",
    ),
)
