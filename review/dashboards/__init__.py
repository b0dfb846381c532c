"""Dashboards: the night, the work, the quality of the data, and what expires, as tables with pictures beside them.

Belongs here: the figures of each page, restricted to what its viewer may see. Does not: pages
(`review.routes.dashboards`), how scores come about (`expectations.quality`).
"""
