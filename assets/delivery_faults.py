"""What can be wrong with a delivery as a whole, and what is to be done then.

Belongs here: the words. Does not: finding it (`assets.deliveries`), what is wrong within a file (its reader).
"""

from assets.account import shown_name
from assets.sources.contract import Delivery, DeliveryTooLargeError, Fault

EMPTY = Fault("empty_delivery", "The delivery holds no rows: ask the sender for it again.")
# More revisions of one date than this are not corrections: the older ones are named and not read.
MOST_REVISIONS = 20
TOO_MANY = Fault(
    "too_many_revisions",
    f"It was not read: there are more than {MOST_REVISIONS} newer revisions of its date. Leave none in the folder but "
    "the one that counts.",
)

SENT_BEFORE = Fault(
    "sent_before",
    "It has the very bytes of the delivery before it: the sender gave an old file a new date. Ask for the right one.",
    is_structural=False,
)


def not_readable(error: OSError) -> Fault:
    """The file can't be opened or read."""
    return Fault(
        "not_readable",
        f"The file cannot be read ({error.strerror}). Look at its permissions and at the disk, then run again.",
    )


def too_large(error: DeliveryTooLargeError) -> Fault:
    """The delivery is beyond a limit."""
    return Fault(
        "beyond_limit",
        f"The delivery was refused: {error}. Check which file was sent; if it is right, raise `{error.limit}` in "
        "[limits] of concord.toml and run again.",
    )


def foreign(delivery: Delivery) -> Fault:
    """A file in the archive is none that a release rests on."""
    return Fault(
        "not_as_archived",
        f"{shown_name(delivery.path)} in the archive is not a file that a release rests on: it was changed, put there "
        "by hand, or left by a night that failed. Restore it from the backup, or take it out; if it is genuine, put it "
        "into the landing folder.",
    )


def same_revision(used: Delivery) -> Fault:
    """Another file of the same folder, date and revision counts."""
    return Fault(
        "same_revision",
        f"Another file of the same date and revision was used, {shown_name(used.path)}. "
        "Ask the sender which one counts, and give that one a higher revision.",
    )
