"""/dev/mailbox: the mails that were written to files. Development only."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template

from campaign.errors import NotFound
from campaign.links import settings

pages = Blueprint("mailbox", __name__)

NEWEST = 100


@pages.get("/dev/mailbox")
def mailbox() -> Response:
    files = sorted(_folder().glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    messages = [
        {**_head(_read(file)), "href": f"/dev/mailbox/{file.stem}"} for file in files[:NEWEST]
    ]
    return make_response(render_template("public/mailbox.html", messages=messages))


@pages.get("/dev/mailbox/<token:name>")
def mail(name: str) -> Response:
    message = _find(name)
    text = message.get_body(("plain",))
    html = render_template(
        "public/mail.html",
        **_head(message),
        text=text.get_content() if text else "",
        html_src=f"/dev/mailbox/{name}/html",
    )
    return make_response(html)


@pages.get("/dev/mailbox/<token:name>/html")
def mail_html(name: str) -> Response:
    part = _find(name).get_body(("html",))
    response = make_response(part.get_content() if part else "")
    # Mail clients honour styles inside a mail; our own pages never may.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


def _folder() -> Path:
    return settings().data_dir / "mail"


def _find(name: str) -> EmailMessage:
    file = _folder() / f"{name}.eml"
    if not file.is_file():
        raise NotFound
    return _read(file)


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=default)


def _head(message: EmailMessage) -> dict[str, str]:
    return {"recipient": message["To"], "subject": message["Subject"], "date": message["Date"]}
