"""What have people decided? Decisions of stewards, their shared work, correction packs, and the audit log.

It lives outside the register, in a database of its own (SQLite, or PostgreSQL in service), because decisions must
outlast every release.
"""
