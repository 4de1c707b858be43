"""Two admins press Send at the same moment: one mail goes out, and the other one is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.delivery import sending
from campaign.delivery.keeping import NotNow
from tests.delivery.handing import ADMIN, audit, ready, sent, supporters
from tests.delivery.making import SLUG, petition
from tests.support.making import value


@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_two_who_send_at_once_send_one_mail(
    app: Flask, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    petition()
    supporters(2)
    sent() if again else ready()
    before = value("SELECT count(*) FROM outgoing_mail")
    both_have_looked, packed_for = threading.Barrier(2, timeout=30), sending.packed_for

    def packed_together(row: Any, actor: Actor) -> sending.Packed:
        packed = packed_for(row, actor)
        both_have_looked.wait()
        return packed

    monkeypatch.setattr(sending, "packed_for", packed_together)

    def send(_: int) -> str:
        with app.app_context():
            try:
                return sending.send_delivery(SLUG, 1, actor=ADMIN)
            except NotNow as problem:
                return str(problem)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(send, range(2)))
    assert answers == [
        "It was sent or changed meanwhile. Look, and send again if that is needed.",
        "attachment",
    ]
    assert value("SELECT count(*) FROM outgoing_mail") == before + 1
    done = [action for action, _ in audit(f"delivery:{SLUG}/1")]
    assert done.count("delivery sent again" if again else "delivery sent") == 1
