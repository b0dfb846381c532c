"""How written values are read: dates, terms, names, orders, places, conditions, offences. Pure polars, no Dagster."""
