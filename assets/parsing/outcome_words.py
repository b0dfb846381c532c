"""The words by which a text says whether an order was made: patterns on folded clauses.

Belongs here: the patterns. Does not: how clauses are parted and weighed (`outcomes`).
"""

from assets.parsing.plain_discharges import CONVICTION_GONE, OF_ANOTHER, UNTIL_ENDED

# Folded words are of capitals and digits: `\w`, which stands for the letters of all scripts, takes ten times as long to
# compile.
_ORDER = r"(?:ORDERS?|I?STROS?|I?STPOS?|I?TEROS?|I?TEPOS?)"
_OWN_ORDER = rf"(?:{_ORDER}|RISK ORDER|PREVENTION ORDER|SLAVERY|TRAFFICKING)"
_MAKE = (
    r"(?:MADE|MAKE|MAKES|MAKING|GRANT(?:ED|S|ING)?|IMPOS(?:E|ED|ES|ING)|ISSU(?:E|ED|ING)|PASS(?:ED)?|ORDERED|OBTAINED)"
)
_NOT = (
    r"(?:NOT|NEVER|NEITHER|NOR|CANNOT|UNABLE|REFUS[A-Z0-9]+|DECLIN[A-Z0-9]+|FAILED|NOTHING|NONE"
    r"|(?:WAS|IS|WERE|DOES|DID|HAS|HAVE)NT)"
)
# A short answer after the order named: `STRO: no`.
SHORT_ANSWER = (
    r"(?i)\b(orders?|i?stro|i?stpo|i?tero|i?tepo)\s*[:(?–-]*\s*(?:no|none|nil|n/a|not applicable|not relevant)\s*\)?"
    r"[. ]*$"
)
# Punctuation and words at which a clause ends. `and` ends one before a word for an application or another order.
CLAUSE_ENDS = (
    r"[;:.,()\[\]\n\r–—]|\s[-/|]\s"
    r"|(?i)\b(?:but|however|although|though|whilst|while|instead|in lieu of|rather than)\b"
    r"|(?i)\b(?:and )?(?:replaced|substituted|superseded|merged) (?:by|with|into)\b"
    r"|(?i)\band (?:(?:the|an?|any|no) )?(?:(?:main|full|final|substantive|interim|previous|earlier) )*"
    r"(?:applications?|orders?|hearing|case|matter|proceedings|stro|stpo|tero|tepo|interim"
    r"|slavery|trafficking and exploitation)\b"
    r"|(?i)\b(?:as|because|since) (?:(?:an?|the|full|interim) )*(?:i?st[rp]o|te[rp]o) (?:was |is )?"
    r"(?:made|granted|imposed)\b"
    r"|(?i)\bint(?:erim)?\.? (?:(?:order|stro|stpo) )?(?:was |is )?(?:made|granted|continue[ds]|extended|renewed)\b"
)
# What a clause says that does not speak of the making of an order, taken out first.
ASIDES = (
    r"\bNOT (?:(?:BEEN|BEING|YET|TO BE|AN?) )*(?:OPPOSED|CONTESTED|DISPUTED|RESISTED|CHALLENGED|PRESENT|ATTEND[A-Z0-9]*"
    r"|GUILTY|REPRESENTED|PRODUCED|REFUSED|DISMISSED|DECLINED|REJECTED|WITHDRAWN|ADJOURNED|STRUCK OUT|DISCHARGED"
    r"|REVOKED|QUASHED|VARIED|SERVED|BREACHED|INTERIM|FINAL|KNOWN|ISSUED WITH|RECORDED|ENTERED)\b"
    r"|\b(?:NO|ANY|NIL) (?:BREACH(?:ES)?|APPEALS?|OBJECTIONS?|NOTICE|FURTHER ORDERS?|END|VARIATIONS?|ADJOURNMENTS?)\b"
    r"|\b(?:REFUS|DECLIN)(?:ED|ES|ING) TO (?:SIGN|ATTEND|ANSWER|ENGAGE|COMPLY|ACCEPT|LEAVE|COMMENT|GIVE|PROVIDE|BE)\b"
    r"|\bNO ORDERS? (?:AS TO|FOR) COSTS?\b"
    r"|\b(?:ON|UPON|AFTER|FOLLOWING) APPEAL (?:FROM|AGAINST) (?:THE )?(?:REFUSAL|DISMISSAL)\b"
    r"|\bTO BE SERVED\b|\bAS (?:APPLIED FOR|SOUGHT|REQUESTED|DRAFTED|PER (?:THE )?DRAFT)\b"
    r"|\bIN (?:THE )?TERMS OF (?:THE )?DRAFT\b"
    r"|\bWITHDRAWAL OF (?:THE |ALL )?(?:OBJECTIONS?|OPPOSITION)\b"
    r"|\b(?:WITHOUT|ON|WITH|SHORT) NOTICE\b|\bNOTICE (?:(?:WAS|HAS BEEN|OF (?:THE )?ORDER) )?(?:GIVEN|SERVED)\b"
    r"|\bBREACH (?:OF (?:THIS|THE) ORDER )?(?:IS|WILL|MAY|CARRIES)\b.*"
    r"|\b(?:ON|UPON|BY|FOLLOWING|AFTER|FROM|UNDER|AT|DURING) (?:(?:THE|AN?|POLICE|NCA|GLAA|FORCE|CHIEF"
    r"|CONSTABLES?|THEIR|ITS|WAY OF|FINAL|FULL|MAIN) )*"
    r"(?:APPLICATION|COMPLAINT|SUMMONS|REFERRAL|HEARING)\b"
    r"|\b(?:DETERMINATION|HEARING|DISPOSAL|OUTCOME|CONCLUSION|END|RESOLUTION) OF (?:[A-Z0-9]+ ){0,4}APPLICATIONS?\b"
    r"|\b(?:APPLICATION|REQUEST) (?:FOR (?:AN )?|TO )ADJOURN(?:MENT)?(?: (?:WAS|IS|REFUSED|DECLINED|REJECTED))*\b"
    r"|\bUNLESS\b.*|\bADJOURNED (?:HEARING|DATE)\b|\b(?:SUBJECT TO|UNDER|PENDING|AWAITING) APPEAL\b"
    r"|\b(?:LEAVE|LIBERTY|PERMISSION) TO APPLY\b.*"
    r"|\b(?:LEAVE|PERMISSION) TO APPEAL"
    rf"(?: (?:AGAINST|THE|MAKING|OF|TO|CROWN|COURT|OUT|TIME|{_ORDER}|WAS|IS|GRANTED|GIVEN|REFUSED|DISMISSED))*\b"
    r"|\bAPPLICATION (?:NUMBER|NO|REF(?:ERENCE)?)\b|\b(?:AFTER|FOLLOWING) (?:THE |AN )?ADJOURNMENT\b"
    r"|\b(?:MUST|SHALL|MAY) NOT\b.*|^NOT TO\b.*|\bPROHIBITED FROM\b.*"  # what the order forbids
)
# An interim order binds while the main application waits.
INTERIM_WAITS = r"^(.*\b(?:INT(?:ERIM)?|I(?:STRO|STPO|TERO|TEPO))\b.*?)\b(?:UNTIL|PENDING|AWAITING)\b.*$"
# Matters beside the order: a clause that names one and no order of ours says nothing of it.
OTHER_MATTERS = (
    r"\b(?:COSTS?|BAIL|ANONYMITY|REPORTING|ADJOURN|LEGAL AID|REPRESENTATION|COMPENSATION|FORFEITURE|CONFISCATION"
    r"|DEPRIVATION|RESTRAINING|BANNING|SEXUAL|SHPO|SCPO|SERIOUS CRIME|CBO|CRIMINAL BEHAVIOUR|APPEAL|CHARGES?|OFFENCES?"
    r"|COUNTS?|SPECIAL MEASURES|VIDEO|TIME TO PAY|EXTENSION OF TIME|DISQUALIFICATION|SENTENCE[A-Z0-9]*|PLEA|TRIAL"
    r"|INTERPRETER|COMMUNITY|SURCHARGE|FINE|WARRANT|SEPARATE PENALTY|CONDITIONS?|PROHIBITIONS?)\b"
)
OUR_ORDER = (
    r"\b(?:SLAVERY|TRAFFICKING|EXPLOITATION|I?STROS?|I?STPOS?|I?TEROS?|I?TEPOS?|RISK ORDERS?|PREVENTION ORDERS?)\b"
)
# The order was not made.
REFUSALS = (
    r"\b(?:REFUS(?:E|ED|AL|ES|ING)|REFUSD|DISMISS(?:ED|AL|ES|ING)|DECLIN(?:ED|ES|ING)|REJECT(?:ED|ION|S)|DENIED|DISALLOWED"
    r"|WITHDRAWN|WITHDREW|WITHDRAWAL|WITHDRAWS|STRUCK OUT|STRUCK OFF|STRIKE OUT|STRIKING OUT|ADJOURN(?:ED|MENT|S|ING)?"
    r"|ABANDONED|DISCONTINUED|UNSUCCESSFUL|TURNED DOWN|THROWN OUT|NFAD?|NO FURTHER ACTION|REMITTED"
    r"|REFS?D|DISM(?:S?D)?|ADJD?|W D|WDN|W DRAWN|FELL AWAY|G?WRTHOD[A-Z0-9]*|GOHIRI[A-Z0-9]*|TYNNWYD YN OL)\b"
    r"|\bN MADE\b|\bNO APPLICATIONS? (?:FOR|MADE|WAS)\b|\bNOT (?:IN THE INTERESTS? OF JUSTICE|PROCEEDED WITH)\b"
    r"|\bNOT (?:PROCEED(?:ING)?|PURSUED?|MET|PROVE[DN]|SOUGHT|NECESSARY|APPROPRIATE|JUSTIFIED|SATISFIED"
    r"|SUCCESSFUL|REQUIRED|APPROVED|AUTHORISED|ALLOWED|AGREED)\b"
    r"|\b(?:APPLICATION|HEARING|CASE|MATTER|DECISION)(?: [A-Z0-9]+){0,3}"
    r" (?:POSTPONED|DEFERRED|STAYED|RELISTED|FAILED)\b"
    rf"|\b{_NOT}\b(?: [A-Z0-9]+){{0,7}}? {_MAKE}\b|\bNO LONGER (?:SOUGHT|PURSUED|REQUIRED)\b"
    r"|\b(?:NO|NIL) (?:(?:SUCH|INTERIM|FULL|FINAL|NEW|FORMAL|SUBSTANTIVE|SLAVERY|AND|TRAFFICKING|EXPLOITATION|RISK"
    rf"|PREVENTION|S|T|E|VALID) )*{_ORDER}\b"
)
# Refused for good, which determines the application (R13; MSA ss.21(7), 28(7)): clauses of these words alone, and those
# that say that the interim order is over. `Refusal of`, `application to dismiss` and whatever else stands there is not.
_PLAIN = (
    r"(?:THE|AN?|FULL|FINAL|SUBSTANTIVE|MAIN|POLICE|NCA|GLAA|APPLICATION|FOR|AND|SLAVERY|TRAFFICKING|EXPLOITATION|RISK"
    r"|PREVENTION|ORDER|STRO|STPO|TERO|TEPO|WAS|IS|BY|COURT|MAGISTRATES|TODAY|REFUSED|DISMISSED)"
)
_A_DAY = r"(?: (?:OF|MADE|DATED|ON|\d{1,4}(?:ST|ND|RD|TH)?|(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*))*"
PLAINLY_REFUSED = rf"^{_PLAIN}(?: {_PLAIN})*$"
INTERIM_OVER = (
    rf"^(?:AND )?(?:THE )?INTERIM (?:(?:SLAVERY|AND|TRAFFICKING|RISK|PREVENTION) )*{_ORDER}{_A_DAY} (?:IS |WAS )?"
    r"(?:LAPSE[DS]|CEASE[DS](?: TO HAVE EFFECT)?|END(?:S|ED)|DETERMINED|FALLS(?: AWAY)?)$"
)
# Not made yet, or not the making of it.
_TO_COME = r"(?:TO|WILL|MAY|MIGHT|COULD|CAN|SHOULD|WOULD|MUST|IF) (?:BE )?"
APPLICATIONS = (
    r"\b(?:APPLICATIONS?|APP|APPLIED FOR|APPLY(?:ING)? FOR|APPLIES FOR|PROPOS(?:ED|AL|ING)|DRAFT(?:ED)?|SOUGHT"
    r"|SEEK(?:ING|S)?|REQUEST(?:ED|ING|S)?|RECOMMEND(?:ED|ATION)|CONSIDER(?:S|ED|ING|ATION)?|UNDECIDED|PLANNED|INTEND(?:ED|S|ING)?)\b"
    rf"|\b{_OWN_ORDER} (?:IS |STILL )?(?:PENDING|AWAITED|AWAITING (?:HEARING|DECISION|OUTCOME|COURT))\b"
    r"|\b(?:PENDING|AWAITING|FUTURE|POSSIBLE|POTENTIAL) (?:(?:INTERIM|FULL|SLAVERY|AND|TRAFFICKING|RISK|PREVENTION) )*"
    rf"{_ORDER}\b|^(?:(?:JUDGE?MENT|DECISION) (?:IS )?RESERVED|RESERVED (?:JUDGE?MENT|DECISION))$"
)
# What comes before an order is made; it says so only beside the order named, and no word of making.
STEPS_BEFORE = (
    r"\b(?:REFERRALS?|REFERRED|SUMMONS|COMPLAINT|ENQUIR(?:Y|IES)|ADVICE|WARNING|MENTION|CASE MANAGEMENT"
    r"|PREPARATION|PREPARED|(?:TO BE )?LISTED|RELISTED|SET DOWN|STOOD (?:DOWN|OVER)"
    r"|(?:JUDGE?MENT|DECISION) (?:IS )?RESERVED|RESERVED (?:JUDGE?MENT|DECISION))\b"
    r"|\bHEARING OF\b|\bHEARING(?: (?:VACATED|FIXED|LISTED|DATE))?$"
)
OF_RISK, OF_PREVENTION = r"\b(?:I?STROS?|I?TEROS?|RISK ORDERS?)\b", r"\b(?:I?STPOS?|I?TEPOS?|PREVENTION ORDERS?)\b"
OF_INTERIM = r"\b(?:INTERIM|I(?:STRO|STPO|TERO|TEPO)|PREVIOUS|EARLIER|EXISTING|OLD|FORMER)\b"
# Words that leave open whether the order stands: it is kept, in doubt.
OPEN_WORDS = (
    r"\b(?:STAYED|SUSPENDED|DEFERRED|POSTPONED|VACATED|VOID(?:ED)?|IN ERROR|LAPSED|CEASED|TERMINATED|ENDED"
    r"|ABATED|TRANSFERRED|DISPENSED WITH|(?:NIL|NO|NOT) DETERMIN(?:ATION|ED)"
    r"|UNDER REVIEW|LIES? ON (?:THE )?FILE|EXPIRED|(?:CAME|BROUGHT) TO AN END)\b"
    rf"|\b{_ORDER} (?:(?:WAS|IS|NOW|BEEN|HAS) )*(?:LIFTED|REMOVED|DROPPED)\b"
)
# These leave it open too, unless a clause names the order and says that it was made.
DOUBTING_WORDS = (
    r"\bTO BE CONSIDERED\b|\bTO FOLLOW$|\bDUE TO BE\b|^(?:INSTEAD OF|IN LIEU OF|RATHER THAN)\b"
    r"|\b(?:TBC|O S|OUTSTANDING|AWAITING)$"
    r"|\b(?:LACK OF|INSUFFICIENT) EVIDENCE\b|\bNO CASE(?: TO ANSWER)?$"
    r"|^(?:DEFERRED|POSTPONED|STAYED|SUSPENDED|VACATED|(?:NIL|NO|NOT) DETERMIN(?:ATION|ED)|DISPENSED WITH|ABATED)$"
    r"|^BREACH (?:(?:NOT|FOUND) )*(?:PROVE[DN]|ADMITTED)\b"
)
# Steps before an order is made, and a breach of one: they leave it open unless a clause says that something was made.
STEPS_OR_BREACH = (
    r"\b(?:CONTESTED|IN PROGRESS|ONGOING)$"
    rf"|\b{_ORDER} (?:FIRST |FURTHER |NEXT |FULL |FINAL )?HEARING\b|^(?:RE)?LISTED (?:ON |FOR )?[0-9]"
    r"|\bTRIAL FIXED\b|\bDIRECTIONS (?:GIVEN|MADE)\b|\bTO FILE\b|\bCOMMITTED TO (?:THE )?CROWN\b|\bNO ADJUDICATION\b"
    r"|^FAIL(?:ED|URE|S|ING)? TO (?:NOTIFY|SURRENDER|COMPLY)\b"
)
# What another matter than the making was refused; and an order plainly made, whatever else was refused.
_OTHER_MATTER = r"VARY|VARIATIONS?|AMEND|DISCHARGE|REVOKE|REVOCATION|EXTEND|EXTENSION|RENEW|RENEWAL"
OTHER_REFUSED = (
    rf"\b(?:{_OTHER_MATTER}|RESCIND|QUASH|ANNUL|CANCEL|TERMINATE|SUSPEND|SUSPENSION|STAY"
    r"|TO (?:SET ASIDE|LIFT|REMOVE))\b"
)
PLAINLY_MADE = (
    r"^(?:(?:AN?|THE|FULL|INTERIM) )*(?:I?STRO|I?STPO|TERO|TEPO|SLAVERY AND TRAFFICKING (?:RISK|PREVENTION) ORDER)"
    r" (?:WAS |IS )?(?:MADE|GRANTED|IMPOSED)\b"
)
# So does an appeal that was allowed: the order may be quashed, or varied. Against a refusal it makes one.
APPEAL_WON = r"\bAPPEALS?\b.*\b(?:ALLOWED|UPHELD|SUCCEED(?:S|ED)|SUCCESSFUL|GRANTED|WON)\b"
AGAINST_REFUSAL = r"\bREFUS(?:AL|ING)\b|\bDISMISSAL\b|\bNOT TO (?:MAKE|GRANT|IMPOSE)\b"
# Words by which a clause turns, that a slip must not hide: `dissmissed`, `refsued`.
TURNS = (
    "REFUSED", "DISMISSED", "DECLINED", "REJECTED", "WITHDRAWN", "ADJOURNED", "ABANDONED", "DISCONTINUED",
    "DISCHARGED", "REVOKED", "QUASHED",
)  # fmt: skip
OTHER_PAPERS = (
    rf"\bNOTICES? (?:OF|RE|FOR|TO)\b|\bBREACH(?:ES|ED|ING)? (?:OF )?(?:[A-Z0-9]+ ){{0,8}}?{_ORDER}\b"
    rf"|\b{_ORDER} BREACH(?:ES)?\b"
    rf"|\b(?:FAIL(?:ED|S|URE|ING)? TO COMPLY|CONTRAVEN[A-Z0-9]+|NON COMPLIANCE)"
    rf" (?:WITH )?(?:[A-Z0-9]+ ){{0,8}}?{_ORDER}\b"
    rf"|\b(?:VARIATIONS?|VARYING|VARY|DISCHARGE|REVOKE|REVOCATION)"
    rf" (?:OF|TO|APPLICATION|REQUEST|ONLY|AN?|THE|{_OWN_ORDER})\b"
    rf"|\b{_ORDER} VARIATIONS?\b|^VARIATIONS?$|^VARIATION ONLY$"
)
# Words that make the order so, whatever paper it came by; and weaker ones, that may be said of the paper.
GRANTS = r"\b(?:GRANTED|GRANTS|ALLOWED|IMPOSED|IMPOSES|APPROVED|UPHELD|CONFIRMED|SUCCESSFUL|SUCCEED(?:S|ED))\b"
REPLACING = r"^(?:AND )?(?:REPLACED|SUBSTITUTED|SUPERSEDED|MERGED) (?:BY|WITH|INTO)\b"
MAKINGS = (
    r"\b(?:MADE|MAKES|ISSUED|PASSED|ORDERED|OBTAINED|SECURED|REMADE|VARIED|EXTENDED|RENEWED|AMENDED|CONTINUE[DS]?|SERVED"
    r"|REDUCED|REMAINS?|STANDS|IN FORCE|IN PLACE)\b|^ORDERS? (?:FOR|OF) [0-9]+ (?:YEARS?|YRS?|MONTHS?|MTHS?)\b"
    r"|\bAPPLICATION(?: [A-Z]+){0,8} PROVE[DN]\b|"
    rf"{REPLACING}"
    rf"|\b{_ORDER} (?:(?:WAS|IS|BEEN|HAS) )*SUBSTITUTED\b"
)
PAPER_MADE = (
    r"\b(APPLICATIONS?|REQUEST|NOTICE|PROPOSAL|SUMMONS|COMPLAINT) (?:(?:HAS|HAVE|WAS|IS|BEEN|BEING|TO BE|WILL BE) )*"
    r"(?:MADE|ISSUED|LODGED|SERVED|FILED|SUBMITTED|SENT|RECEIVED|LISTED)\b"
)
MADE_LATER = rf"\b{_TO_COME}{_MAKE}\b"
ADJOURNED = r"\bADJOURN"
DISCHARGES = (
    r"\b(?:DISCHARGE[DS]|DISCHD?|DISCHGD|D C|REVOKE[DS]|QUASHE[DS]|OVERTURN(?:ED|S)|RESCIND(?:ED|S)|SETS? ASIDE"
    r"|CANCELL?ED|ANNULLED|NULLIFIED|RHYDDHAWYD|DIRYMWYD|DIDDYMWYD)\b"
    rf"|\b{_ORDER} (?:(?:WAS|IS|BEEN|HAS) )*RECALLED\b"  # the word of Scottish courts
)
# The end of some conditions varies the order, which goes on.
_PART = r"(?:COND(?:ITION)?S?|PROHIBITIONS?|PARAGRAPHS?|PARAS?|RESTRICTIONS?|REQUIREMENTS?|CLAUSES?)"
_OF_THE_ORDER = (
    rf"(?:OF|IN|FROM|ON) (?:THE |THIS )?(?:(?:INTERIM|SLAVERY|AND|TRAFFICKING|EXPLOITATION|RISK|PREVENTION) )*{_ORDER}"
)
PART_ENDED = (
    rf"\b({_PART}(?: (?:NOS?|NUMBERS?|[0-9]+[A-Z]?|[A-Z]|AND|TO|ALL|ONLY|{_OF_THE_ORDER}))*)"
    r" (?:(?:WAS|WERE|IS|ARE|HAS|HAVE|BEEN|BE|NOW|TO) )*"
    r"(?:DISCHARGE[DS]|REVOKED|QUASHED|RESCINDED|SET ASIDE|CANCELL?ED|REMOVED|DELETED|LIFTED|RELAXED"
    r"|ADDED|STRUCK OUT|CEASE[DS]?)\b"
)
RAN_OUT = r"\bNO LONGER (?:IN FORCE|ACTIVE|LIVE)\b"
WITH_ALL_PARTS = rf"\b({_ORDER}) (?:AND|WITH) (?:ITS |THE )?ALL (?:THE |ITS |OF THE )?{_PART}\b"
DISCHARGED_IN_PART = (
    r"\b(?:PART(?:IAL|LY|IALLY)?|IN PART) (?:DISCHARGED?|REVOKED|QUASHED)\b"
    r"|\b(?:DISCHARGED|REVOKED|QUASHED) (?:(?:ONLY )?IN PART|PART(?:LY|IALLY)|(?:ONLY )?AS (?:TO|REGARDS)"
    rf"(?: (?:[0-9]+|THE))* {_PART}|(?:ONLY )?{_PART} [0-9]+)\b"
)
PARTLY_ENDED = rf"{PART_ENDED}|{DISCHARGED_IN_PART}"
NOT_CHANGED = r"\bNOT (?:BEEN )?(?:VARIED|EXTENDED|RENEWED|AMENDED|REDUCED)\b"
# An end that is still to come is none yet.
ENDED_LATER = rf"\b{_TO_COME}(?:DISCHARGED|REVOKED|QUASHED|RESCINDED|SET ASIDE|CANCELLED|VARIED|EXTENDED)\b"
DISCHARGE_GRANTED = r"\b(?:DISCHARGE|REVOKE|REVOCATION|QUASH)\b.*\b(?:GRANTED|ALLOWED|APPROVED)\b"
# What became of an order made before: it was changed, or goes on as it was.
CHANGES = (
    r"\b(?:CORRECTIONS?|SLIP RULE|VARIE[DS]|EXTEND(?:ED|S)|RENEW(?:ED|S)|AMENDED|CORRECTED|REDUCE[DS]|PROLONGED)\b"
)
OF_CONDITIONS = r"\b(?:CONDITIONS?|PROHIBITIONS?)\b"
CHANGE_GRANTED = rf"\b(?:{_OTHER_MATTER})\b.*\b(?:GRANTED|ALLOWED|APPROVED|MADE|ORDERED|SUCCESSFUL)\b"
ANY_CHANGE = rf"{CHANGES}|{CHANGE_GRANTED}"
GOES_ON = r"\b(?:CONTINUE[DS]?|REMAINS?|STANDS|REINSTATED)\b"
MAY_BE_ASKED = (
    r"\b(?:LEAVE|PERMISSION) TO APPLY\b.*\b(?:GRANTED|GIVEN|REFUSED)\b"
    rf"|\b(?:LEAVE|PERMISSION) TO APPEAL\b.*\b{_ORDER} (?:(?:WAS|IS) )*(?:REFUSED|DISMISSED)\b"
)
CONFIRMED = r"\b(?:UPHELD|CONFIRMED|AFFIRMED)\b"
NOT_ENDED = (
    r"\bNOT (?:BEEN )?(?:DISCHARGED|REVOKED|QUASHED|VARIED|EXTENDED|RENEWED)\b|\bDUE FOR (?:DISCHARGE|REVOCATION)\b"
    r"|\b(?:DISCHARGE|REVOCATION) HEARING\b"
)
CALLED_IN_DOUBT = (
    r"\b(?:STAYED|SUSPENDED|VACATED|LAPSE[DS]|CEASE[DS]|TERMINATED|ENDED|EXPIRED|(?:CAME|BROUGHT) TO AN END)\b"
    rf"|\b{_ORDER} (?:(?:WAS|IS|NOW|BEEN|HAS) )*(?:LIFTED|REMOVED)\b"
    rf"|\b{_ORDER} (?:DISCHARGE|REVOCATION)$|^(?:DISCHARGE|REVOCATION) OF (?:[A-Z]+ ){{0,6}}?{_ORDER}$"
)
SPEAKS_OF_EARLIER = (
    r"(?i)\b(?:var[iy]|exten[ds]|renew|amend|correct|disch|revo[ck]|quash|rescind|sets? aside|overturn|annul|cancel"
    r"|continu|remain|appeal)"
)
_DAY = (
    r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)?(?: day of| of)?[ /.-]"
    r"(?:\d{1,2}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})[ /.,-]{1,2}\d{2,4})"
)
_MADE_WHEN = r"(?:made|dated|granted|imposed|issued|passed|given)(?: (?:at|by) (?:[\w'’]+ ){1,6}?)?(?: ?on)?"
# An order named by the day on which it was made: `order of 3 March 2024`, `STRO (made on 03/03/2024)`.
ORDER_OF_DAY = (
    r"(?i)(?:\b(orders?|i?st[rp]os?|te[rp]os?)\b[,(:]*(?: ?\(| (?:that|which) (?:was|were))? ?"
    rf"(?:of|from|{_MADE_WHEN})? ?|\b{_MADE_WHEN} )(?:the )?({_DAY})\)?"
)
WITHOUT_CONVICTION = rf"\bCONVICTION GONE\b|\b{_ORDER} (?:TO )?FALLS?$"
ANY_ORDER = rf"\b{_ORDER}\b"
# What an application came to, behind punctuation at which a clause would end: `application to discharge - granted`.
ANSWER_BEHIND = (
    r"(?i)\b(vary|variation|discharge|revoke|revocation|extend|extension|renew|renewal)((?: of)?(?: the| this)?"
    r"(?: order| i?st[rp]o)?) ?[:;,(–—-]+ ?((?:not )?granted|(?:not )?allowed|refused|dismissed|rejected|withdrawn"
    r"|adjourned)\b"
)
# The day from which words say that it took effect.
EFFECT_DAY = (
    r"(?i)\b(?:with effect (?:from|on)|w\.?e\.?f\.?|effective(?: from| on)?|(?:discharged|revoked|quashed|rescinded"
    rf"|cancelled)(?: on| from| as of| as from)?) (?:the )?({_DAY})"
)
# What is put in place of words, one after the other, before a clause is judged.
IN_PLACE = (
    (UNTIL_ENDED, ""), (OF_ANOTHER, "OTHER"), (CONVICTION_GONE, "CONVICTION GONE"), (ASIDES, " "), (RAN_OUT, "LAPSED"),
    (WITH_ALL_PARTS, "$1"), (PART_ENDED, "$1 VARIED"), (DISCHARGED_IN_PART, "VARIED"), (PAPER_MADE, "$1"), (" +", " "),
)  # fmt: skip
