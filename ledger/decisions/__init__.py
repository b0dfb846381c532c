"""What stewards decided: a ledger that is appended to, never edited, and what follows from it for a night.

It lives outside the register, in a database of its own (SQLite, or PostgreSQL in service), because decisions must
outlast every release. `ledger` keeps it, `in_force` says what is in force, `staleness` what has lost its evidence,
`contradictions` what can't both hold, `binding` what the pipeline has to obey.
"""
