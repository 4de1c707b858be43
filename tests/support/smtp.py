"""A real SMTP server for tests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from campaign.settings import Smtp


class Office:
    """An SMTP server's behaviour: answers by address, and remembers what it accepted."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.accepted: list[EmailMessage] = []
        self.connections: set[int] = set()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.connections.add(id(session))
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.accepted.append(message)
        return "250 OK"


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    """A running SMTP server that the application sends through."""
    before = app.extensions["groundswell"]
    with open_office() as (office, port):
        app.extensions["groundswell"] = replace(before, smtp=Smtp("127.0.0.1", port))
        yield office
    app.extensions["groundswell"] = before


@contextmanager
def open_office() -> Iterator[tuple[Office, int]]:
    """An SMTP server on a free port of the loopback, and that port."""
    office, port = Office(), free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office, port
    controller.stop(no_assert=True)


def free_port() -> int:
    """A port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
