"""What tests of deciding share: the items and forms of the pages, the way to a preview, the decisions made."""

import re
from html import unescape

import polars as pl

from ledger.decisions.ledger import Ledger

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def item_of(desk, kind):
    """The first item of a kind, its row of the queue."""
    queue = desk.whole_release().table("review_queue").filter(pl.col("kind") == kind).sort("item_id")
    return queue.row(0, named=True)


ANSWER = re.compile(r'name="(answer-[^"]+)"')


def forms_of(html, action):
    """The hidden fields of each form that goes to an address; the answers to discrepancies are left open."""
    parts = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    return [_fields(part) for part in parts]


def _fields(part):
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(part):
        fields.setdefault(name, []).append(unescape(value))
    return {name: [""] for name in ANSWER.findall(part) if name not in fields} | fields


def answered(form, kind, place=0, **more):
    """A form of an item with one of its discrepancies answered."""
    name = [name for name in form if name.startswith("answer-")][place]
    return form | {name: kind} | more


def decisions(desk):
    with Ledger.open(desk.ledger_url, desk.home) as ledger:
        return ledger.read()


def preview(client, item_id, place=0, **chosen):
    """Open an item, fill in one of its forms, ask what it changes; the answer. A kind answers the first discrepancy."""
    form = forms_of(client.get(f"/items/{item_id}").text, "/decide/preview")[place]
    if any(name.startswith("answer-") for name in form):
        form = answered(form, chosen.pop("kind"))
    return client.post("/decide/preview", data=form | chosen)
