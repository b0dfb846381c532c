"""Courts, forces and offences as sources write them."""

import polars as pl
import pytest

from assets.parsing.courts import resolve_courts
from assets.parsing.forces import resolve_forces
from assets.parsing.offences import resolve_offences
from assets.parsing.places import nearest_entry
from warehouse.codes import reference


def court(text: str | None, order_type: str | None = None, is_interim: bool | None = None) -> str | None:
    values = pl.DataFrame(
        {"court_as_written": [text], "order_type": [order_type], "is_interim": [is_interim]},
        schema={"court_as_written": pl.String, "order_type": pl.String, "is_interim": pl.Boolean},
    )
    return resolve_courts(values).item(0, "court_code")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("C33LC00", "C33LC00", id="code"),
        pytest.param("B33HU", "B33HU00", id="first five characters of a code"),
        pytest.param("B33HU07", "B33HU00", id="code with a room"),
        pytest.param("LEICESTER MAGISTRATES' COURT", "B33HU00", id="name in capitals"),
        pytest.param("LEICESTER MC", "B33HU00", id="MC"),
        pytest.param("Leicester Mags", "B33HU00", id="Mags"),
        pytest.param("Taunton CC", "C52TA00", id="CC"),
        pytest.param("STOKE-ON-TRENT CROWN COU", "C21SK00", id="cut in the word court"),
        pytest.param("NORTH STAFFORDSHIRE JUST", "B21JI00", id="cut in a name of its own"),
        pytest.param("KINGSTON UPON THAMES CRO", "C01KT00", id="cut in the word crown"),
        pytest.param("Leicster Mags", "B33HU00", id="misspelt town"),
        pytest.param("Leicester Crwon Court", "C33LC00", id="misspelt type"),
        pytest.param("NORHT SHIELDS MC", "B10JQ00", id="misspelt, with a near neighbour"),
        pytest.param("MANCHESTER CROWN COURT (", None, id="cut where two courts part"),
        pytest.param("Manchester CC", None, id="two Crown Courts"),
        pytest.param("Manchester Crown Ct (Crown Square)", "C06MC00", id="site in brackets"),
        pytest.param("Manchester CC (Minshull St)", "C06MM00", id="site cut short"),
        pytest.param("MANCHESTER CC MINSHUL STREET", "C06MM00", id="site misspelt, without brackets"),
        pytest.param("BELFAST MC (LAGANSIDE)", "NI-BELFAST-MC", id="one site of two courts"),
        pytest.param("Leeds CC (Minshull Street)", None, id="a site that the town does not have"),
        pytest.param("Manchester CC (Oxford Road)", None, id="a site not listed"),
        pytest.param("Bury Magistrates' Court", None, id="a court not listed"),
        pytest.param("B99ZZ00", None, id="code not listed"),
        pytest.param("n/k", None, id="not known"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_court_named(text, code):
    assert court(text) == code


@pytest.mark.parametrize(
    ("town", "order_type", "is_interim", "code"),
    [
        pytest.param("Leicester", "STRO", False, "B33HU00", id="risk order: magistrates"),
        pytest.param("Leicester", "STPO", False, "C33LC00", id="prevention order: Crown Court"),
        pytest.param("Poole", "STPO", False, "B55KL00", id="prevention order, no Crown Court in town"),
        pytest.param("Leicester", "STPO", True, "B33HU00", id="interim order: magistrates"),
        pytest.param("Manchester", "STPO", False, None, id="two Crown Courts in town"),
        pytest.param("Manchester (Minshull Street)", "STPO", False, "C06MM00", id="two Crown Courts, the site named"),
        pytest.param("Leicester", None, None, None, id="kind of order not known"),
        pytest.param("Mold", "STRO", False, None, id="risk order, no magistrates in town"),
        pytest.param("Birmingham", "STRO", False, "B20BL00", id="a youth court must be named"),
    ],
)
def test_a_town_alone_is_settled_by_the_order(town, order_type, is_interim, code):
    assert court(town, order_type, is_interim) == code


def test_every_listed_court_is_found_by_its_name_and_its_code():
    listed = reference("courts").select("code", "name")
    for column in ("code", "name"):
        values = listed.select(
            court_as_written=column, order_type=pl.lit(None, pl.String), is_interim=pl.lit(None, pl.Boolean)
        )
        found = resolve_courts(values).join(listed, left_on="court_as_written", right_on=column)
        expected = "code" if column == "name" else "court_as_written"
        assert found.filter(pl.col("court_code").ne_missing(pl.col(expected))).is_empty()


def test_a_town_alone_scores_lower_than_a_court_named():
    values = pl.DataFrame(
        {"court_as_written": ["Leicester", "Leicester CC"], "order_type": "STPO", "is_interim": False}
    )
    scores = dict(resolve_courts(values).select("court_as_written", "court_score").iter_rows())
    assert scores["Leicester"] < scores["Leicester CC"]


@pytest.mark.parametrize(
    ("text", "code", "is_named"),
    [
        pytest.param("61", "61", True, id="code"),
        pytest.param("1", "01", True, id="code without its zero"),
        pytest.param("02", "01", True, id="legacy code"),
        pytest.param("76", "PS", True, id="legacy Scottish force"),
        pytest.param("Gwent Police", "61", True, id="name"),
        pytest.param("Gwent", "61", True, id="name without police"),
        pytest.param("Metropolitan Service", "01", True, id="name cut short"),
        pytest.param("Devon & Cornwall", "50", True, id="ampersand"),
        pytest.param("GMP", "06", True, id="alias"),
        pytest.param("Hampshire Constabulary", "44", True, id="former name"),
        pytest.param("Gwnet Police", "61", True, id="misspelt"),
        pytest.param("Chief Constable of Gwent", "61", True, id="officer of a force"),
        pytest.param("Chief Constable", None, False, id="officer alone"),
        pytest.param("Chief Officer of Police", None, False, id="chief officer alone"),
        pytest.param("99", None, True, id="code not listed"),
        pytest.param("Borsetshire Police", None, True, id="force not listed"),
    ],
)
def test_a_force(text, code, is_named):
    found = resolve_forces(pl.Series([text]))
    assert found.select("force_code", "is_force_named").row(0) == (code, is_named)


def test_every_listed_force_is_found_by_its_code_and_name():
    listed = reference("forces").filter(pl.col("code") == pl.col("current_code"))
    for column in ("code", "name"):
        found = resolve_forces(listed[column]).join(listed, left_on="force_as_written", right_on=column)
        assert found.filter(pl.col("force_code") != pl.col("current_code")).is_empty()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("MS15001", "MS15001", id="code"),
        pytest.param("ms15001c", "MS15001C", id="code in small letters"),
        pytest.param("Arson endangering life", "CD71003", id="title"),
        pytest.param("Forced marrage", "AS14012", id="misspelt title"),
        pytest.param("Trafficking into the UK for sexual exploitation (2003 Act s.", "SX03120", id="title cut at 60"),
        pytest.param("Hold a person in slavery or servitude", None, id="title of two offences"),
        pytest.param("MS15099", None, id="code not listed"),
        pytest.param("Riding a horse furiously", None, id="title not listed"),
    ],
)
def test_an_offence(text, code):
    assert resolve_offences(pl.Series([text])).item(0, "offence_code") == code


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        pytest.param("LEEDS", "LEEDS", id="exact"),
        pytest.param("LEDES", "LEEDS", id="neighbours swapped"),
        pytest.param("DERBX", None, id="two entries equally near"),
        pytest.param("ABC", None, id="too short to guess"),
    ],
)
def test_the_nearest_entry(text, entry):
    assert nearest_entry(text, ["DERBY", "DERBE", "LEEDS"])[0] == entry
