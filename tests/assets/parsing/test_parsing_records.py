"""What is read of several frames as one is what is read of each alone."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.parsing.records import as_one

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["Jo SMITH", "KHAN, Ali", "n/k"])), max_size=4)


def read(rows):
    return rows.with_columns(pl.col("sent").str.to_uppercase().alias("read"), kept=pl.col("sent").is_not_null())


@given(TEXTS, TEXTS)
def test_frames_read_as_one_are_read_as_each_alone(first, second):
    frames = [
        pl.DataFrame({"sent": first, "of_first": [1] * len(first)}, schema={"sent": pl.String, "of_first": pl.Int64}),
        pl.DataFrame({"of_second": second, "sent": second}, schema={"of_second": pl.String, "sent": pl.String}),
    ]
    for frame, found in zip(frames, as_one(frames, read), strict=True):
        assert_frame_equal(found, read(frame), check_column_order=False)
