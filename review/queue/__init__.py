"""The queue: what waits for stewards, in which order, filtered down how.

Everything here works on frames. Belongs here: items, facets, views, search. Does not: pages (`review.routes.queue`),
what stewards share (`ledger.desk.item_work`), which items there are (`expectations.review_queue`).
"""
