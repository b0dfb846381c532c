"""The files of the repository as words: what tests of documents read."""

import io
import re
import subprocess
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
"""Kinds of token that hold words; from Python 3.12 on the words of an f-string are a kind of their own."""


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.splitlines() if not name.endswith("package-lock.json")]
    return [path for path in paths if path.exists()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def words_of(path: Path) -> str:
    """What a file says in words: of Python its comments and its texts but for regular expressions, else all of it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join(_words_of_token(token.string) for token in tokens if token.type in WORDS)


def _words_of_token(token: str) -> str:
    if token.startswith(("r", "fr", "rf")):
        return ""
    return re.sub(r"\{[^{}]*\}", "", token) if token.startswith("f") else token


def without_blocks(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def without_code(text: str) -> str:
    """A page without any code: what a program prints or is called is not worded there."""
    return re.sub(r"`[^`\n]*`", "", without_blocks(text))
