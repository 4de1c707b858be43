"""Files of paper: a table between its preview and its import, and the lines that were refused.

Both hold what people wrote, so both are kept for a short time only, readable by their owner alone.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from campaign.delivery.files import replaced, writing
from campaign.delivery.spreadsheets import cleaned, inert_text
from campaign.errors import GroundswellError
from campaign.links import settings
from campaign.signatures.paper_reading import ADDED, COLUMNS, Refused

FOLDER = "paper"
TABLE_HOURS = 24
REFUSED_DAYS = 14

_TOKEN = re.compile(r"[0-9a-f]{64}")
_REFUSED = re.compile(r"\.?refused-.*")


class NotKept(GroundswellError):
    """This table is not kept any more: it was imported, discarded or is a day old. Send it again.

    Nothing is lost that was imported.
    """

    status = 409


def keep_table(slug: str, raw: bytes) -> str:
    """Keep a table that is to be imported into a campaign. Returns what it is asked for by.

    Raises CannotWrite.
    """
    token = secrets.token_hex(32)
    _write(_table(slug, token), raw)
    return token


def kept_table(slug: str, token: str) -> bytes:
    """The table as it was sent. Raises NotKept."""
    try:
        return _table(slug, token).read_bytes()
    except FileNotFoundError:
        raise NotKept from None


def drop_table(slug: str, token: str) -> None:
    """Keep a table no longer."""
    _table(slug, token).unlink(missing_ok=True)


def keep_refused(batch_id: int, refused: Sequence[Refused]) -> None:
    """Keep the lines that an import refused, if any, with their reasons. Raises CannotWrite."""
    if refused:
        _write(_refused(batch_id), refused_csv(refused))


def kept_refused(batch_id: int) -> bytes | None:
    """The refused lines of a batch as CSV, while they are kept."""
    with contextlib.suppress(FileNotFoundError):
        return _refused(batch_id).read_bytes()
    return None


def drop_refused(batch_id: int) -> None:
    """Keep the refused lines of a batch no longer."""
    _refused(batch_id).unlink(missing_ok=True)


def refused_csv(refused: Iterable[Refused]) -> bytes:
    """The lines with their reasons, inert in spreadsheets. Corrected, it can be imported."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*ADDED, *COLUMNS))
    for one in refused:
        writer.writerow((one.number, one.reason, *map(inert_text, one.cells)))
    # Without the mark, Excel takes UTF-8 for something else.
    return b"\xef\xbb\xbf" + cleaned(out.getvalue().encode())


def sweep() -> int:
    """Remove what was kept for its time. Returns how many files that were."""
    folder = settings().data_dir / FOLDER
    gone = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        hours = REFUSED_DAYS * 24 if _REFUSED.fullmatch(path.name) else TABLE_HOURS
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - hours * 3600:
                path.unlink()
                gone += 1
    return gone


def _table(slug: str, token: str) -> Path:
    if not _TOKEN.fullmatch(token):
        raise NotKept
    return settings().data_dir / FOLDER / f"{token}.{slug}.csv"


def _refused(batch_id: int) -> Path:
    return settings().data_dir / FOLDER / f"refused-{batch_id}.csv"


def _write(path: Path, data: bytes) -> None:
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with replaced(path) as draft:
        draft.write_bytes(data)
