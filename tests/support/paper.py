"""Tables of signatures on paper."""

from __future__ import annotations

import io
from typing import Any

from werkzeug.test import TestResponse

from campaign.accounts.audit import SYSTEM
from campaign.signatures.paper import Report, import_paper
from tests.support.making import rows
from tests.support.staff import Staff

SLUG = "night-buses"
ALL = f"/staff/campaigns/{SLUG}/paper"
HEAD = "name,postcode,country,signed_on,comment,email\n"


def table(*lines: str, head: str = HEAD) -> bytes:
    """A file with the usual columns and these lines."""
    return (head + "".join(f"{line}\n" for line in lines)).encode()


def person(name: str = "Ada Okafor", email: str = "", *, comment: str = "") -> str:
    """A line that passes."""
    return f"{name},N1 9GU,GB,2026-03-01,{comment},{email}"


def put_paper(*lines: str, batch: str = "Market", slug: str = SLUG, **given: Any) -> Report:
    """Import these lines."""
    return import_paper(slug, table(*lines), batch=batch, actor=SYSTEM, **given)


def kept() -> list[tuple[Any, ...]]:
    """The names on paper and their states, in the order in which they came."""
    return rows("SELECT name, state FROM paper_signature ORDER BY id")


def send(browser: Staff, raw: bytes) -> TestResponse:
    """Send a table to be looked at."""
    return browser.post(ALL, {"table": (io.BytesIO(raw), "sheet.csv")})


def sent(browser: Staff, raw: bytes) -> str:
    """The address of the preview of a table that was sent."""
    answer = send(browser, raw)
    assert answer.status_code == 303
    assert answer.location
    return answer.location
