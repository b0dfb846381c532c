"""Orders of which several sources state one field, at known rates of error."""

from random import Random

import polars as pl

from warehouse.tables.register import FIELD_PROVENANCE, ORDER_SOURCES

ORDERS = 3_000


def register_of(rows, rule="agreement"):
    """Provenance and records of orders of which each source states a value; the most frequent one is golden."""
    provenance, sources = [], []
    for number, stated in enumerate(rows):
        said = list(stated.values())
        winner = max(stated, key=lambda source: (said.count(stated[source]), source))
        value = stated[winner]
        ids = {source: f"{source}:{number}" for source in stated}
        provenance.append(
            {
                "order_id": f"ORD-{number}",
                "field": "court_code",
                "value": value,
                "source": winner,
                "source_key": str(number),
                "rule": rule,
                "agreeing": [ids[source] for source in stated if stated[source] == value and source != winner],
                "losing": [f"{ids[source]}={stated[source]}" for source in stated if stated[source] != value],
            }
        )
        sources += [
            {"source": source, "record_id": ids[source], "order_id": f"ORD-{number}", "is_amended": False}
            for source in stated
        ]
    frames = (pl.DataFrame(found, infer_schema_length=None) for found in (provenance, sources))
    return tuple(table.completed(frame) for table, frame in zip((FIELD_PROVENANCE, ORDER_SOURCES), frames, strict=True))


def draw(errors, *, copies=0.0, seed=1):
    """Statements of sources that err at these rates; the last one copies the first one's error so often."""
    random = Random(seed)
    rows = []
    for _ in range(ORDERS):
        stated = {
            source: f"wrong {random.randrange(50)}" if random.random() < rate else "true"
            for source, rate in errors.items()
        }
        first, last = next(iter(errors)), list(errors)[-1]
        if stated[first] != "true" and random.random() < copies:
            stated[last] = stated[first]
        rows.append(stated)
    return rows
