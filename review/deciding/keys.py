"""The keys of the desk: what each does, by which key, and what a user made of it.

Belongs here: the list, reading and checking a user's own keys. Does not: listening to them (`static/keys.js`).

Single keys can be changed and switched off: WCAG 2.2, success criterion 2.1.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

PREFERENCE = "keys"
SWITCHED_OFF = "keys_off"


@dataclass(frozen=True)
class Key:
    """Something that a key does.

    Attributes:
        action: its name, as pages mark what it works on (`data-key`, `data-kind`).
        key: unless the user chose another.
        title: what it does, in words.
    """

    action: str
    key: str
    title: str


KEYS = (
    Key("next", "j", "Next item"),
    Key("previous", "k", "Previous item"),
    Key("both_right", "b", "Both are right"),
    Key("accept", "a", "Known and accepted"),
    Key("refer", "r", "Refer to its owner"),
    Key("same_order", "s", "Same order"),
    Key("different_order", "d", "Different orders"),
    Key("reason", "w", "Why: go to the reason"),
    Key("comment", "c", "Go to the comment"),
    Key("go", "g", "Go on: see what it changes, then save"),
    Key("back", "x", "Go back and change it"),
    Key("undo", "u", "Your decisions, to take one back"),
    Key("queue", "q", "The queue"),
    Key("help", "?", "This sheet"),
)


class KeysError(ValueError):
    """Keys that can't be had.

    Attributes:
        problems: by action, what is wrong.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} key(s) to mend")
        self.problems = dict(problems)


def keys_of(preferences: Mapping[str, Any]) -> dict[str, str]:
    """The key of each action, as a user has it."""
    own = preferences.get(PREFERENCE)
    chosen = own if isinstance(own, Mapping) else {}
    return {key.action: str(chosen.get(key.action, key.key)) for key in KEYS}


def are_on(preferences: Mapping[str, Any]) -> bool:
    """Whether single keys do anything for a user."""
    return not preferences.get(SWITCHED_OFF)


def shown_keys(preferences: Mapping[str, Any]) -> tuple[Key, ...]:
    """The keys that do something for a user, as they have them; none if they are switched off."""
    chosen = keys_of(preferences)
    return tuple(replace(key, key=chosen[key.action]) for key in KEYS) if are_on(preferences) else ()


def choose_keys(wanted: Mapping[str, str]) -> dict[str, str]:
    """The keys that a user chose, those left as they are not named.

    Args:
        wanted: the key of each action; empty for the one that it has by itself.

    Raises:
        KeysError: a key is no single sign, is a digit (which chooses a value), or stands for two actions.
    """
    chosen = {key.action: wanted.get(key.action, "").strip() or key.key for key in KEYS}
    problems = {action: wrong for action, key in chosen.items() if (wrong := _problem(action, key, chosen))}
    if problems:
        raise KeysError(problems)
    return {key.action: chosen[key.action] for key in KEYS if chosen[key.action] != key.key}


def _problem(action: str, key: str, chosen: Mapping[str, str]) -> str | None:
    if len(key) != 1 or not key.isprintable() or key.isspace():
        return "Use one letter or sign"
    if key.isdigit():
        return "Digits choose a value: use a letter or sign"
    if any(other == key for name, other in chosen.items() if name != action):
        return "Two actions can't have one key"
    return None
