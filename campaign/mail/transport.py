"""Where a composed message goes: an SMTP server, or a folder when none is set."""

from __future__ import annotations

import os
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol, Self

from campaign.settings import Settings, Smtp

TIMEOUT = 60.0


class TemporaryFailure(Exception):
    """The message may be accepted later (a 4xx answer, or no answer)."""


class Unreachable(TemporaryFailure):
    """The server does not answer, or not to us: no other message would get through now."""


class PermanentFailure(Exception):
    """The message will never be accepted (a 5xx answer)."""


class Transport(Protocol):
    """Hands over messages, many on one connection."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
    def send(self, recipient: str, message_id: str, data: bytes) -> None:
        """Hand over one message. Raises TemporaryFailure, Unreachable or PermanentFailure."""


def transport(settings: Settings) -> Transport:
    """The transport that the settings ask for, not connected yet."""
    if settings.smtp is None:
        return FolderTransport(settings.data_dir / "mail")
    return SmtpTransport(settings.smtp, parseaddr(settings.mail_from)[1])


class SmtpTransport:
    """SMTP (RFC 5321). Connects at the first message and again after a connection broke."""

    def __init__(self, smtp: Smtp, sender: str, timeout: float = TIMEOUT) -> None:
        self._smtp = smtp
        self._sender = sender
        self._timeout = timeout
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._hang_up(politely=True)

    def send(self, recipient: str, message_id: str, data: bytes) -> None:
        try:
            connection = self._connection or self._connect()
        except (OSError, smtplib.SMTPException) as error:
            # Be it wrong credentials or no answer: no supporter's mail may be given up for it.
            self._hang_up(politely=False)
            raise Unreachable(f"not connected: {_kind(error)}") from None
        try:
            self._hand_over(connection, recipient, data)
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == 421:
                self._hang_up(politely=False)
                raise Unreachable(_kind(error)) from None
            with suppress(OSError):  # Should the connection break now, the next message notices.
                connection.rset()
            raise _failure(error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(politely=False)
            raise Unreachable(_kind(error)) from None

    def _hand_over(self, connection: smtplib.SMTP, recipient: str, data: bytes) -> None:
        # As smtplib's `sendmail`, which however parses both addresses anew for each message: a
        # third of all that a mail costs. They come from our settings and from `clean_address`.
        connection.ehlo_or_helo_if_needed()
        for verb, path in (("MAIL FROM", self._sender), ("RCPT TO", recipient)):
            code, text = connection.docmd(f"{verb}:<{path}>")
            if code not in (250, 251):
                raise smtplib.SMTPResponseException(code, text)
        code, text = connection.data(data)
        if code != 250:
            raise smtplib.SMTPDataError(code, text)

    def _connect(self) -> smtplib.SMTP:
        where = self._smtp
        kind = smtplib.SMTP_SSL if where.implicit_tls else smtplib.SMTP
        connection = kind(where.host, where.port, timeout=self._timeout)
        self._connection = connection
        if where.starttls:
            connection.starttls()
        if where.username is not None:
            connection.login(where.username, where.password or "")
        return connection

    def _hang_up(self, *, politely: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if politely:
                connection.quit()
            connection.close()
        except (OSError, smtplib.SMTPException):
            connection.close()


def _failure(code: int) -> TemporaryFailure | PermanentFailure:
    kind = PermanentFailure if code >= 500 else TemporaryFailure
    return kind(f"server answered {code}")


def _kind(error: Exception) -> str:
    # The server's words often repeat the address, so only its code is kept.
    if isinstance(error, smtplib.SMTPResponseException):
        return f"server answered {error.smtp_code}"
    return type(error).__name__


class FolderTransport:
    """Writes each message to a file, for development and trials."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def send(self, recipient: str, message_id: str, data: bytes) -> None:
        # Named after the message, so that sending it twice leaves one file.
        name = message_id.strip("<>").rpartition("@")[0]
        draft = self._folder / f".{name}.{os.getpid()}"
        try:
            draft.write_bytes(data)
            draft.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise TemporaryFailure(type(error).__name__) from None
