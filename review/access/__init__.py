"""Who may come to the desk, what they may do and see, and what is noted of it.

Belongs here: sign-in, sessions, roles, forms that can't be forged, headers, the log of what was done. Does not: the
pages about it (`review.routes.signing_in`), the tables behind it (`ledger.desk`, `ledger.audit`).
"""
