"""How often a costly property is tried: a share of the profile in force, which `make test-long` raises."""

from hypothesis import settings

HALF = settings(max_examples=settings.default.max_examples // 2)
THIRD = settings(max_examples=settings.default.max_examples // 3)
SEVENTH = settings(max_examples=max(4, settings.default.max_examples // 7))
