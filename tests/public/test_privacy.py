"""Nobody who signs can be found in the logs or in the queue, whatever goes wrong meanwhile."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import redis

from tests.journeys.crowd import link_in
from tests.local.processes import until
from tests.public.wire import SIGN, fields
from tests.support.site import Answer, Site

NAME = "Ottoline Quackenbush"
NETWORK = "203.0.113.77"
LAST = "that-was-all"
COMMENT = "My cousin reads there every day"


def supporter(number: int) -> str:
    return f"ottoline.{number}@example.org"


def sign(site: Site, number: int, **changes: str) -> Answer:
    person = fields(name=NAME, email=supporter(number), comment=COMMENT, postcode="ZZ9 9ZZ")
    body = json.dumps({**person, **changes}).encode()
    kind = {"Content-Type": "application/json", "X-Forwarded-For": NETWORK}
    return site.request("POST", SIGN, body, kind)


@contextmanager
def without_column(site: Site, table: str, column: str) -> Iterator[None]:
    """Every statement that needs the column fails."""
    site.rows(f"ALTER TABLE {table} RENAME COLUMN {column} TO is_gone")
    yield
    site.rows(f"ALTER TABLE {table} RENAME COLUMN is_gone TO {column}")


def link_for(site: Site, number: int) -> str:
    def links() -> list[str]:
        accepted = list(site.office.accepted)
        return [link_in(mail) for mail in accepted if mail["To"] == supporter(number)]

    return until(links, seconds=60)[0]


def test_no_log_line_names_anyone_even_when_everything_fails(site: Site) -> None:
    before = len(site.log)
    assert sign(site, 1).status == 303
    assert sign(site, 2, name="").status == 400
    assert sign(site, 3, name="\0").status == 400
    links = [link_for(site, 1)]
    assert site.get(links[0]).status == 200
    assert site.post(links[0]).status == 303
    assert site.get(links[0] + "x").status == 404
    with without_column(site, "signature", "comment"):
        assert sign(site, 4).status == 500
        until(lambda: "rule=/campaigns/<slug:slug>/sign" in site.log[before:])
    assert site.get(f"/?name={supporter(5)}").status == 200
    site.office.answers = {supporter(6): f"550 {supporter(6)} is unknown", supporter(7): "451 wait"}
    assert sign(site, 6).status == sign(site, 7).status == 303
    until(lambda: site.rows("SELECT 1 FROM outgoing_mail WHERE error = 'server answered 451'"))
    with without_column(site, "outgoing_mail", "sent_at"):
        assert sign(site, 8).status == 303
        links.append(link_for(site, 8))
        until(lambda: "task failed" in site.log[before:])
    site.office.answers = {}
    log = site.log.lower()
    personal = [NAME, COMMENT, NETWORK, "ZZ9 9ZZ", "ottoline", "@example.org"]
    tokens = [link.rpartition("/")[2] for link in links]
    assert [words for words in personal + tokens if words.lower() in log] == []


def test_the_log_of_the_database_names_nobody_either(site: Site) -> None:
    if not site.embedded:
        pytest.skip("the database's log is its owner's")
    with without_column(site, "signature", "comment"):
        assert sign(site, 9).status == 500
    log = (site.data_dir / "postgres" / "server.log").read_text()
    assert "ERROR" in log
    assert "ottoline" not in log.lower()


@contextmanager
def listening(site: Site) -> Iterator[list[str]]:
    """Every command that the broker gets meanwhile."""
    heard: list[str] = []
    with redis.Redis.from_url(site.redis_url) as client, client.monitor() as monitor:

        def listen() -> None:
            for command in monitor.listen():
                heard.append(command["command"])
                if command["command"] == f"ECHO {LAST}":
                    return

        thread = Thread(target=listen)
        thread.start()
        yield heard
        client.echo(LAST)
        thread.join(timeout=20)


def test_messages_to_workers_carry_nothing(site: Site) -> None:
    with listening(site) as heard:
        assert sign(site, 10).status == 303
        assert site.post(link_for(site, 10)).status == 303
        until(lambda: [command for command in heard if "counting.fold" in command])
    pushed = [command.partition("{")[2] for command in heard if command.startswith("LPUSH ")]
    assert len(pushed) >= 2
    for message in pushed:
        envelope = json.loads("{" + message.encode().decode("unicode_escape"))
        arguments, named, _ = json.loads(b64decode(envelope["body"]))
        assert (arguments, named) == ([], {})
    everything = " ".join(heard).lower()
    for words in ("ottoline", "@example.org", NETWORK, COMMENT.lower()):
        assert words not in everything
