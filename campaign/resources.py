"""Finds templates, static files and migrations, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `name` (such as `templates` or `static`) wherever this copy keeps it.

    In a checkout it lies beside the package; a wheel carries it inside the package.
    Raises FileNotFoundError when neither is there.
    """
    for candidate in (_PACKAGE.parent / name, _PACKAGE / "_resources" / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation")
