"""Reads PDFs as an independent witness: text, structure, and where on the page the text is."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

POINTS = 72 / 25.4  # In a millimetre.


def reader(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data), strict=True)


def pages(data: bytes) -> list[str]:
    """The text of each page, without the places that were given to long words to break."""
    return [page.extract_text().replace("\u200b", "") for page in reader(data).pages]


def text_of(data: bytes) -> str:
    """All text, spaces and line ends as one space each."""
    return " ".join(" ".join(pages(data)).split())


def roles(data: bytes) -> Counter[str]:
    """How many elements of each kind the structure has (ISO 32000, 14.8.4)."""
    return Counter(_roles(reader(data).trailer["/Root"]["/StructTreeRoot"]["/K"]))


def _roles(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from _roles(child)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from _roles(node["/K"])


def spans(page: PageObject) -> list[tuple[float, float, float]]:
    """Left end, right end and height of each run of text, in millimetres from the bottom left."""
    found = []
    fonts = page["/Resources"].get("/Font", {})
    now: dict[str, Any] = {}

    def see(operator: bytes, operands: Any, cm: list[float], tm: list[float]) -> None:
        if operator == b"Tf":
            now.update(widths=_widths(fonts[operands[0]]), size=float(operands[1]))
        elif operator in (b"Tj", b"TJ"):
            pieces = operands[0] if operator == b"TJ" else operands
            width = sum(_length(piece, now["widths"]) for piece in pieces) * now["size"] / 1000
            x, y = (tm[4] * cm[i] + tm[5] * cm[i + 2] + cm[i + 4] for i in (0, 1))
            reach = width * tm[0] * cm[0]
            found.append(tuple(at / POINTS for at in (x, x + reach, y)))

    page.extract_text(visitor_operand_before=see)
    return found


def first_from_right(page: PageObject) -> list[str]:
    """The run of text at the right end of each line, where a line of Arabic begins."""
    lines: dict[int, tuple[float, str]] = {}

    def see(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        x, y = (tm[4] * cm[i] + tm[5] * cm[i + 2] + cm[i + 4] for i in (0, 1))
        if text.strip():
            lines[round(y)] = max((x, text.strip()), lines.get(round(y), (0, "")))

    page.extract_text(visitor_text=see)
    return [text for _, text in lines.values()]


def _length(piece: Any, widths: dict[int, float]) -> float:
    if isinstance(piece, int | float):
        return -float(piece)
    raw = piece if isinstance(piece, bytes) else piece.original_bytes
    codes = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
    return sum(widths.get(code, widths[-1]) for code in codes)


def _widths(font: Any) -> dict[int, float]:
    """The widths of a composite font's glyphs; that of all others under -1 (ISO 32000, 9.7.4.3)."""
    inner = font.get_object()["/DescendantFonts"][0].get_object()
    found = {-1: float(inner.get("/DW", 1000))}
    items = list(inner.get("/W", ()))
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second.get_object(), ArrayObject):
            found.update({first + i: float(w) for i, w in enumerate(second.get_object())})
        else:
            width = float(items.pop(0))
            found.update(dict.fromkeys(range(first, int(second) + 1), width))
    return found
