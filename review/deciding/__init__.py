"""How a steward decides at the desk: what a form asks for, what it would change, and what becomes of it.

Belongs here: the way from a form to the ledger. Does not: pages (`review.routes.new_decisions`), the ledger itself.
"""
