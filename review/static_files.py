"""Style, script and pictures: the desk's own, and those of npm packages, named by their content.

Belongs here: where files lie and under which address they are served. Does not: what is in them.

GOV.UK's typeface and crown are for services on gov.uk alone: the faces are left out of the style, and not served.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / "node_modules"
GOVUK = PACKAGES / "govuk-frontend" / "dist" / "govuk"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
INSTALLED = {
    "govuk-frontend.min.css": GOVUK / "govuk-frontend.min.css",
    "govuk-frontend.min.js": GOVUK / "govuk-frontend.min.js",
    "htmx.min.js": PACKAGES / "htmx.org" / "dist" / "htmx.min.js",
}
FOREVER = "public, max-age=31536000, immutable"


class MissingStaticFilesError(FileNotFoundError):
    """The npm packages are not installed."""


class StaticFiles:
    """All files that pages refer to, in memory."""

    def __init__(self) -> None:
        """Read them.

        Raises:
            MissingStaticFilesError: the npm packages are not installed.
        """
        self._files: Mapping[str, bytes] = {name: _read(path) for name, path in _files().items()}
        self._digests = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in self._files.items()}

    def address(self, name: str) -> str:
        """The address of a file, which changes with its content.

        Raises:
            KeyError: there is no such file.
        """
        return f"/static/{self._digests[name]}/{name}"

    def serve(self, request: Request) -> Response:
        """Answer with a file."""
        name = request.path_params["name"]
        if self._digests.get(name) != request.path_params["digest"]:
            return Response(status_code=404)
        return Response(self._files[name], media_type=TYPES[Path(name).suffix], headers={"Cache-Control": FOREVER})


def _files() -> dict[str, Path]:
    own = {path.name: path for path in sorted((FOLDER / "static").iterdir()) if path.suffix in TYPES}
    return INSTALLED | own


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise MissingStaticFilesError(
            "the desk's style and script are not installed: run `npm ci` in the folder review/, or `make setup review`"
        ) from error
    return FONT_FACE.sub("", content.decode()).encode() if path.suffix == ".css" else content
