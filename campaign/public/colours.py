"""Colours that somebody else chose, and what can be read on them (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

_HEX = re.compile("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LIGHT, _DARK = "#ffffff", "#000000"


def colour(text: str) -> str:
    """`text` as `#rrggbb`, or nothing when it is neither #rgb nor #rrggbb."""
    found = _HEX.fullmatch(text)
    if not found:
        return ""
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def readable_on(background: str) -> str:
    """Black or white, whichever stands out more: one of the two always has 4.5:1."""
    return max(_DARK, _LIGHT, key=lambda ink: contrast(ink, background))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def darker(background: str) -> str:
    """The same hue with a third of its light gone, for an edge."""
    return "#" + "".join(f"{part * 2 // 3:02x}" for part in _parts(background))


def _luminance(given: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(given))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _parts(given: str) -> list[int]:
    return [int(given[at : at + 2], 16) for at in (1, 3, 5)]
