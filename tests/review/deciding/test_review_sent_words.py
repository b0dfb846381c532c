"""What was typed before a session ended is shown as its author knows it."""

import pytest

from review.deciding.sent_words import sent_in_words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param([("version", "e3b0c4"), ("submission", "91ae"), ("comment", "")], [], id="what nobody typed"),
        pytest.param([("answer-194c", "accept")], [("Answer", "Known and accepted")], id="an answer"),
        pytest.param(
            [("answer-194c", "value|end_on|2025-10-22")], [("Answer", "Last day: 22 October 2025")], id="a value"
        ),
        pytest.param(
            [("until-day", "5"), ("until-month", "November"), ("until-year", "2026")],
            [("Until", "5 November 2026")],
            id="a day in three parts",
        ),
        pytest.param([("value_text-field-end_on-day", "5")], [("Another value", "5")], id="part of a day"),
        pytest.param(
            [
                ("question-194c", "Last days differ"),
                ("answer-194c", "accept"),
                ("question-2", "Courts differ"),
                ("answer-2", ""),
                ("question-field-surname", "Surname"),
                ("answer-field-surname", "value|surname|"),
                ("value_text-field-surname", "Doe"),
            ],
            [
                ("Answer: Last days differ", "Known and accepted"),
                ("Answer: Surname", "Surname: another value is right"),
                ("Another value: Surname", "Doe"),
            ],
            id="answers to several questions, each with its own",
        ),
        pytest.param([("kind", "same_order")], [("Kind", "The same order")], id="what two orders are to one another"),
        pytest.param([("reason_code", "mistake?")], [("Reason", "mistake?")], id="what stands on no list"),
        pytest.param([("comment", "a|b <c>")], [("Comment", "a|b <c>")], id="words, as they are"),
    ],
)
def test_a_form_is_shown_in_words(fields, words):
    assert sent_in_words(fields) == words
