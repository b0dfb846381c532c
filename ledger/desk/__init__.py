"""What stewards share beside their decisions: who may do what, who works on what, what waits for a second steward.

Everything is kept in the database of the ledger. Belongs here: tables, and reading and writing them. Does not: pages
(`review`), decisions in force (`ledger.decisions`).
"""
