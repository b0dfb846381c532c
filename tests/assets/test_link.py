"""What the matching warns of on a night."""

import logging
import warnings

import dagster as dg
import pytest

from assets.link import warnings_in_log
from matching.engine.blocking import BlocksLeftOut


def test_pairs_that_the_matching_left_out_are_in_the_log_of_the_night(caplog: pytest.LogCaptureFixture) -> None:
    context = dg.build_asset_context()
    context.log.addHandler(caplog.handler)
    with caplog.at_level(logging.WARNING), warnings_in_log(context):
        warnings.warn("blocking rule 'court' left out 12,000 pairs", BlocksLeftOut, stacklevel=1)
        assert not caplog.messages, "after the work, not in its midst"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "left out 12,000 pairs" in caplog.text
