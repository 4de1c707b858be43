"""Counts and sizes in words, the same in mails and on pages."""

from __future__ import annotations

import datetime as dt

from babel.numbers import format_decimal

from campaign.languages import gettext as _
from campaign.languages import language, local_date, local_number, ngettext


def signatures(count: int, paper: int = 0) -> str:
    """How many signatures, and how many of them were signed on paper."""
    shown = local_number(count)
    if not paper:
        return str(ngettext("%(all)s signature", "%(all)s signatures", count, all=shown))
    return str(
        ngettext(
            "%(all)s signature, %(paper)s of them on paper",
            "%(all)s signatures, %(paper)s of them on paper",
            count,
            all=shown,
            paper=local_number(paper),
        )
    )


def size(count: int) -> str:
    """A number of bytes, in the units that mail programs show."""
    if count < 1_000_000:
        return str(_("%(size)s kB", size=local_number(max(1, round(count / 1_000)))))
    megabytes = format_decimal(count / 1_000_000, "#,##0.0", locale=language())
    return str(_("%(size)s MB", size=megabytes))


def moment(at: dt.datetime) -> str:
    """A moment to the minute, in UTC."""
    at = at.astimezone(dt.UTC)
    return str(_("%(day)s, %(time)s UTC", day=local_date(at), time=f"{at:%H:%M}"))
