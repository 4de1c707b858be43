"""Composing: a template and plain values in, the bytes of a message out.

Building an EmailMessage takes milliseconds. The mails of one campaign differ only in who they
go to and in one link, so a message is built once, cut at its link, and put together per mail.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign.links import absolute, make_token, settings
from campaign.resources import folder

# Stands for the link while the message is built: letters and digits pass every encoding unchanged.
_MARK = "linkGoesHere7Qk2"
_LINE = 70


@dataclass(frozen=True)
class Kind:
    """A mail we send: its template folder, and the page that its own link leads to, if any."""

    name: str
    purpose: str | None = None


KINDS = {
    kind.name: kind
    for kind in (
        Kind("confirm", purpose="confirm"),
        Kind("already-signed"),
        Kind("staff-invitation"),
        Kind("staff-reset"),
        Kind("staff-notice"),
        Kind("staff-alert"),
    )
}


@dataclass(frozen=True)
class Compiled:
    """A message cut at the places where its link goes."""

    pieces: tuple[bytes, ...]

    def message(self, recipient: str, message_id: str, link: str) -> bytes:
        """The message for one recipient. `recipient` comes from `clean_address`."""
        now = format_datetime(dt.datetime.now(dt.UTC))
        head = f"To: {recipient}\r\nDate: {now}\r\nMessage-ID: {message_id}\r\n".encode("ascii")
        return head + _soft_lines(link).join(self.pieces)


def compose(
    kind: str, mail_id: int, recipient: str, shared: Mapping[str, str], subject_id: int | None
) -> bytes:
    """The bytes of mail `mail_id`, lines ended by CRLF.

    `shared` fills the template, `subject_id` is the row that the mail's link is about.
    Raises KeyError for an unknown kind, jinja2.UndefinedError when a value is missing.
    """
    site = settings()
    known = KINDS[kind]
    compiled = _compile(kind, json.dumps(dict(shared), sort_keys=True), site.mail_from)
    link = ""
    if known.purpose:
        if subject_id is None:
            raise KeyError(f"a {kind} mail needs the row that its link is about")
        link = absolute(f"/{known.purpose}/{make_token(known.purpose, subject_id)}")
    return compiled.message(recipient, message_id(mail_id), link)


def message_id(mail_id: int) -> str:
    """The Message-ID of mail `mail_id`: the same however often it is sent (RFC 5322, 3.6.4)."""
    site = settings()
    digest = hashlib.sha256(f"{site.secret_key}:mail:{mail_id}".encode()).hexdigest()[:24]
    return f"<{mail_id}.{digest}@{_domain(site.mail_from)}>"


@lru_cache(maxsize=8)
def _domain(mail_from: str) -> str:
    return parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"


@lru_cache(maxsize=256)
def _compile(kind: str, shared: str, mail_from: str) -> Compiled:
    values = {**json.loads(shared), "site_name": "Groundswell", "confirm_url": _MARK}
    message = EmailMessage(policy=SMTP)
    message["From"] = mail_from
    message["Subject"] = " ".join(_render(kind, "subject.txt", values).split())
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply comes back.
    message.set_content(_render(kind, "body.txt", values), cte="quoted-printable")
    html = css_inline.inline(_render(kind, "body.html", values), keep_style_tags=True)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    pieces = tuple(message.as_bytes().split(_MARK.encode()))
    if KINDS[kind].purpose and len(pieces) < 3:
        raise ValueError(f"the {kind} mail must carry its link in both of its parts")
    return Compiled(pieces)


def _soft_lines(link: str) -> bytes:
    """`link` in quoted-printable (RFC 2045, 6.7), on lines of its own that a reader joins again."""
    encoded = link.replace("=", "=3D")
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return "=\r\n".join(["", *lines, ""]).encode("ascii")


def _render(kind: str, part: str, values: Mapping[str, str]) -> str:
    return _templates().get_template(f"email/{kind}/{part}").render(values)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = folder("static") / "css" / "email.css"
    environment.globals["email_css"] = css.read_text() if css.exists() else ""
    return environment
