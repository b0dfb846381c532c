"""Rules on who is bound: names, date of birth, identifiers, sex.

Names are compared folded: a diacritic, a hyphen or a capital is never a discrepancy.
"""

import polars as pl

from expectations.rules.dates import is_other_year, is_swapped
from expectations.rules.rule import Rule, Severity, differs, golden

NAME_NOTE = "Spelling of names was the most common fault in court results on the PNC [NAO-CRB] (E11 to E13)."
BIRTH_NOTE = "Placeholder or wrong dates of birth are a known hazard of matching (E14) [HMPPS-PM]."
PNC_ID_NOTE = "The check letter is the remainder of the number by 23 (E16) [HMPPS-PR; B7-CORE HO100209]."
TWO_IDS_NOTE = "A PNC id is meant to stay with one person (E17) [BICHARD]."
CRO_NOTE = "Dummy and mistyped CRO numbers (E18) [HMPPS-PM]."

SPELLING_SIMILARITY = 0.75

is_surname_different = pl.col("surname_squashed") != golden("surname_squashed")
is_forename_different = pl.col("forenames_squashed") != golden("forenames_squashed")
is_name_swapped = (is_surname_different | is_forename_different) & (
    pl.col("swapped_similarity") > pl.max_horizontal("surname_similarity", "forename_similarity")
)
is_alias_used = (is_surname_different | is_forename_different) & pl.col("is_known_alias")
is_other_name = (
    is_surname_different
    & is_forename_different
    & (pl.col("surname_similarity") < SPELLING_SIMILARITY)
    & (pl.col("forename_similarity") < SPELLING_SIMILARITY)
)
is_whole_name = (is_name_swapped | is_alias_used | is_other_name).fill_null(False)
is_shortened = pl.col("is_forenames_shortened") & is_forename_different
has_more_names = pl.col("is_forenames_extended")


def name_rule(code: str, title: str, name: str, severity: Severity, when: pl.Expr, message: str) -> Rule:
    """A rule on names: corrected by checking identity, never by copying."""
    return Rule(
        code,
        title,
        name,
        severity,
        "consistency",
        when,
        message,
        "Check the person's identity, then correct the name or hold it as an alias.",
        NAME_NOTE,
        observed=pl.col(f"{name}_folded"),
        expected=golden(f"{name}_folded"),
    )


NAME_RULES = (
    name_rule(
        "NAME-SWAPPED",
        "Surname and forename swapped",
        "surname",
        "medium",
        is_name_swapped,
        "{source} has surname and forename in each other's place.",
    ),
    name_rule(
        "NAME-ALIAS",
        "Alias held as the main name",
        "surname",
        "medium",
        is_alias_used,
        "{source} holds as the main name what is known as an alias.",
    ),
    name_rule(
        "NAME-OTHER",
        "Another name altogether",
        "surname",
        "medium",
        is_other_name,
        "{source} holds the order under another name, not known as an alias.",
    ),
    name_rule(
        "SURNAME-CUT",
        "Double-barrelled surname cut",
        "surname",
        "medium",
        is_surname_different & pl.col("is_surname_part"),
        "{source} gives only a part of a surname of several parts.",
    ),
    name_rule(
        "SURNAME-SPELLING",
        "Surname spelt otherwise",
        "surname",
        "medium",
        is_surname_different & (pl.col("surname_similarity") >= SPELLING_SIMILARITY),
        "{source} spells the surname otherwise.",
    ),
    name_rule(
        "SURNAME-OTHER",
        "Another surname",
        "surname",
        "medium",
        is_surname_different,
        "{source} gives another surname with the same forename.",
    ),
    name_rule(
        "FORENAME-SHORT",
        "Middle name dropped or shortened",
        "forenames",
        "low",
        is_shortened & ~is_whole_name,
        "{source} gives fewer or shortened forenames.",
    ),
    name_rule(
        "FORENAME-NICKNAME",
        "Familiar or other form of the forename",
        "forenames",
        "low",
        is_forename_different & pl.col("is_name_variant") & ~is_whole_name,
        "{source} gives another form of the forename.",
    ),
    name_rule(
        "FORENAME-SPELLING",
        "Forename spelt otherwise",
        "forenames",
        "medium",
        is_forename_different
        & ~has_more_names
        & (pl.col("forename_similarity") >= SPELLING_SIMILARITY)
        & ~is_whole_name,
        "{source} spells the forename otherwise.",
    ),
    name_rule(
        "FORENAME-OTHER",
        "Another forename",
        "forenames",
        "medium",
        is_forename_different & ~has_more_names & ~is_whole_name,
        "{source} gives another forename with the same surname.",
    ),
)


def birth_rule(code: str, title: str, severity: Severity, when: pl.Expr, message: str) -> Rule:
    """A rule on the date of birth."""
    return Rule(
        code,
        title,
        "date_of_birth",
        severity,
        "completeness" if code == "BIRTH-MISSING" else "consistency",
        when,
        message,
        "Check the date of birth against a document and correct the record.",
        BIRTH_NOTE,
    )


is_birth_unknown = pl.col("date_of_birth").is_null() & golden("date_of_birth").is_not_null()
is_partial_other = (pl.col("birth_year") != golden("date_of_birth").dt.year()) | (
    pl.col("birth_month") != golden("date_of_birth").dt.month()
)

BIRTH_RULES = (
    birth_rule(
        "BIRTH-FILLER",
        "Placeholder date of birth",
        "medium",
        pl.col("is_birth_placeholder")
        & (differs("date_of_birth") | (pl.col("is_birth_alone") & pl.col("date_of_birth").is_not_null())),
        "{source} holds a date of birth that looks like a filler.",
    ),
    birth_rule(
        "BIRTH-SWAPPED",
        "Date of birth: day and month swapped",
        "medium",
        is_swapped("date_of_birth"),
        "{source} has day and month of birth in each other's place.",
    ),
    birth_rule(
        "BIRTH-YEAR",
        "Year of birth wrong",
        "medium",
        is_other_year("date_of_birth"),
        "{source} gives another year of birth.",
    ),
    birth_rule(
        "BIRTH-DAY",
        "Date of birth wrong",
        "medium",
        differs("date_of_birth"),
        "{source} gives another date of birth.",
    ),
    birth_rule(
        "BIRTH-PARTIAL",
        "Partial date of birth disagrees",
        "medium",
        is_birth_unknown & is_partial_other,
        "{source} gives only a part of the date of birth, and that part disagrees.",
    ),
    birth_rule(
        "BIRTH-MISSING",
        "Date of birth missing",
        "medium",
        is_birth_unknown & pl.col("birth_year").is_null(),
        "{source} gives no date of birth; other sources do.",
    ),
)

ID_RULES = (
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
    ),
)

PERSON_RULES = (*NAME_RULES, *BIRTH_RULES, *ID_RULES)
