"""One-time codes of an authenticator app (TOTP, RFC 6238) as a second factor beside a password.

Belongs here: secrets and codes. Does not: when a code is asked for (`review.access.sign_in`). A code is taken once. The
secret is kept sealed: who reads the ledger's database without the key of the installation can't make codes.
"""

import base64
from datetime import datetime

import pyotp
import segno
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ledger.desk.accounts import Account, all_accounts, keep_resealed, use_code
from review.access.tokens import is_same
from warehouse.home import Home
from warehouse.installation_key import former_marks, keyed_mark

ISSUER = "Concord"
PURPOSE = "second factor"
SECONDS = 30
EARLY_OR_LATE = (0, -1, 1)
"""Time steps beside the present one: clocks differ."""


def new_secret() -> str:
    """A secret for an authenticator app."""
    return pyotp.random_base32()


def picture(secret: str, name: str) -> str:
    """The secret as a picture for the app's camera, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    return str(segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", title="Code for your app"))


def seal(home: Home, secret: str) -> str:
    """A secret as it is kept."""
    return _box(home).encrypt(secret.encode()).decode()


def reseal(connection: sa.Connection, home: Home) -> tuple[list[str], list[str]]:
    """Seal all secrets again by the present key, so that the former keys are no longer needed.

    Returns:
        The accounts whose secrets are sealed by it now, and those whose secrets no key opens.
    """
    box, sealed, shut = _box(home), list[str](), list[str]()
    for account in all_accounts(connection):
        if account.second_factor is None:
            continue
        try:
            keep_resealed(connection, account.name, box.rotate(account.second_factor.encode()).decode())
        except InvalidToken:
            shut.append(account.name)
        else:
            sealed.append(account.name)
    return sealed, shut


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step that a code belongs to; None if it belongs to none close to `at`."""
    try:
        codes, now = pyotp.TOTP(secret, interval=SECONDS), int(at.timestamp()) // SECONDS
        steps = (now + offset for offset in EARLY_OR_LATE)
        return next((step for step in steps if is_same("".join(code.split()), codes.generate_otp(step))), None)
    except ValueError:  # a secret that no app has
        return None


def take_code(connection: sa.Connection, home: Home, account: Account, code: str, *, at: datetime) -> bool:
    """Whether a code is right and was not taken before; True for an account without a second factor."""
    if account.second_factor is None:
        return True
    try:
        secret = _box(home).decrypt(account.second_factor.encode()).decode()
    except InvalidToken:  # sealed by a key that is gone: an administrator takes it away
        return False
    step = step_of(secret, code, at)
    return step is not None and use_code(connection, account.name, step)


def _box(home: Home) -> MultiFernet:
    """Seals by the present key, and opens what former keys sealed."""
    marks = [keyed_mark(home, PURPOSE, ""), *former_marks(home, PURPOSE, "")]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(bytes.fromhex(mark))) for mark in marks])
