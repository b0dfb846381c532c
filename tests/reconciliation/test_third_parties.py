"""People whom a condition names are left out of what is published."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.name_forms import listed_forenames
from reconciliation.third_parties import mask_names, mask_text
from warehouse.codes import reference

NAMED = [
    ("Not to contact or approach Jana NOVAK by any means", "Not to contact or approach [named person] by any means"),
    ("NOT TO CONTACT OR APPROACH JANA NOVAK BY ANY MEANS", "NOT TO CONTACT OR APPROACH [named person] BY ANY MEANS"),
    ("not to contact jana novak in Leeds", "not to contact [named person] in Leeds"),
    ("No direct or indirect contact with J.N.", "No direct or indirect contact with [named person]"),
    (
        "Must not communicate with Amy O'Toole (d.o.b. 01/02/2003)",
        "Must not communicate with [named person] (d.o.b. [date of birth])",
    ),
    ("Not to associate with Ion Popa or Ștefan van der Berg", "Not to associate with [named person] or [named person]"),
    ("Not to contact 王小明 by any means", "Not to contact [named person] by any means"),
    ("Not to contact his daughter Emilia", "Not to contact his daughter [named person]"),
    ("No contact w/ witnesses in Op Jana Novak", "No contact w/ witnesses in Op [named person]"),
    ("No contact with Mr House or Miss Street", "No contact with Mr [named person] or Miss [named person]"),
    ("Not to associate with Dawn Law", "Not to associate with [named person]"),
    ("Not to contact Jana Novak (born 1 May 1980)", "Not to contact [named person] (born [date of birth])"),
    (
        "Not to contact Will Young at 22 High Street, Leeds LS1 4AB",
        "Not to contact [named person] at [address]",
    ),
    (
        "Not to approach the home of Bill Price, 12a Mill Rd, Hull HU3 4QQ",
        "Not to approach the home of [named person], [address]",
    ),
    ("Must not enter Flat 3, 22 Acacia Avenue", "Must not enter [address]"),
    ("Not to go within 100 metres of 5 The Close, Harrogate, HG1 2AB", "Not to go within 100 metres of [address]"),
    (
        "Not to phone 07700 900123 or write to jana@example.com",
        "Not to phone [contact details] or write to [contact details]",
    ),
    ("Not to contact April May June directly or indirectly", "Not to contact [named person] directly or indirectly"),
    ("Not to approach June Field until 3 May 2027", "Not to approach [named person] until 3 May 2027"),
    ("Not to contact April and June", "Not to contact [named person] and [named person]"),
    ("No contact: Jana Novak; Ion Popa, and AB", "No contact: [named person]; [named person], and [named person]"),
]


@pytest.mark.parametrize(("text", "published"), NAMED)
def test_a_person_is_not_named(text, published):
    assert mask_text(text) == published


@pytest.mark.parametrize(
    "text",
    [
        "Not to interfere with any prosecution witness",
        "No contact w/ witnesses in Op Zinc",
        "NO CONTACT W/ WITNESSES IN OP ZINC",
        "Not to have contact with any person under 18 save where unavoidable in daily life",
        "Not to contact directly or indirectly anyone in Bradford",
        "NOT TO CARRY ANY PERSON UNDER 18 IN A VEHICLE EXCEPT OWN FAM",
        "Not to enter Leicester town centre",
        "Not to travel to Romania for 5 years",
        "Not to contact anyone in Leeds between April and June",
        "Not to travel abroad before May 2025",
        "Not to enter Leeds in May or June",
        "Must not be in company of co-defendants",
        "Not to enter Leeds city centre",
        "Not to have more than 2 phones in the house",
        "Must give 7 days' notice to West Yorkshire Police",
        "Not to enter Bridge Street, Leeds between 18:00 and 06:00",
        "Not to have any contact with employees of car washes or nail bars",
        "NOT TO CONTACT ANY LODGER, TENANT OR SQUATTER",
        "not to contact complainants, their relatives or neighbours",
        "Not to approach the restaurant, takeaway or hotel",
        "NO CONTACT WITH PROSECUTION WITNESSES BY WHATSAPP, FACEBOOK OR SNAPCHAT",
        "Not to employ or be in company of Polish or Vietnamese workers",
        "Must not associate with anybody who uses heroin or cocaine",
    ],
)
def test_what_names_nobody_is_published_as_it_is(text):
    assert mask_text(text) == text


WORDINGS = [
    wording
    for wordings in reference("conditions").filter(pl.col("code").is_in(["C03", "C05"])).get_column("wordings")
    for wording in wordings.split("|")
    if "{name}" in wording
]
NAMES = reference("family_names").get_column("name").to_list()


@given(st.sampled_from(WORDINGS), st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), st.booleans())
def test_no_name_in_a_wording_of_the_catalogue_is_published(wording, name, is_in_capitals):
    text = wording.format(name=" ".join(name), dob="01/02/2003")
    published = mask_text(text.upper() if is_in_capitals else text).casefold()
    assert not [part for part in name if part.casefold() in published.replace("[named person]", "")]


def test_no_name_that_is_known_is_an_ordinary_word():
    words = reference("condition_words").filter(pl.col("kind").is_in(["ordinary", "proper"]))["word"]
    months = {"april", "may", "june"}  # known as names too, and judged by what stands beside them
    names = {name.casefold() for name in (*listed_forenames(), *NAMES)}
    assert set(words) & names <= months | {"august", "will"}


def test_a_text_is_marked_if_it_names_a_person():
    texts = pl.Series(["Not to contact Jana Novak", "Not to enter Leeds", None])
    assert mask_names(texts).select("masked_text", "is_person_named").rows() == [
        ("Not to contact [named person]", True),
        ("Not to enter Leeds", False),
    ]
