"""What stewards say to each other about an order: appended, shown as text.

Belongs here: keeping and reading comments. Does not: the comment that is a part of a decision (`ledger.decisions`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.decisions.decision import LONGEST_COMMENT
from ledger.decisions.errors import DecisionError
from ledger.desk.desk_tables import comments

SENT_TWICE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Comment:
    """Something that was said."""

    item_id: str
    order_id: str
    said_by: str
    at: datetime
    words: str


def add_comment(database: Database, comment: Comment) -> None:
    """Keep a comment; one that was sent twice is kept once.

    Raises:
        DecisionError: it says nothing, too much, or holds characters that are not text.
    """
    if not comment.words.strip():
        raise DecisionError("enter a comment")
    if len(comment.words) > LONGEST_COMMENT:
        raise DecisionError(f"the comment is longer than {LONGEST_COMMENT:,} characters")
    if "\x00" in comment.words:
        raise DecisionError("the comment holds characters that are not text")
    with database.writing() as connection:
        if connection.execute(_sent_before(comment)).first() is not None:
            return
        connection.execute(sa.insert(comments).values(**vars(comment)))


def _sent_before(comment: Comment) -> sa.Select[tuple[int]]:
    """The same words by the same person at the same item, within the last minutes."""
    same = [comments.c[name] == getattr(comment, name) for name in ("item_id", "order_id", "said_by", "words")]
    return sa.select(comments.c.comment).where(*same, comments.c.at > comment.at - SENT_TWICE_WITHIN)


def comments_on(database: Database, order_id: str) -> list[Comment]:
    """What was said about an order, the oldest first."""
    columns = [comments.c[name] for name in ("item_id", "order_id", "said_by", "at", "words")]
    query = sa.select(*columns).where(comments.c.order_id == order_id).order_by(comments.c.comment)
    with database.reading() as connection:
        return [Comment(**row) for row in connection.execute(query).mappings()]
