"""Which records are the same? A record-linkage engine on polars and rapidfuzz.

Only `matching.orders` and `matching.arrests` know what is being linked; the rest links any tables.
"""
