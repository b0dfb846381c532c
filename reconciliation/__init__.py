"""What is true of an order, why, and how sure are we?

`golden` lists the fields and whom to believe, `choosing` chooses, `provenance` says why, `law` works out what an order
means in law, `register_tables` puts the register's tables together, `register` reads them again. Belongs here:
judgement on linked records. Does not: which records are the same (`matching`), what is wrong with a source
(`expectations`).
"""
