"""The picture of a campaign that goes with a shared link, drawn anew as its count grows.

Drawing takes half a second of a core, so only one is drawn at a time, and none before the last one
is a minute old. Whoever comes meanwhile gets the last one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from campaign.delivery.errors import CannotWrite
from campaign.delivery.typesetting.engine import Document, spoken, typeset_each
from campaign.delivery.typesetting.legible import is_right_to_left, legible
from campaign.languages import direction, language, local_number, ngettext
from campaign.languages import gettext as _
from campaign.links import SITE_NAME, settings
from campaign.resources import folder

log = structlog.get_logger()

FOLDER = "shares"
WIDTH, HEIGHT = 1200, 630
REDRAW_SECONDS = 60
_LONGEST_SECONDS = 10
_LONGEST_WAIT = 3.0
# A word of more characters has no room in the smallest letters.
_LONGEST_WORD = 24
_LONGEST_TITLE = 300
# The picture has no date in it; the typesetter wants one.
_NO_DATE = dt.datetime.fromtimestamp(0, dt.UTC)


@dataclass(frozen=True)
class Subject:
    """What a picture shows. `seed` chooses its colours, as on the campaign's page."""

    slug: str
    title: str
    count: int
    goal: int
    seed: int


def share_picture(subject: Subject) -> bytes | None:
    """A PNG in the language that is spoken now; None when none can be drawn just now."""
    data = _data(subject)
    digest = hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]
    wanted = settings().data_dir / FOLDER / f"{subject.slug}.{language()}.{digest}.png"
    try:
        kept = _kept(wanted)
        if kept and (kept == wanted or time.time() - kept.stat().st_mtime < REDRAW_SECONDS):
            return kept.read_bytes()
        return _drawn(data, wanted, kept)
    except OSError:  # Whoever drew another meanwhile has removed what was found.
        return None


def _drawn(data: dict[str, Any], wanted: Path, kept: Path | None) -> bytes | None:
    """A new picture, or the one before when it is somebody else's turn or it fails."""
    try:
        with _alone(wanted.parent, wait=kept is None) as alone:
            if alone:
                _draw(data, wanted, kept)
                kept = wanted
    except (CannotWrite, OSError) as error:
        slug = wanted.name.partition(".")[0]
        log.error("share picture failed", campaign=slug, reason=type(error).__name__)
    return kept.read_bytes() if kept else None


def _kept(wanted: Path) -> Path | None:
    """The last picture of the same campaign in the same language."""
    slug, code, _digest, _png = wanted.name.split(".")
    found = wanted.parent.glob(f"{slug}.{code}.*.png")
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


@contextlib.contextmanager
def _alone(place: Path, *, wait: bool) -> Iterator[bool]:
    """Whether nobody else draws on this machine, which may be waited for a little."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + (_LONGEST_WAIT if wait else 0)
    with (place / "lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield False
                    return
            time.sleep(0.1)
        yield True


def _draw(data: dict[str, Any], wanted: Path, before: Path | None) -> None:
    if wanted.exists():  # Somebody else drew it while this one waited.
        return
    until = time.monotonic() + _LONGEST_SECONDS

    def waiting() -> None:
        if time.monotonic() > until:
            raise CannotWrite("a share picture takes too long")

    draft = wanted.with_suffix(".part")
    draft.unlink(missing_ok=True)  # Of one who was killed: nobody else draws now.
    list(typeset_each([(Document("share.typ", data, _NO_DATE, "png"), draft)], waiting))
    os.replace(draft, wanted)
    # The one before stays for whoever has just found it.
    slug, code, *_rest = wanted.name.split(".")
    for path in wanted.parent.glob(f"{slug}.{code}.*.png"):
        if path not in (wanted, before):
            path.unlink(missing_ok=True)


def _data(subject: Subject) -> dict[str, Any]:
    count, goal = subject.count, subject.goal
    title = subject.title[:_LONGEST_TITLE]
    return {
        **spoken(),
        "title": title,
        "says": legible(title, longest=_LONGEST_WORD),
        "words-rtl": direction() == "rtl",
        "rtl": is_right_to_left(title) or direction() == "rtl",
        "site": SITE_NAME,
        "logo": (folder("static") / "img" / "logo.svg").read_text(encoding="utf-8"),
        "signed": _signed(count),
        "goal": _("Goal: %(goal)s", goal=local_number(goal)) if goal else "",
        "share": min(1.0, count / goal) if goal else None,
        # The divisors of templates/macros/art.html.
        "tint": subject.seed // 427 % 5,
        "sun": 0.6 + subject.seed % 31 / 100,
    }


def _signed(count: int) -> str:
    shown = local_number(count)
    words: str = ngettext(
        "%(shown)s person has signed", "%(shown)s people have signed", count, shown=shown
    )
    return words if count else str(_("Be the first to sign"))
