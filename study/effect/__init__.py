"""Arrests before and after orders: who can be studied, what changed, how sure that is, and what it cannot show."""
