"""Whether words say plainly that an order was discharged: every word of them is known to say nothing else.

A discharge makes a person free, so it is believed only where the words are understood to the last one. `STRO discharged
in respect of the second defendant`, `discharged according to the nominal` and whatever else nobody has listed leave the
order in doubt, and the person bound.

Belongs here: the words that may stand beside a discharge. Does not: the words of a discharge (`outcome_words`,
`statuses`), what a text of several clauses comes to (`outcomes`).
"""

import polars as pl

_MONTHS = (
    r"JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?"
    r"|NOV(?:EMBER)?|DEC(?:EMBER)?"
)
_COURT = r"(?:CROWN|MAGISTRATES|SHERIFF|YOUTH|HIGH|JUSTICES?|MAGS|COURTS?|MC|CC)"
_JUDGE = r"(?:HHJ|DJ|(?:DEPUTY )?DISTRICT JUDGE|RECORDER|(?:HIS|HER) HONOUR JUDGE|SHERIFF|JUDGE)"
_BY_WHOM = r"(?:BY|AT|BEFORE|IN|PER)"
_APPEALED = "BY|THE|DEFENDANT|AGAINST|MAKING|IMPOSITION|CONVICTION|AND|SENTENCE|OF|ORDER|I?STROS?|I?STPOS?|WAS|IS"
# Phrases first: what is left of them would say something else, as the name of a town or of a judge.
PHRASES = (
    rf"\b[0-9]{{1,2}}(?:ST|ND|RD|TH)? (?:DAY )?(?:OF )?(?:{_MONTHS})\b|\b(?:{_MONTHS}) [0-9]{{4}}\b",
    r"\b(?:THE|THIS) SAID\b",
    r"\b(?:BY|IN) (?:THE )?COURT OF APPEAL\b",
    rf"\b{_BY_WHOM} (?:THE )?(?:[A-Z]+ ){{0,4}}?{_COURT}(?: {_COURT})*\b",
    rf"\b{_BY_WHOM} {_JUDGE} [A-Z]+(?: [A-Z]+)?\b",
    r"\bCHIEF (?:CONSTABLE|OFFICER)S?(?: OF(?: [A-Z]+){1,3}$)?",
    r"\b(?:NO LONGER|NOT) (?:NECESSARY|REQUIRED|NEEDED|JUSTIFIED|APPROPRIATE|PROPORTIONATE)\b",
    r"\b(?:CONDITIONS? |ORDER )?BREACHED\b|\bFOR BREACH OF (?:CONDITION|PROHIBITION|ORDER|STRO|STPO)S?\b",
    r"\b(?:BY|OF|FROM|THE|ON) (?:THE )?SUBJECTS?\b|\bPER PNC\b",
    r"\b(?:ON|UPON|FOLLOWING|AFTER|COURT OF)(?: (?:THE|A|SUCCESSFUL|DEFENDANTS?|HIS|HER))* APPEAL\b",
    rf"\bAPPEAL (?:(?:{_APPEALED}) )*(?:ALLOWED|GRANTED|SUCCESSFUL|SUCCEED(?:S|ED)|UPHELD)\b",
    r"\b(?:MODERN )?SLAVERY ACT\b|\bAGAINST (?:THE )?(?:DEFENDANT|RESPONDENT|SUBJECT)\b|\bDO(?:ES)? NOT OPPOSE\b",
)
WORDS = (
    r"\b(?:THE|THIS|ITS|A|AN|AND|OF|TO|ON|UPON|AT|BY|FOR|FROM|IN|UNDER|AS|IS|WAS|WERE|HAS|HAVE|BEEN|NOW|HEREBY"
    r"|ACCORDINGLY|THEREFORE|TODAY|FORMALLY|FULLY|FULL|FINAL|MAIN|INTERIM|INT|PREVIOUS|EARLIER|EXISTING|OLD|FORMER|EARLY"
    r"|BOTH|PARTIES|CONSENT|AGREEMENT|AGREED|UNOPPOSED|FOLLOWING|AFTER|SUCCESSFUL|WITH|EFFECT|EFFECTIVE|W E F|WEF"
    r"|ORDERS?|I?STROS?|I?STPOS?|I?TEROS?|I?TEPOS?|SLAVERY|TRAFFICKING|EXPLOITATION|RISK|PREVENTION|S|T|E"
    r"|COURTS?|CROWN|MAGISTRATES|JUSTICES|SHERIFF|HEARING|APPLICATIONS?|APPLIED|CASE|REMITTED"
    r"|DEFENDANTS?|DS|RESPONDENTS?|POLICE|FORCE|NCA|GLAA|DECEASED|DIED|DEAD|DEATH|CONVICTION GONE"
    r"|ALLOWED|GRANTED|ORDERED|APPROVED|MADE|DATED|IMPOSED|ISSUED|SECTION|SEC|SS?[0-9]+[A-Z]?|MCA|MSA|ACT"
    r"|DISCHARGE[DS]?|DISCHD?|DISCHGD|D C|D|REVOKE[DS]?|REVOCATION|QUASHE?[DS]?|OVERTURN(?:ED|S)|RESCIND(?:ED|S)?"
    r"|SETS? ASIDE|CANCELL?ED|ANNULLED|NULLIFIED|RECALLED|RHYDDHAWYD|DIRYMWYD|DIDDYMWYD"
    r"|[0-9]+(?:ST|ND|RD|TH)?)\b"
)
# Words that say what another thing than the order came to; in `IN_PLACE` of the clauses, so that they are no discharge.
OF_ANOTHER = (
    r"^(?:(?:THE|AND|SAID) )*(?:DEFENDANTS?|D|HE|SHE|THEY|ACCUSED|PRISONER|SUBJECT|NOMINAL|JURY|JURORS|WITNESS|CASE"
    r"|CHARGES?|SUMMONS) (?:(?:WAS|IS|WERE|BEEN|NOW|BEING|HAS) )*DISCHARGED\b"
    r"|\b(?:ABSOLUTE|CONDITIONAL|COND)(?:LY)? DISCHARGED?\b"
    r"|\bDISCHARGED? FROM (?:[A-Z]+ )?(?:HOSPITAL|PRISON|CUSTODY|CARE|DETENTION|ARMY|DOCK)\b"
)
CONVICTION_GONE = r"\bCONVICTIONS? (?:(?:WAS|IS|WERE|BEEN|HAS|HAVE) )*(?:QUASHED|SET ASIDE|OVERTURNED)\b"
# An end that is fixed for later, or that is only possible: it is none, and the words beside it are of the order made.
UNDONE = r"\b(?:DISCHARGE|REVOCATION)\b.*\b(?:QUASHED|SET ASIDE|OVERTURNED|RESCINDED|REVOKED|ANNULLED|CANCELL?ED)\b"
UNTIL_ENDED = (
    r"\b(?:(?:OR|AND) )?(?:UNTIL|TILL|UNLESS|BEFORE) (?:(?:IT|IS|BE|BEEN|THEY|ARE|THE|ORDER|SO|SOONER|PREVIOUSLY"
    r"|EARLIER|VARIED|AMENDED|RENEWED|EXPIRED|DULY|OR|AND|OTHERWISE|FURTHER) )*"
    r"(?:DISCHARGED|REVOKED|QUASHED|SET ASIDE|CANCELLED)\b.*"
)


def is_plain(words: pl.Expr, *, beside: tuple[str, ...] = ()) -> pl.Expr:
    """Whether folded words are all known beside a discharge.

    Args:
        words: folded words.
        beside: patterns of further words that may stand there.
    """
    left = words
    for phrase in (*PHRASES, WORDS, *beside):
        left = left.str.replace_all(phrase, " ")
    return (left.str.strip_chars() == "") & ~words.str.contains(UNDONE)
