"""What the register says of a person."""

import polars as pl

from reconciliation.subjects import build_subjects

NAMED = {"subject_id": "SUB-1", "surname_folded": "FOSTER", "forenames_folded": "HELEN"}


def test_the_name_that_is_believed_is_no_other_name_however_a_source_writes_it():
    golden = pl.DataFrame([NAMED | {"surname": "Foster", "forenames": "Helen"}])
    held = pl.DataFrame(
        [
            NAMED | {"record_id": "pnc:1", "surname": "FOSTER", "forenames": "HELEN"},
            NAMED | {"record_id": "pnd:2", "surname": "Forster", "forenames": "Helen", "surname_folded": "FORSTER"},
        ]
    )
    aliases = pl.DataFrame(
        [
            {"record_id": "pnc:1", "surname_folded": name, "forenames_folded": "HELEN"}
            for name in ("FOSTER", "BLACKWOOD", None)
        ]
    )
    subjects = build_subjects(golden, held, aliases, pl.DataFrame({"subject_id": ["SUB-1"]}))
    assert subjects.get_column("other_names").to_list() == [["-, HELEN", "BLACKWOOD, HELEN", "FORSTER, HELEN"]]
