"""Records and orders to compare: small ones made here."""

from datetime import date

from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.register import ORDERS

RECORD = {
    "source": "pnc",
    "file_name": "PNC.txt",
    "row_number": 3,
    "is_birth_placeholder": False,
    "is_duplicate": False,
    "is_amended": False,
    "is_dropped": False,
    "date_of_birth": None,
    "birth_year": None,
    "birth_month": None,
    "is_pnc_id_valid": True,
    "is_cro_valid": True,
    "order_id": "ORD-1",
}


def record(key="1", **values):
    """A record as the comparison takes it; what is not given is null."""
    source = values.get("source", RECORD["source"])
    named = {"record_id": f"{source}:{key}", "source_key": key}
    return dict.fromkeys(CORE_ORDERS.schema) | RECORD | named | values


def order(order_id="ORD-1", **values):
    """A row of `orders`."""
    plain = dict.fromkeys(ORDERS.schema)
    made = {
        "order_id": order_id,
        "subject_id": "SUB-1",
        "legal_status": "live",
        "disputed_ends": [],
        "sources": ["court", "pnc"],
    }
    return plain | made | {"order_type": "STRO", "is_interim": False} | values


def provenance(field, record_id="pnc:1", **values):
    """A row of `field_provenance`."""
    source, _, key = record_id.partition(":")
    plain = {"field": field, "value": None, "source": source, "source_key": key, "file_name": "f", "row_number": 1}
    return plain | {"rule": "agreement", "agreeing": [], "losing": [], "decision_id": None} | values


def pair(left="court:2", right="pnc:1", **steps):
    """A row of `order_pairs`: `comparison=(level, weight)`."""
    weights = {name.replace("_", " "): step for name, step in steps.items()}
    total = round(sum(weight for _, weight in weights.values()), 2)
    return {
        "left_id": left,
        "right_id": right,
        "blocking_rule": "same PNC number",
        "person_weight": total,
        "order_weight": 0.0,
        "match_weight": total,
        "levels": [f"{name}={level}" for name, (level, _) in weights.items()],
        "weights": [f"{name}={weight:+.2f}" for name, (_, weight) in weights.items()],
    }


def day(text):
    return date.fromisoformat(text)
