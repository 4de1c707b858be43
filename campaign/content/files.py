"""Reading a content file: its front matter and its body, as clean text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from campaign.content.mistakes import Mistakes

MAX_BYTES = 1_000_000

# Overrides, embeddings and isolates make a text look like a different one. The marks that
# Arabic and Hebrew writing needs (U+200E, U+200F) and the joiners stay allowed.
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# U+2028 and U+2029 would shift the line numbers; the others stand for text that was lost.
_BROKEN = "\u2028\u2029\ufffd\ufffe\uffff"
# YAML can spell half a character, which no file and no database can hold.
_HALVES = "\ud800-\udfff"
_UNWANTED = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{_REORDERING}{_BROKEN}{_HALVES}]")
_FENCE = "---"


@dataclass(frozen=True)
class Source:
    """A file in its two parts. `front` starts on line 2, `body` on line `body_line`."""

    front: str
    body: str
    body_line: int


def read_source(path: Path, mistakes: Mistakes) -> Source | None:
    """The parts of the file at `path`, or None when there is no telling them apart.

    Whatever is wrong is added to `mistakes`; characters that may not be used are left out.
    """
    raw = _read(path, mistakes)
    text = None if raw is None else _decode(raw, mistakes)
    return None if text is None else _split(_without_unwanted(text, mistakes), mistakes)


def read_body(text: str, mistakes: Mistakes) -> tuple[str, int]:
    """Text from a form as a file's body would be, and the line that it starts on."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(text.encode(errors="replace")) > MAX_BYTES:
        mistakes.add(1, f"it is larger than {MAX_BYTES:,} bytes")
        lines = []
    body = _without_unwanted("\n".join(lines), mistakes)
    return body.strip("\n") + "\n", 1 + _leading_blanks(lines)


def without_unwanted(text: str) -> str:
    """`text` without the characters that may not be used, all that XML cannot hold among them."""
    return _UNWANTED.sub("", text)


def unwanted(text: str) -> str | None:
    """The first character in `text` that may not be used, by its number and name, or None."""
    found = _UNWANTED.search(text)
    if not found:
        return None
    character = found[0]
    name = unicodedata.name(character, "control character").lower()
    return f"U+{ord(character):04X} ({name})"


def _read(path: Path, mistakes: Mistakes) -> bytes | None:
    try:
        if path.exists() and not path.is_file():
            mistakes.add(0, "this is not a file")
            return None
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        mistakes.add(0, f"the file cannot be read: {reason}")
        return None
    if len(raw) > MAX_BYTES:
        mistakes.add(0, f"the file is larger than {MAX_BYTES:,} bytes")
        return None
    return raw


def _decode(raw: bytes, mistakes: Mistakes) -> str | None:
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        mistakes.add(
            line, f"the byte 0x{raw[error.start]:02X} is not UTF-8: save the file as UTF-8"
        )
        return None


def _without_unwanted(text: str, mistakes: Mistakes) -> str:
    if not _UNWANTED.search(text):
        return text
    for number, line in enumerate(text.split("\n"), 1):
        found = unwanted(line)
        if found:
            mistakes.add(number, f"the character {found} may not be used")
    return without_unwanted(text)


def _split(text: str, mistakes: Mistakes) -> Source | None:
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == _FENCE]
    if fences[:1] != [0]:
        mistakes.add(1, f"the file must start with front matter between two lines of {_FENCE}")
        return None
    if len(fences) < 2:
        mistakes.add(1, f"the front matter has no closing line of {_FENCE}")
        return None
    end = fences[1]
    return Source(
        front="\n".join(lines[1:end]),
        body="\n".join(lines[end + 1 :]).strip("\n") + "\n",
        body_line=end + 2 + _leading_blanks(lines[end + 1 :]),
    )


def _leading_blanks(lines: list[str]) -> int:
    return next((count for count, line in enumerate(lines) if line), len(lines))
