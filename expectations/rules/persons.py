"""Rules on who is bound: names and date of birth.

Names are compared folded: a diacritic, a hyphen or a capital is never a discrepancy, nor are the same words split
otherwise into forenames and surname (`Paul Hall COOPER`, `HALL COOPER/PAUL`).
"""

from functools import partial

import polars as pl

from expectations.rules.dates import is_other_year, is_swapped
from expectations.rules.rule import Rule, differs, golden
from warehouse.sources import Severity

NAME_NOTE = "Most faults in court results on the PNC were in names and addresses [NAO-CRB] (E11 to E13)."
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


def name_rule(
    code: str, title: str, *, name: str, severity: Severity = "medium", when: pl.Expr, message: str, example: str
) -> Rule:
    """A rule on names: corrected by checking identity, never by copying."""
    return Rule(
        code=code,
        title=title,
        field=name,
        severity=severity,
        dimension="consistency",
        when=when,
        message=message,
        correction="Check the person's identity, then correct the name or hold it as an alias.",
        note=NAME_NOTE,
        example=example,
        observed=pl.col(f"{name}_folded"),
        expected=golden(f"{name}_folded"),
    )


NAME_RULES = (
    name_rule(
        "NAME-SWAPPED",
        "Surname and forename swapped",
        name="surname",
        when=is_name_swapped,
        message="{source} has surname and forename the wrong way round.",
        example="PNC: JANA/NOVAK (surname Jana). Court, PND: Jana Novak.",
    ),
    name_rule(
        "NAME-ALIAS",
        "Alias held as the main name",
        name="surname",
        when=is_alias_used,
        message="{source} holds a known alias as the main name.",
        example="Court: John Sykes. PNC: Douglas Savage, with the alias John Sykes.",
    ),
    name_rule(
        "NAME-OTHER",
        "Different name",
        name="surname",
        when=is_other_name,
        message="{source} holds the order under a different name, which is not a known alias.",
        example="Return: Sue Horwicz. Court, PNC, PND: Jana Novak; no alias is known. Two people, or a name not "
        "recorded.",
    ),
    name_rule(
        "SURNAME-CUT",
        "Double-barrelled surname cut",
        name="surname",
        when=is_surname_different & pl.col("is_surname_part"),
        message="{source} gives only part of a surname that has several parts.",
        example="PND: Novak. Court, PNC: Novak-Black.",
    ),
    name_rule(
        "SURNAME-SPELLING",
        "Surname spelt differently",
        name="surname",
        when=is_surname_different & (pl.col("surname_similarity") >= SPELLING_SIMILARITY),
        message="{source} spells the surname differently.",
        example="Return: Novka. Court, PNC: Novak.",
    ),
    name_rule(
        "SURNAME-OTHER",
        "Different surname",
        name="surname",
        when=is_surname_different,
        message="{source} gives a different surname with the same forename.",
        example="PND: Jana Horwicz. Court, PNC: Jana Novak. A maiden or married name, or another person.",
    ),
    name_rule(
        "FORENAME-SHORT",
        "Middle name dropped or shortened",
        name="forenames",
        severity="low",
        when=is_shortened & ~is_whole_name,
        message="{source} gives fewer or shortened forenames.",
        example="Return: Jana Novak, or Jana M Novak. Court, PNC: Jana Maria Novak.",
    ),
    name_rule(
        "FORENAME-NICKNAME",
        "Nickname or other form of the forename",
        name="forenames",
        severity="low",
        when=is_forename_different & pl.col("is_name_variant") & ~is_whole_name,
        message="{source} gives a different form of the forename.",
        example="PND: Bill Novak. Court, PNC: William Novak.",
    ),
    name_rule(
        "FORENAME-SPELLING",
        "Forename spelt differently",
        name="forenames",
        when=is_forename_different
        & ~has_more_names
        & (pl.col("forename_similarity") >= SPELLING_SIMILARITY)
        & ~is_whole_name,
        message="{source} spells the forename differently.",
        example="Court: Jnaa Novak. PNC, PND: Jana Novak.",
    ),
    name_rule(
        "FORENAME-OTHER",
        "Different forename",
        name="forenames",
        when=is_forename_different & ~has_more_names & ~is_whole_name,
        message="{source} gives a different forename with the same surname.",
        example="Return: Petra Novak. Court, PNC: Jana Novak. A middle name in use, or another person.",
    ),
)


birth_rule = partial(
    Rule,
    field="date_of_birth",
    severity="medium",
    dimension="consistency",
    correction="Check the date of birth against a document and correct the record.",
    note=BIRTH_NOTE,
)


is_birth_unknown = pl.col("date_of_birth").is_null() & golden("date_of_birth").is_not_null()
is_partial_other = (pl.col("birth_year") != golden("date_of_birth").dt.year()) | (
    pl.col("birth_month") != golden("date_of_birth").dt.month()
)

BIRTH_RULES = (
    birth_rule(
        code="BIRTH-FILLER",
        title="Placeholder date of birth",
        when=pl.col("is_birth_placeholder")
        & (differs("date_of_birth") | (pl.col("is_birth_alone") & pl.col("date_of_birth").is_not_null())),
        message="{source} holds a date of birth that looks like a placeholder.",
        example="PNC: 1 January 1970. Court, PND: 17 April 1988.",
    ),
    birth_rule(
        code="BIRTH-SWAPPED",
        title="Date of birth: day and month swapped",
        when=is_swapped("date_of_birth"),
        message="{source} has day and month of birth the wrong way round.",
        example="Return: 4 March 1988. Court, PNC: 3 April 1988 (03/04/1988 read as month, day).",
    ),
    birth_rule(
        code="BIRTH-YEAR",
        title="Year of birth wrong",
        when=is_other_year("date_of_birth"),
        message="{source} gives a different year of birth.",
        example="PND: 17 April 1978. Court, PNC: 17 April 1988.",
    ),
    birth_rule(
        code="BIRTH-DIGIT",
        title="One digit of the date of birth wrong",
        when=pl.col("birth_digits") == 1,
        message="{source} gives a date of birth that differs in one digit.",
        example="PND: 27 April 1988. Court, PNC: 17 April 1988.",
    ),
    birth_rule(
        code="BIRTH-DAY",
        title="Date of birth wrong",
        when=differs("date_of_birth"),
        message="{source} gives a different date of birth.",
        example="Return: 12 May 1988. Court, PNC: 17 April 1988.",
    ),
    birth_rule(
        code="BIRTH-PARTIAL",
        title="Partial date of birth disagrees",
        when=is_birth_unknown & is_partial_other,
        message="{source} gives only part of the date of birth, and that part disagrees.",
        example="PND: 1987. Court, PNC: 17 April 1988. A partial date that agrees (1988, 1988-04) is not reported.",
    ),
    birth_rule(
        code="BIRTH-MISSING",
        title="Date of birth missing",
        dimension="completeness",
        when=is_birth_unknown & pl.col("birth_year").is_null(),
        message="{source} gives no date of birth; other sources do.",
        example="Return: n/k. Court, PNC: 17 April 1988.",
    ),
)

PERSON_RULES = (*NAME_RULES, *BIRTH_RULES)
