"""The standing of a record: whether it still counts for its order.

Belongs here: the three standings. Does not: which record has which (`reconciliation.record_context`).
"""

from typing import Final

STANDS: Final = 0
AMENDED: Final = 1
"""A later result of the court amends it."""
WITHDRAWN: Final = 2
"""The court withdrew it."""
