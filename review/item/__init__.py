"""What a steward sees of one order or one item of the queue: pure functions from a release's frames to a page.

Belongs here: what is said and how it is compared and drawn. Does not: HTML (`review/templates/item`), who may see it
(`review.access`), deciding (`review.deciding`).
"""
