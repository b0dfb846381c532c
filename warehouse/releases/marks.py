"""Marks of manifests: that a release is as an installation with the key published it.

Belongs here: marking a manifest, and proving its mark. Does not: whether the files are as their manifest says
(`warehouse.releases.release.verify`), the key (`warehouse.installation_key`).
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from warehouse.home import Home
from warehouse.installation_key import former_marks, keyed_mark

MARK: Final = "mark"
PURPOSE: Final = "manifest of a release"
UNMARKED: Final = "its manifest has no mark: it was published before manifests were marked, or written by hand"
OTHER_MARK: Final = (
    "its manifest does not fit its mark: it was changed, or marked with another key; where the key was replaced, give "
    "the former one as CONCORD_FORMER_KEY"
)


def marked(home: Home, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest with the mark that the key of the installation makes of all else in it."""
    return {**manifest, MARK: keyed_mark(home, PURPOSE, _text(manifest))}


def mark_fault(home: Home, manifest: Mapping[str, Any]) -> str | None:
    """What is wrong with the mark of a manifest, in words; None if the key, or a former one, made it."""
    mark = manifest.get(MARK)
    if not isinstance(mark, str):
        return UNMARKED
    text = _text(manifest)
    made = [keyed_mark(home, PURPOSE, text), *former_marks(home, PURPOSE, text)]
    return None if any(hmac.compare_digest(mark.encode(), one.encode()) for one in made) else OTHER_MARK


def _text(manifest: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in manifest.items() if name != MARK}, sort_keys=True)
