"""Composing: a template and plain values in, the bytes of a message out.

Building an EmailMessage takes milliseconds. The mails of one campaign differ only in who they
go to, in their links and in a number, so a message is built once, cut at these places, and put
together per mail.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import quopri
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache

import css_inline

from campaign.languages import DEFAULT, direction, local_number, speaking
from campaign.languages import language as spoken
from campaign.links import SITE_NAME, absolute, make_token, settings
from campaign.mail.attaching import Attachment, NotComposed, in_base64
from campaign.mail.kinds import KINDS, Kind
from campaign.mail.wording import render

_LINE = 70
_NAMES = ("link", "number", "unsubscribe", "own")
# Pages that a mail leads its reader to, in their language.
_READ = {"campaign_url", "deliveries_url"}

# Each stands for what is filled in while the message is built. Letters and digits pass every
# encoding unchanged; nobody can guess them, so that no text that somebody wrote holds one. None
# may be shorter than what takes its place in the middle of a line.
_MARKS = {name: f"{name}{secrets.token_hex(8)}Mark" for name in _NAMES}
_ENCODED = {name: mark.encode() for name, mark in _MARKS.items()}
# The same, should a line of quoted-printable have ended within it.
_BROKEN = {
    mark: re.compile(b"(?:=\r\n)?".join(bytes([byte]) for byte in mark))
    for mark in _ENCODED.values()
}
_FILE = secrets.token_bytes(33)
_FILE_MARK = base64.b64encode(_FILE)
_CUT = re.compile(b"(%b)" % b"|".join(map(re.escape, [*_ENCODED.values(), _FILE_MARK])))


@dataclass(frozen=True)
class Compiled:
    """A message cut at the places where something is filled in: every other piece is a mark."""

    pieces: tuple[bytes, ...]

    def message(self, head: str, values: Mapping[bytes, bytes]) -> bytes:
        """The message with `head` in front of its header, and `values` in place of the marks."""
        return head.encode("ascii") + b"".join(values.get(one, one) for one in self.pieces)


def compose(
    kind: str,
    mail_id: int,
    recipient: str,
    shared: Mapping[str, str],
    subject_id: int | None,
    *,
    language: str = DEFAULT,
    number: int | None = None,
    attachment: Attachment | None = None,
) -> bytes:
    """The bytes of mail `mail_id`, lines ended by CRLF.

    `recipient` comes from `clean_address`; `shared` fills the template, which speaks `language`;
    `subject_id` is the row that the mail's links are about, `number` the one that it tells. Raises
    KeyError for an unknown kind, jinja2.UndefinedError when a value is missing, NotComposed.
    """
    site, known = settings(), KINDS[kind]
    name = attachment.name if attachment else None
    words = json.dumps(dict(shared), sort_keys=True)
    with speaking(language):
        values = _values(known, subject_id, number)
        compiled = _compile(kind, spoken(), words, site.mail_from, name)
    lines = [f"To: {recipient}", f"Date: {format_datetime(dt.datetime.now(dt.UTC))}"]
    lines.append(f"Message-ID: {message_id(mail_id)}")
    if known.updates:
        lines.append(f"List-Unsubscribe: <{values['unsubscribe']}>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    filled = {_ENCODED[mark]: _encoded(value) for mark, value in values.items()}
    if attachment:
        filled[_FILE_MARK] = in_base64(attachment)
    return compiled.message("".join(f"{line}\r\n" for line in lines), filled)


def _values(kind: Kind, subject_id: int | None, number: int | None) -> dict[str, str]:
    """What is filled in for each mark of a mail of this kind."""
    values = {}
    if kind.purpose or kind.updates or kind.own_page:
        if subject_id is None:
            raise NotComposed(f"a {kind.name} mail needs the row that its link is about")
        if kind.purpose:
            values["link"] = _link(kind.purpose, subject_id)
        if kind.updates:
            values["unsubscribe"] = _link("unsubscribe", subject_id)
        if kind.own_page:
            values["own"] = _link("mine", subject_id)
    if kind.numbered:
        if number is None:
            raise NotComposed(f"a {kind.name} mail needs the number that it tells")
        values["number"] = local_number(number)
    return values


def _link(purpose: str, subject_id: int) -> str:
    return _in_language(absolute(f"/{purpose}/{make_token(purpose, subject_id)}"))


def _in_language(address: str) -> str:
    """An address of ours as it is read in the language that is spoken now."""
    start, code = settings().base_url, spoken()
    return address if code == DEFAULT else f"{start}/{code}{address.removeprefix(start)}"


def message_id(mail_id: int) -> str:
    """The Message-ID of mail `mail_id`: the same however often it is sent (RFC 5322, 3.6.4)."""
    site = settings()
    digest = hashlib.sha256(f"{site.secret_key}:mail:{mail_id}".encode()).hexdigest()[:24]
    return f"<{mail_id}.{digest}@{_domain(site.mail_from)}>"


@lru_cache(maxsize=8)
def _domain(mail_from: str) -> str:
    return parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"


@lru_cache(maxsize=256)
def _compile(kind: str, code: str, shared: str, mail_from: str, attached: str | None) -> Compiled:
    """What is the same for all mails of a kind that speak the language `code`, as is spoken now."""
    values = {**json.loads(shared), "site_name": SITE_NAME, "lang": code, "dir": direction()}
    # What is there to be passed on is read in the language of whoever gets it.
    for name in _READ & values.keys() if kind != "already-signed" else ():
        values[name] = _in_language(values[name])
    values |= {"number": _MARKS["number"], "unsubscribe_url": _MARKS["unsubscribe"]}
    values["mine_url"] = _MARKS["own"]
    values[f"{KINDS[kind].purpose}_url"] = _MARKS["link"]
    message = EmailMessage(policy=SMTP)
    message["From"] = mail_from
    message["Subject"] = " ".join(render(kind, "subject.txt", values).split())
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply comes back.
    message.set_content(render(kind, "body.txt", values), cte="quoted-printable")
    html = css_inline.inline(render(kind, "body.html", values), keep_style_tags=True)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if attached:
        subtype = "zip" if attached.endswith(".zip") else "octet-stream"
        message.add_attachment(_FILE, maintype="application", subtype=subtype, filename=attached)
    pieces = tuple(_CUT.split(_mended(message.as_bytes())))
    for mark in KINDS[kind].marks:
        if pieces.count(_ENCODED[mark]) < 2:
            raise ValueError(f"the {kind} mail must carry its {mark} in both of its parts")
    return Compiled(pieces)


def _mended(message: bytes) -> bytes:
    """The message with no line ending within a mark: one that was broken gets a line of its own."""
    whole = _CUT.split(message)  # Every other piece is a mark that is as it should be.
    for mark, broken in _BROKEN.items():
        whole[::2] = [broken.sub(b"=\r\n%b=\r\n" % mark, piece) for piece in whole[::2]]
    return b"".join(whole)


def _encoded(value: str) -> bytes:
    """`value` in quoted-printable (RFC 2045, 6.7): a link on lines of its own, which are joined."""
    if "/" not in value:
        return quopri.encodestring(value.encode()).replace(b"=\n", b"")
    encoded = value.replace("=", "=3D")
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return "=\r\n".join(["", *lines, ""]).encode("ascii")
