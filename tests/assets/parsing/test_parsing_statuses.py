"""The status of an order in words."""

import polars as pl
import pytest

from assets.parsing.statuses import read_status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("Live", "live", id="live"),
        pytest.param("ACTIVE", "live", id="active"),
        pytest.param("order still in-force", "live", id="in force, within a sentence"),
        pytest.param("expired", "expired", id="expired"),
        pytest.param("Lapsed 01/02/2020", "expired", id="lapsed, with its day"),
        pytest.param("Revoked by court", "discharged", id="revoked"),
        pytest.param("set aside", "discharged", id="set aside"),
        pytest.param("Replaced by full order", "superseded", id="replaced"),
        pytest.param("live / expired", None, id="two statuses"),
        pytest.param("no longer active", "ended", id="turned round"),
        pytest.param("not revoked", None, id="not"),
        pytest.param("live until discharged", None, id="until"),
        pytest.param("due to be discharged", None, id="due"),
        pytest.param("delivered", None, id="a word within a word"),
        pytest.param("pending", None, id="another word"),
        pytest.param("", None, id="blank"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_status_in_words(text, status):
    assert pl.select(read_status(pl.lit(text, pl.String))).item() == status
