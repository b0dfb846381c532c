"""Which value of a person is believed, and why: names, birth, sex, ids."""

from datetime import date

import polars as pl
import pytest
from golden_choice import BAD_PNC_ID, GOOD_PNC_ID, assert_believed, choose, choose_golden, frame, one_order, record
from shares import first_of_each, one_in

from warehouse.tables.core import CORE_ARRESTS


@first_of_each(
    lambda rows, field, value, winner, rule: (field, rule),
    ("rows", "field", "value", "winner", "rule"),
    [
        pytest.param(
            [
                record("pnc", "a", pnc_id=BAD_PNC_ID, is_pnc_id_valid=False),
                record("pnd", "b", pnc_id=BAD_PNC_ID, is_pnc_id_valid=False),
                record("rocu", "c", pnc_id=GOOD_PNC_ID, is_pnc_id_valid=True),
            ],
            "pnc_id",
            GOOD_PNC_ID,
            "rocu:c",
            "valid_over_invalid",
            id="a wrong check letter loses, however many sources copied it",
        ),
        pytest.param(
            [record("pnc", "a", pnc_id=BAD_PNC_ID, is_pnc_id_valid=False)],
            "pnc_id",
            None,
            None,
            "none_valid",
            id="no PNC id is published rather than one whose check letter is wrong",
        ),
        pytest.param(
            [
                record("pnc", "a", date_of_birth=date(1970, 1, 1), is_birth_placeholder=True),
                record("rocu", "b", date_of_birth=date(1985, 3, 9)),
            ],
            "date_of_birth",
            date(1985, 3, 9),
            "rocu:b",
            "valid_over_invalid",
            id="a filler date of birth loses",
        ),
        pytest.param(
            [
                record("pnc", "a", date_of_birth=date(2015, 3, 9), made_on=date(2020, 5, 1)),
                record("rocu", "b", date_of_birth=date(1985, 3, 9)),
            ],
            "date_of_birth",
            date(1985, 3, 9),
            "rocu:b",
            "valid_over_invalid",
            id="a child of five is not bound by an order",
        ),
        pytest.param(
            [
                record("pnc", "a", recorded_on=date(2021, 1, 1), sex="M"),
                record("pnc", "b", recorded_on=date(2022, 1, 1), sex="F"),
            ],
            "sex",
            "F",
            "pnc:b",
            "precedence",
            id="within a source the record last touched",
        ),
        pytest.param(
            [
                record("pnc", "a", surname="Stefan", surname_folded="STEFAN"),
                record("pnd", "b", surname="Ștefan", surname_folded="STEFAN"),
                record("court", "c", surname="Stefan", surname_folded="STEFAN"),
            ],
            "surname",
            "Ștefan",
            "pnd:b",
            "agreement",
            id="of equal names the spelling with its diacritics",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Coralia", forenames_folded="CORALIA"),
                record("pnd", "b", forenames="Coralia", forenames_folded="CORALIA"),
                record("pnc", "c", forenames="Coralia Adriana", forenames_folded="CORALIA ADRIANA"),
            ],
            "forenames",
            "Coralia Adriana",
            "pnc:c",
            "agreement",
            id="a name without its middle name supports the fuller one",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Liz", forenames_folded="LIZ"),
                record("pnd", "b", forenames="Liz", forenames_folded="LIZ"),
                record("pnc", "c", forenames="Elizabeth Ann", forenames_folded="ELIZABETH ANN"),
            ],
            "forenames",
            "Elizabeth Ann",
            "pnc:c",
            "agreement",
            id="the familiar form of a name supports the formal one",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Ana", forenames_folded="ANA"),
                record("pnd", "b", forenames="Ana M", forenames_folded="ANA M"),
                record("pnc", "c", forenames="Ana Maria", forenames_folded="ANA MARIA"),
            ],
            "forenames",
            "Ana Maria",
            "pnc:c",
            "agreement",
            id="an initial supports the name that begins with it",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Jess", forenames_folded="JESS"),
                record("pnd", "b", forenames="Jess", forenames_folded="JESS"),
                record("pnc", "c", forenames="Jessica", forenames_folded="JESSICA"),
            ],
            "forenames",
            "Jessica",
            "pnc:c",
            "agreement",
            id="a short form on no list supports the name that it begins",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Daniel", forenames_folded="DANIEL"),
                record("pnc", "b", forenames="Daniell", forenames_folded="DANIELL"),
                record("pnd", "c", forenames="Daniel", forenames_folded="DANIEL"),
            ],
            "forenames",
            "Daniel",
            "court:a",
            "agreement",
            id="a letter too many makes no fuller name",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Daniel", forenames_folded="DANIEL"),
                record("pnc", "b", forenames="Daniel Mrak", forenames_folded="DANIEL MRAK"),
                record("pnd", "c", forenames="Daniel Mark", forenames_folded="DANIEL MARK"),
            ],
            "forenames",
            "Daniel Mark",
            "pnd:c",
            "agreement",
            id="a slip in the middle name is no voice for none",
        ),
    ],
)
def test_value_of_the_person_believed(rows, field, value, winner, rule):
    assert_believed(rows, field, value, winner, rule)


def test_person_is_chosen_among_all_orders_of_the_person():
    records = frame(
        [
            record("court", "a", date_of_birth=date(1985, 9, 3)),
            record("pnc", "b", date_of_birth=date(1985, 3, 9)),
            record("pnd", "c", date_of_birth=date(1985, 3, 9)),
        ]
    )
    clusters = one_order(records).with_columns(pl.col("record_id").alias("order_cluster"))
    golden, reasons = choose_golden(records, clusters)
    assert golden.get_column("date_of_birth").to_list() == [date(1985, 3, 9)] * 3
    births = reasons.filter(pl.col("field") == "date_of_birth")
    assert births.get_column("losing").to_list() == [["court:a=1985-09-03"]] * 3


def test_between_two_names_the_one_that_others_bear_too():
    mother = {"surname": "Roberts", "surname_folded": "ROBERTS"}
    records = frame(
        [
            record("court", "a", surname="Roberrs", surname_folded="ROBERRS"),
            record("pnc", "b", **mother),
            record("pnc", "c", **mother),
        ]
    )
    clusters = one_order(records).with_columns(
        pl.Series(["x", "x", "y"]).alias("order_cluster"), pl.Series(["x", "x", "y"]).alias("subject_cluster")
    )
    golden, reasons = choose_golden(records, clusters)
    assert golden.get_column("surname").to_list() == ["Roberts", "Roberts"]
    assert (
        reasons.row(by_predicate=(pl.col("order_cluster") == "x") & (pl.col("field") == "surname"), named=True)["rule"]
        == "corroboration"
    )


def name(forenames, surname):
    return {
        "forenames": forenames,
        "surname": surname,
        "forenames_folded": forenames.upper(),
        "surname_folded": surname.upper(),
    }


def choose_forenames(forenames, sources):
    """What is chosen where each source writes the forenames at its place, all with one surname."""
    written = zip(sources, forenames, strict=True)
    return choose(*(record(source, "a", **name(given, "Nowak")) for source, given in written))


OTHERS = dict.fromkeys("defg", ("Tom", "Barker"))


@one_in(
    2,
    ("written", "others", "expected"),
    [
        pytest.param(
            [("Paul", "Barker"), ("Paul Barker", "Ward"), ("Paul Barker", "Ward")], OTHERS, "Paul", id="half a surname"
        ),
        pytest.param(
            [("Paul", "Barker"), ("Paul", "Barker"), ("Barkre Paul", "James")], OTHERS, "Paul", id="a slip for it"
        ),
        pytest.param(
            [("Jun Bin", "Zhao"), ("Jun Bin", "Zhao"), ("Jun", "Bin Zhao")],
            dict.fromkeys("defg", ("Bin", "Li")),
            "Jun Bin",
            id="a forename taken for a part of the surname in one record",
        ),
        pytest.param(
            [("Guang Hui", "Huang"), ("Guang Hui", "Huang"), ("Guang", "Huang")],
            dict.fromkeys("defg", ("Tom", "Huang")),
            "Guang Hui",
            id="a forename a letter away from the surname",
        ),
    ],
)
def test_what_many_bear_in_the_surname_is_no_forename_and_the_other_way_round(written, others, expected):
    written = dict(zip("abc", written, strict=True))
    sources = {"b": "court", "c": "pnd"}
    records = frame([record(sources.get(key, "pnc"), key, **name(*parts)) for key, parts in (written | others).items()])
    people = pl.Series(["x", "x", "x", *others])
    clusters = one_order(records).with_columns(people.alias("order_cluster"), people.alias("subject_cluster"))
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(order_cluster="x").get_column("forenames").to_list() == [expected]


def test_a_usual_surname_that_another_record_has_alone_is_half_of_one():
    written = {"a": ("Paul", "Barker"), "b": ("Paul Barker", "Ward"), "c": ("Paul Barker", "Ward")} | OTHERS
    sources = {"b": "court", "c": "pnd"}
    records = frame([record(sources.get(key, "pnc"), key, **name(*parts)) for key, parts in written.items()])
    people = pl.Series(["x", "x", "x", *OTHERS])
    clusters = one_order(records).with_columns(people.alias("order_cluster"), people.alias("subject_cluster"))
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(order_cluster="x").select("forenames", "surname").row(0) == ("Paul", "Barker Ward")


@pytest.mark.parametrize(
    ("forenames", "expected"),
    [
        pytest.param(
            ["Miley", "Miley", "Miley", "Miley Martin"], "Miley Martin", id="a middle name of one record alone"
        ),
        pytest.param(["Abdi", "Abdi", "Abdi", "Abd"], "Abdi", id="three sources write a name that is not listed"),
    ],
)
def test_of_forenames_equally_well_borne_out(forenames, expected):
    golden, _ = choose_forenames(forenames, ("pnc", "court", "pnd", "rocu"))
    assert golden["forenames"] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(
            [("Szilvia", "Kolompar"), ("Szilvia Eva", "Kolompar"), ("Kolompar Szilvia", "Eva")],
            "Szilvia Eva",
            id="the whole name in one piece and the other way round",
        ),
        pytest.param([("Asen", "Asenov"), ("Asen", "Asenov"), ("Asenov", "Asen")], "Asen", id="turned round once"),
    ],
)
def test_a_word_that_more_sources_have_in_the_surname_is_no_forename(written, expected):
    sources = zip(("pnc", "court", "pnd"), "abc", written, strict=True)
    golden, _ = choose(*(record(source, key, **name(*parts)) for source, key, parts in sources))
    assert golden["forenames"] == expected


def test_a_surname_of_one_word_that_is_also_written_as_two():
    golden, _ = choose(
        record("pnc", "a", **name("Li Na", "Ouyang")),
        record("court", "b", **name("Li Na Au", "Yeung")),
        record("pnd", "c", **name("Li Na Au", "Yeung")),
    )
    assert golden["forenames"] == "Li Na"


@pytest.mark.parametrize(
    ("forenames", "expected"),
    [
        pytest.param(["Paul", "Paul", "Pawel"], "Pawel", id="an office wrote the English form"),
        pytest.param(["Joe", "Joe", "Jozsef"], "Jozsef", id="an office wrote a familiar English form"),
        pytest.param(["Jivko", "Jivko", "Zhivko"], "Zhivko", id="an office wrote it by ear"),
        pytest.param(["Mohamed", "Mohamed", "Mohammed"], "Mohamed", id="no spelling is the one of the language"),
        pytest.param(["Michael", "Michael", "Michal"], "Michael", id="a letter less may as well be a slip"),
    ],
)
def test_an_english_form_or_spelling_speaks_for_the_name_that_it_stands_for(forenames, expected):
    golden, _ = choose_forenames(forenames, ("pnc", "court", "rocu"))
    assert golden["forenames"] == expected


@pytest.mark.parametrize(
    ("forenames", "expected"),
    [
        pytest.param(["Tom William", "Thomas", "Tom"], "Thomas William", id="in full, beside a familiar form"),
        pytest.param(["Craigg Harry", "Craig", "Craig"], "Craig Harry", id="without the slip"),
        pytest.param(["Mohammad Ajay", "Muhammad", "Muhammad"], "Muhammad Ajay", id="as more sources spell it"),
        pytest.param(["Ngoc Anh", "Ngo", "Ngo"], "Ngo", id="a short word may be a name, and no slip"),
        pytest.param(["Edward Harry", "Eddie", "Eddie"], "Edward Harry", id="never as the familiar form"),
    ],
)
def test_the_first_of_several_forenames_is_spelled_as_another_record_spells_it(forenames, expected):
    golden, reasons = choose_forenames(forenames, ("pnd", "court", "rocu"))
    assert golden["forenames"] == expected
    assert golden["forenames_folded"] == expected.upper()
    assert reasons["forenames"]["rule"] in {"agreement", "precedence", "only_source"}


def test_name_in_one_piece_is_split_as_the_source_with_fields_of_their_own_has_it():
    cooper = name("Paul", "Hall Cooper")
    golden, reasons = choose(
        record("pnc", "a", **cooper),
        record("court", "b", **name("Paul Hall", "Cooper")),
        record("pnd", "c", **name("Paul Hall", "Cooper")),
    )
    assert (golden["forenames"], golden["surname"]) == ("Paul", "Hall Cooper")
    assert (reasons["forenames"]["losing"], reasons["surname"]["losing"]) == ([], [])


@pytest.mark.parametrize(
    ("forenames", "expected"),
    [
        pytest.param("Paul Hlal", ("Paul", "Hall Cooper"), id="a slip in the first part of the surname"),
        pytest.param("Paul John", ("Paul John", "Hall Cooper"), id="a middle name that others leave out"),
        pytest.param("Paul Hal", ("Paul Hal", "Hall Cooper"), id="a forename that is a letter from the surname"),
    ],
)
def test_a_middle_name_is_no_part_of_a_surname_and_a_mistaken_part_no_middle_name(forenames, expected):
    cooper = name("Paul", "Hall Cooper")
    golden, _ = choose(
        record("pnc", "a", **cooper),
        record("court", "b", **cooper),
        record("pnd", "c", **name(forenames, "Cooper")),
    )
    assert (golden["forenames"], golden["surname"]) == expected


def test_a_source_means_its_own_fuller_name_by_a_shorter_one():
    golden, _ = choose(
        record("pnc", "a", **name("Darren Crig", "Dixon")),
        record("pnd", "b", **name("Darren Craig", "Dixon")),
        record("pnd", "c", **name("Darren", "Dixon")),
    )
    assert golden["forenames"] == "Darren Craig"


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param("Holmes", "Holmes", id="a slip for a name that others bear"),
        pytest.param("Jones", "Fletcher", id="nobody else bears either"),
    ],
)
def test_a_surname_that_nobody_else_bears_may_be_a_slip_for_one_that_others_bear(others, expected):
    written = [("pnc", "a", "Holmes"), ("pnd", "b", "Holmea"), ("court", "c", "Fletcher"), ("rocu", "d", "Fletcher")]
    known = [("pnc", key, others) for key in "xyz"]
    records = frame([record(source, key, **name("Dean", surname)) for source, key, surname in (*written, *known)])
    subjects = pl.Series(["p"] * len(written) + list("xyz"))
    clusters = one_order(records).with_columns(order_cluster=subjects, subject_cluster=subjects)
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(order_cluster="p").get_column("surname").to_list() == [expected]


def test_a_slip_for_a_listed_family_name_speaks_for_it():
    golden, _ = choose(
        record("court", "a", **name("Tuan", "Ngyuen")),
        record("rocu", "b", **name("Tuan", "Ngyuen")),
        record("pnc", "c", **name("Tuan", "Nguyen")),
    )
    assert golden["surname"] == "Nguyen"


def test_two_spellings_of_one_surname_are_no_slips_for_each_other():
    written = [("pnc", "a", "Smyth"), ("pnd", "b", "Smyth"), ("court", "c", "Smith")]
    known = [("pnc", key, "Smith") for key in "xyz"]
    records = frame([record(source, key, **name("Dean", surname)) for source, key, surname in (*written, *known)])
    subjects = pl.Series(["p"] * len(written) + list("xyz"))
    clusters = one_order(records).with_columns(order_cluster=subjects, subject_cluster=subjects)
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(order_cluster="p").get_column("surname").to_list() == ["Smyth"]


def test_a_name_in_one_piece_is_split_as_an_alias_of_another_record_splits_it():
    records = frame(
        [
            record("pnc", "a", **name("Tibor", "Molnar")),
            record("court", "b", **name("Tibor", "Molnar")),
            record("pnd", "c", **name("Tibor Toth", "Szucs")),
        ]
    )
    alias = pl.DataFrame([{"record_id": "pnc:a", "forenames_folded": "TIBOR", "surname_folded": "TOTH SZUCS"}])
    golden, _ = choose_golden(records, one_order(records), aliases=alias)
    assert golden.select("forenames", "surname").row(0) == ("Tibor", "Molnar")


def test_alias_that_another_record_names_as_one_does_not_outvote_the_main_name():
    records = frame(
        [
            record("pnc", "a", **name("Douglas", "Savage")),
            record("court", "b", **name("John", "Sykes")),
            record("pnd", "c", **name("John", "Sykes")),
        ]
    )
    alias = pl.DataFrame([{"record_id": "pnc:a", "forenames_folded": "JOHN", "surname_folded": "SYKES"}])
    golden, _ = choose_golden(records, one_order(records), aliases=alias)
    assert golden.select("forenames", "surname").row(0) == ("Douglas", "Savage")


@pytest.mark.parametrize(
    ("alias", "written", "expected"),
    [
        pytest.param(("Ana Maria", "Costa"), ("Ana Maria", "Costa"), ("Ana Maria", "Costa"), id="one name, in full"),
        pytest.param(("Robert", "Clarke"), ("Bob", "Clarke"), ("Ana", "Costa"), id="a familiar form of another name"),
        pytest.param(
            ("Ana Maria", "Silva"), ("Ana Maria", "Silva"), ("Ana Maria", "Costa"), id="another surname alone"
        ),
    ],
)
def test_an_alias_is_another_name_where_its_surname_or_its_first_forename_is_another(alias, written, expected):
    records = frame(
        [
            record("pnc", "a", **name("Ana", "Costa")),
            record("court", "b", **name(*written)),
            record("pnd", "c", **name(*written)),
        ]
    )
    known = {"record_id": "pnc:a", "forenames_folded": alias[0].upper(), "surname_folded": alias[1].upper()}
    golden, _ = choose_golden(records, one_order(records), aliases=pl.DataFrame([known]))
    assert golden.select("forenames", "surname").row(0) == expected


def test_an_alias_beside_a_name_that_lacks_its_surname_is_the_main_name():
    records = frame(
        [
            record("rocu", "a", **name("Stuart", "Ross")),
            record("court", "b", **name("Stuart Ross", "Kinnear")),
            record("pnc", "c", **name("Stuart", "Kinnear")),
        ]
    )
    alias = pl.DataFrame([{"record_id": "rocu:a", "forenames_folded": "STUART", "surname_folded": "KINNEAR"}])
    golden, _ = choose_golden(records, one_order(records), aliases=alias)
    assert golden.select("forenames", "surname").row(0) == ("Stuart Ross", "Kinnear")


def test_alias_of_one_record_and_main_name_of_the_same_is_no_alias():
    records = frame([record("pnc", "a", **name("John", "Sykes")), record("pnd", "b", **name("Douglas", "Savage"))])
    alias = pl.DataFrame([{"record_id": "pnc:a", "forenames_folded": "JOHN", "surname_folded": "SYKES"}])
    golden, reasons = choose_golden(records, one_order(records), aliases=alias)
    assert set(reasons.filter(pl.col("field") == "surname").get_column("rule")) == {"precedence"}
    assert golden.get_column("surname").to_list() == ["Savage"]


def test_names_in_each_others_place_lose_where_the_night_knows_them_the_other_way_round():
    others = [record("pnc", f"x{n}", **name("Ashley", "Pickles")) for n in range(2)]
    turned = name("Pickles", "Ashley")
    records = frame(
        [
            record("court", "a", **name("Ashley", "Pickles")),
            record("pnc", "b", **turned),
            record("rocu", "c", **turned),
            *others,
        ]
    )
    subjects = pl.Series(["x", "x", "x", "y", "z"])
    clusters = one_order(records).with_columns(order_cluster=subjects, subject_cluster=subjects)
    golden, _ = choose_golden(records, clusters)
    assert golden.get_column("surname").to_list() == ["Pickles"] * 3


def arrest(source, key, **values):
    base = {"record_id": f"{source}:{key}", "source": source, "source_key": key, "is_birth_placeholder": False}
    placed = {"subject_cluster": "court:a", "event_cluster": f"event {key}", "arrested_on": date(2020, 2, 1)}
    schema = CORE_ARRESTS.schema | {"subject_cluster": pl.String, "event_cluster": pl.String}
    return pl.DataFrame([dict.fromkeys(schema) | base | placed | values], schema=schema)


def choose_person(*arrests):
    records = frame(
        [record("court", "a", date_of_birth=date(1985, 9, 3)), record("rocu", "b", date_of_birth=date(1985, 3, 9))]
    )
    golden, reasons = choose_golden(records, one_order(records), arrests=pl.concat(arrests))
    return golden.row(0, named=True), {row["field"]: row for row in reasons.to_dicts()}


def test_an_arrest_speaks_for_the_person():
    golden, reasons = choose_person(
        arrest("pnd", "x", date_of_birth=date(1985, 3, 9), pnc_id=GOOD_PNC_ID, is_pnc_id_valid=True)
    )
    assert (golden["date_of_birth"], golden["pnc_id"]) == (date(1985, 3, 9), GOOD_PNC_ID)
    assert reasons["date_of_birth"]["losing"] == ["court:a=1985-09-03"]
    assert (reasons["pnc_id"]["record_id"], reasons["pnc_id"]["source_key"]) == ("pnd:x", "x")


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param({"source": "rocu"}, id="of a return, which copies the person"),
        pytest.param({"subject_cluster": "another"}, id="of another person"),
        pytest.param({"subject_cluster": None}, id="of nobody known"),
    ],
)
def test_an_arrest_that_is_not_heard(copied):
    source = copied.pop("source", "pnd")
    golden, _ = choose_person(arrest(source, "x", date_of_birth=date(1985, 3, 9), **copied))
    assert golden["date_of_birth"] == date(1985, 9, 3)


def test_the_folded_name_is_that_of_the_winner():
    golden, _ = choose(
        record("pnd", "a", **name("Ana", "Pop")), record("rocu", "b", surname="Popa", surname_folded="POPA")
    )
    assert (golden["surname"], golden["surname_folded"]) == ("Pop", "POP")
