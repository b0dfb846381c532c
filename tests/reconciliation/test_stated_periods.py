"""What the words of conditions say of their periods, and which of it counts where sources differ."""

from datetime import date

import polars as pl
import pytest

from reconciliation.stated_periods import FROM, UNTIL, find_stated_periods, stated_day, stated_months


@pytest.mark.parametrize(
    ("text", "months"),
    [
        pytest.param("Not to travel to Romania for 5 years", 60, id="figures"),
        pytest.param("NOT TO TRAVEL ABROAD FOR A PERIOD OF SEVEN YEARS", 84, id="words"),
        pytest.param("Not to leave the UK for five (5) years", 60, id="words and figures"),
        pytest.param("no travel outside UK for 18 mths", 18, id="abbreviated"),
        pytest.param("Not to travel outside the UK for a\nterm of 2 yrs", 24, id="broken over lines"),
        pytest.param("Not to leave the United Kingdom for a fixed period of 1 year", 12, id="one year"),
        pytest.param("Not to travel outside the UK", None, id="no period"),
        pytest.param("Not to travel abroad without 28 days' notice", None, id="days of notice are no period"),
        pytest.param("Not to travel with anyone aged 5 years", None, id="an age"),
        pytest.param(None, None, id="no text"),
    ],
)
def test_words_give_a_period(text, months):
    assert pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(stated_months()).item() == months


def wordings(**texts):
    return pl.DataFrame(
        [
            {"order_id": "one", "condition_code": "C27", "kind": "travel", "source": source, "text": text}
            for source, text in texts.items()
        ]
    )


@pytest.mark.parametrize(
    ("texts", "months"),
    [
        pytest.param({"court": "for 2 years", "pnc": "for 5 years", "pnd": "for 5 yrs"}, [60], id="most sources"),
        pytest.param({"court": "for 2 years", "pnc": "for 5 years"}, [60], id="of equals the longest"),
        pytest.param(
            {"court": "for 5 years", "pnc": "for 2 years", "pnd": "for 2 yrs"}, [60], id="the court's, if longer"
        ),
        pytest.param({"court": "for 2 years", "pnc": "Not to travel"}, [24], id="the court alone"),
        pytest.param(
            {"court": "Not to travel", "pnc": "for 2 years"}, [], id="one police source of two does not end it"
        ),
        pytest.param(
            {"court": "Not to travel", "pnc": "for 2 years", "rocu": "for 2 yrs"}, [24], id="two police sources"
        ),
        pytest.param({"rocu": "for 2 years"}, [24], id="the only source that holds it"),
        pytest.param({"court": "Not to travel"}, [], id="none"),
    ],
)
def test_the_period_that_sources_give(texts, months):
    assert find_stated_periods(wordings(**texts)).get_column("stated_months").to_list() == months


@pytest.mark.parametrize(
    ("pattern", "text", "day"),
    [
        pytest.param(UNTIL, "Not to drive until 3 May 2027", date(2027, 5, 3), id="a day in words"),
        pytest.param(UNTIL, "NOT TO DRIVE UNTIL 03/05/2027", date(2027, 5, 3), id="figures"),
        pytest.param(UNTIL, "up to and including the 3rd day of May, 2027", date(2027, 5, 3), id="in full"),
        pytest.param(UNTIL, "till 3.5.27", date(2027, 5, 3), id="two digits of the year"),
        pytest.param(UNTIL, "until\nmidnight on 2027-05-03", date(2027, 5, 3), id="broken over lines"),
        pytest.param(UNTIL, "until further order", None, id="no day"),
        pytest.param(UNTIL, "until May 2027", None, id="a month is no day"),
        pytest.param(UNTIL, "until 31 February 2027", None, id="a day that there is not"),
        pytest.param(UNTIL, "not to hold a passport dated 3 May 2027", None, id="another day"),
        pytest.param(FROM, "from 1 June 2025 for 5 years", date(2025, 6, 1), id="a first day"),
        pytest.param(FROM, "from 1 High Street", None, id="an address"),
    ],
)
def test_words_give_a_day(pattern, text, day):
    assert pl.DataFrame({"text": [text]}).select(stated_day(pattern)).item() == day


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        pytest.param(
            "prohibition",
            {"court": "not to drive until 3 May 2027", "pnc": "NOT TO DRIVE UNTIL 4/5/27"},
            {"stated_until": date(2027, 5, 4)},
            id="of several last days the latest",
        ),
        pytest.param("prohibition", {"court": "until 3 May 2027", "pnc": "NOT TO DRIVE"}, {}, id="one leaves it out"),
        pytest.param(
            "travel", {"court": "until 3 May 2027", "pnc": "NO TRAVEL"}, {"stated_until": date(2027, 5, 3)}, id="travel"
        ),
        pytest.param(
            "travel",
            {"court": "for 5 years from the date of his release", "pnc": "for 5 years"},
            {"is_from_release": True},
            id="from release nothing is known",
        ),
        pytest.param(
            "prohibition",
            {"court": "for 2 years from 1 June 2025", "pnc": "from 2 June 2025 for 2 years"},
            {"stated_months": 24, "stated_from": date(2025, 6, 1), "runs_from": date(2025, 6, 2)},
            id="first days",
        ),
        pytest.param(
            "prohibition",
            {"court": "for 2 years from 1 June 2025", "pnc": "for 2 years"},
            {"stated_months": 24, "runs_from": date(2025, 6, 1)},
            id="a first day that one source gives moves the end alone",
        ),
    ],
)
def test_what_counts_of_what_sources_say(kind, texts, expected):
    rows = wordings(**texts).with_columns(kind=pl.lit(kind))
    found = find_stated_periods(rows).drop("order_id", "condition_code").to_dicts()
    said = {name: value for row in found for name, value in row.items() if value}
    assert said == expected


@pytest.mark.parametrize(
    ("texts", "months"),
    [
        pytest.param(
            {"court": "Not to own a van for 2 years", "pnc": "NOT TO OWN A VAN FOR 2 YRS"}, 24, id="all say so"
        ),
        pytest.param(
            {"court": "Not to own a van for 2 years", "pnc": "NOT TO OWN A VAN"}, None, id="one leaves it out"
        ),
    ],
)
def test_a_prohibition_that_is_none_on_travel_lapses_only_if_every_source_says_when(texts, months):
    row = {"order_id": "ORD-1", "condition_code": "C01", "kind": "prohibition"}
    wordings = pl.DataFrame([row | {"source": source, "text": text} for source, text in texts.items()])
    assert find_stated_periods(wordings).get_column("stated_months").to_list() == ([months] if months else [])
