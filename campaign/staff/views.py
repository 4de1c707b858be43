"""What every page of the workspace has: its menu, its filters, its headers."""

from __future__ import annotations

import datetime as dt
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_security import current_user

from campaign.public.pages import secure
from campaign.staff.hiding import hidden_query

# (name, address, text, least role). Pages set `area` to the name of theirs.
MENU = (
    ("campaigns", "/staff/", "Campaigns", "organiser"),
    ("articles", "/staff/articles", "Articles", "organiser"),
    ("officials", "/staff/officials", "Officials", "organiser"),
    ("accounts", "/staff/accounts", "Accounts", "admin"),
    ("audit", "/staff/audit", "Record", "admin"),
)


def register(app: Flask) -> None:
    """Set up the templates and headers of `app`."""
    # As a global, so that macros know it, too.
    app.jinja_env.globals.update(menu=MENU, current_user=current_user)
    host = urlsplit(app.extensions["groundswell"].base_url).hostname or ""
    app.jinja_env.globals["passkeys_possible"] = not _is_number(host)
    app.jinja_env.filters["short_time"] = short_time
    app.jinja_env.filters["hidden_query"] = hidden_query
    app.after_request(_private)
    app.teardown_request(_close_uploads)


def _is_number(host: str) -> bool:
    # A passkey belongs to a name (WebAuthn Level 3, 5.1.2); browsers refuse numeric addresses.
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def short_time(moment: dt.datetime) -> str:
    """A moment in UTC, like `23 Nov 2026, 14:05`."""
    moment = moment.astimezone(dt.UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def _close_uploads(error: BaseException | None) -> None:
    # Large ones lie in a file, which nobody else would close before it is collected.
    request.close()


def _private(response: Response) -> Response:
    # Nobody's cache keeps a page of the workspace, and going back after signing out shows none.
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return secure(response)
