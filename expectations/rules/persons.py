"""Rules on who is bound: names and date of birth.

Names are compared folded: a diacritic, a hyphen or a capital is never a discrepancy, nor are the same words split
otherwise into forenames and surname (`Paul Hall COOPER`, `HALL COOPER/PAUL`).
"""

import polars as pl

from expectations.rules.dates import is_other_year, is_swapped
from expectations.rules.rule import Rule, differs, golden
from warehouse.sources import Severity

NAME_NOTE = "Spelling of names was the most common fault in court results on the PNC [NAO-CRB] (E11 to E13)."
BIRTH_NOTE = "Placeholder or wrong dates of birth are a known hazard of matching (E14) [HMPPS-PM]."

SPELLING_SIMILARITY = 0.75

# A source that gives names in one piece does not say where the surname begins.
is_split_otherwise = pl.col("forenames_squashed") + pl.col("surname_squashed") == (
    golden("forenames_squashed") + golden("surname_squashed")
)
is_surname_different = (pl.col("surname_squashed") != golden("surname_squashed")) & ~is_split_otherwise
is_forename_different = (pl.col("forenames_squashed") != golden("forenames_squashed")) & ~is_split_otherwise
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


def name_rule(code: str, title: str, name: str, severity: Severity, when: pl.Expr, message: str, example: str) -> Rule:
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
        example,
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
        "PNC: JANA/NOVAK (surname Jana). Court, PND: Jana Novak.",
    ),
    name_rule(
        "NAME-ALIAS",
        "Alias held as the main name",
        "surname",
        "medium",
        is_alias_used,
        "{source} holds as the main name what is known as an alias.",
        "Court: John Sykes. PNC: Douglas Savage, with the alias John Sykes.",
    ),
    name_rule(
        "NAME-OTHER",
        "Another name altogether",
        "surname",
        "medium",
        is_other_name,
        "{source} holds the order under another name, not known as an alias.",
        "Return: Sue Horwicz. Court, PNC, PND: Jana Novak; no alias is known. Two people, or a name not recorded.",
    ),
    name_rule(
        "SURNAME-CUT",
        "Double-barrelled surname cut",
        "surname",
        "medium",
        is_surname_different & pl.col("is_surname_part"),
        "{source} gives only a part of a surname of several parts.",
        "PND: Novak. Court, PNC: Novak-Black.",
    ),
    name_rule(
        "SURNAME-SPELLING",
        "Surname spelt otherwise",
        "surname",
        "medium",
        is_surname_different & (pl.col("surname_similarity") >= SPELLING_SIMILARITY),
        "{source} spells the surname otherwise.",
        "Return: Novka. Court, PNC: Novak.",
    ),
    name_rule(
        "SURNAME-OTHER",
        "Another surname",
        "surname",
        "medium",
        is_surname_different,
        "{source} gives another surname with the same forename.",
        "PND: Jana Horwicz. Court, PNC: Jana Novak. A maiden or married name, or another person.",
    ),
    name_rule(
        "FORENAME-SHORT",
        "Middle name dropped or shortened",
        "forenames",
        "low",
        is_shortened & ~is_whole_name,
        "{source} gives fewer or shortened forenames.",
        "Return: Jana Novak, or Jana M Novak. Court, PNC: Jana Maria Novak.",
    ),
    name_rule(
        "FORENAME-NICKNAME",
        "Familiar or other form of the forename",
        "forenames",
        "low",
        is_forename_different & pl.col("is_name_variant") & ~is_whole_name,
        "{source} gives another form of the forename.",
        "PND: Bill Novak. Court, PNC: William Novak.",
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
        "Court: Jnaa Novak. PNC, PND: Jana Novak.",
    ),
    name_rule(
        "FORENAME-OTHER",
        "Another forename",
        "forenames",
        "medium",
        is_forename_different & ~has_more_names & ~is_whole_name,
        "{source} gives another forename with the same surname.",
        "Return: Petra Novak. Court, PNC: Jana Novak. A middle name in use, or another person.",
    ),
)


def birth_rule(code: str, title: str, severity: Severity, when: pl.Expr, message: str, example: str) -> Rule:
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
        example,
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
        "PNC: 1 January 1970. Court, PND: 17 April 1988.",
    ),
    birth_rule(
        "BIRTH-SWAPPED",
        "Date of birth: day and month swapped",
        "medium",
        is_swapped("date_of_birth"),
        "{source} has day and month of birth in each other's place.",
        "Return: 4 March 1988. Court, PNC: 3 April 1988 (03/04/1988 read as month, day).",
    ),
    birth_rule(
        "BIRTH-YEAR",
        "Year of birth wrong",
        "medium",
        is_other_year("date_of_birth"),
        "{source} gives another year of birth.",
        "PND: 17 April 1978. Court, PNC: 17 April 1988.",
    ),
    birth_rule(
        "BIRTH-DIGIT",
        "One digit of the date of birth wrong",
        "medium",
        pl.col("birth_digits") == 1,
        "{source} gives a date of birth that differs in one digit.",
        "PND: 27 April 1988. Court, PNC: 17 April 1988.",
    ),
    birth_rule(
        "BIRTH-DAY",
        "Date of birth wrong",
        "medium",
        differs("date_of_birth"),
        "{source} gives another date of birth.",
        "Return: 12 May 1988. Court, PNC: 17 April 1988.",
    ),
    birth_rule(
        "BIRTH-PARTIAL",
        "Partial date of birth disagrees",
        "medium",
        is_birth_unknown & is_partial_other,
        "{source} gives only a part of the date of birth, and that part disagrees.",
        "PND: 1987. Court, PNC: 17 April 1988. A partial date that agrees (1988, 1988-04) is none.",
    ),
    birth_rule(
        "BIRTH-MISSING",
        "Date of birth missing",
        "medium",
        is_birth_unknown & pl.col("birth_year").is_null(),
        "{source} gives no date of birth; other sources do.",
        "Return: n/k. Court, PNC: 17 April 1988.",
    ),
)

PERSON_RULES = (*NAME_RULES, *BIRTH_RULES)
