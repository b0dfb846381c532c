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
class Shortcut:
    """Something that a key does.

    Attributes:
        action: its name, as pages mark what it works on (`data-key`, `data-kind`).
        key: unless the user chose another.
        title: what it does, in words.
    """

    action: str
    key: str
    title: str


SHORTCUTS = (
    Shortcut("next", "j", "Next item; in the queue, move down"),
    Shortcut("previous", "k", "Previous item; in the queue, move up"),
    Shortcut("search", "/", "Search"),
    Shortcut("both_right", "b", "Both are right"),
    Shortcut("accept", "a", "Known and accepted"),
    Shortcut("refer", "r", "Refer to its owner"),
    Shortcut("not_enough", "n", "Not clear from this"),
    Shortcut("same_order", "s", "Same order"),
    Shortcut("different_order", "d", "Different orders"),
    Shortcut("reason", "w", "Why: go to the reason"),
    Shortcut("comment", "c", "Go to the comment"),
    Shortcut("save", "y", "Save at once, if it does not change the register"),
    Shortcut("go", "g", "Go on: see what it changes, then save"),
    Shortcut("back", "x", "Go back and change it"),
    Shortcut("undo", "u", "Your decisions, to take one back"),
    Shortcut("queue", "q", "The queue"),
    Shortcut("help", "?", "This sheet"),
)


class ShortcutsError(ValueError):
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
    return {key.action: str(chosen.get(key.action, key.key)) for key in SHORTCUTS}


def are_on(preferences: Mapping[str, Any]) -> bool:
    """Whether single keys do anything for a user."""
    return not preferences.get(SWITCHED_OFF)


def shown_keys(preferences: Mapping[str, Any]) -> tuple[Shortcut, ...]:
    """The keys that do something for a user, as they have them; none if they are switched off."""
    chosen = keys_of(preferences)
    return tuple(replace(key, key=chosen[key.action]) for key in SHORTCUTS) if are_on(preferences) else ()


def choose_keys(wanted: Mapping[str, str]) -> dict[str, str]:
    """The keys that a user chose, those left as they are not named.

    Args:
        wanted: the key of each action; empty for its default key.

    Raises:
        ShortcutsError: a key is not a single character, is a digit (which chooses a value), or stands for two actions.
    """
    chosen = {key.action: wanted.get(key.action, "").strip() or key.key for key in SHORTCUTS}
    problems = {action: wrong for action, key in chosen.items() if (wrong := _problem(action, key, chosen))}
    if problems:
        raise ShortcutsError(problems)
    return {key.action: chosen[key.action] for key in SHORTCUTS if chosen[key.action] != key.key}


def _problem(action: str, key: str, chosen: Mapping[str, str]) -> str | None:
    if len(key) != 1 or not key.isprintable() or key.isspace():
        return "Use one letter or symbol"
    if key.isdigit():
        return "Digits choose a value: use a letter or symbol"
    if any(other == key for name, other in chosen.items() if name != action):
        return "Two actions can't have one key"
    return None
