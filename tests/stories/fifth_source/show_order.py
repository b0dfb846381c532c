"""Prints the desk's page of an order as a steward sees it: `python show_order.py HOME ORDER_ID`."""

import sys
from pathlib import Path

from desk_cases import ORIGIN, PASSWORD, STARTED_AT, Client, settings_of

from ledger.decisions.database import Database
from ledger.desk.accounts import add_account
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from warehouse.home import Home

home, order_id = sys.argv[1:]
database = Database(f"sqlite:///{home}/desk.sqlite")
database.migrate()
with database.writing() as connection:
    kept = Passwords(settings_of()).hash_new(PASSWORD, name="steward")
    add_account(connection, "steward", role="steward", at=STARTED_AT, password_hash=kept)
client = Client(create_app(Desk(Home(Path(home)), f"sqlite:///{home}/desk.sqlite"), settings_of()), base_url=ORIGIN)
client.sign_in("steward")
print(client.get(f"/orders/{order_id}").text)
