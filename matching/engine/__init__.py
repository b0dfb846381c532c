"""A general record-linkage engine: unsupervised, probabilistic, on any polars frames.

It knows nothing of what it links: models of persons, orders and arrests are `matching.persons`, `matching.orders`,
`matching.arrests`. Start at `model.LinkageModel`.
"""
