"""The page cache on its own: what it keeps, for whom, and how old that may get."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request, Response
from werkzeug.test import Client

from campaign.public import cache
from campaign.public.cache import PageCache, keep

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Press:
    """An application that prints numbered copies, each after what `first` does."""

    def __init__(self, seconds: int, *, whatever_query: bool = False) -> None:
        self.copies = count(1)
        self.seconds = seconds
        self.whatever_query = whatever_query
        self.first: Callable[[], object] = lambda: None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        self.first()
        response = Response(
            f"copy {next(self.copies)}", status=503 if request.path == "/broken" else 200
        )
        if request.path != "/private":
            keep(response, self.seconds, whatever_query=self.whatever_query)
        return response(environ, start)


def test_a_page_is_made_once_for_everybody() -> None:
    client = Client(PageCache(Press(60)))
    assert {client.get("/page").text for _ in range(3)} == {"copy 1"}
    assert client.get("/page?page=2").text == "copy 2"
    assert client.get("/other").text == "copy 3"


def test_a_page_that_heeds_no_query_is_made_once_whatever_is_asked() -> None:
    client = Client(PageCache(Press(60, whatever_query=True)))
    assert {client.get(f"/page?visitor={number}").text for number in range(3)} == {"copy 1"}


@pytest.mark.parametrize("path", ["/private", "/broken"])
def test_nothing_private_and_no_failure_is_kept(path: str) -> None:
    client = Client(PageCache(Press(60)))
    assert [client.get(path).text for _ in range(2)] == ["copy 1", "copy 2"]


@pytest.mark.parametrize("method", ["GET", "get", "HEAD"])
def test_the_mark_of_what_may_be_kept_stays_in_the_house(method: str) -> None:
    answer = Client(PageCache(Press(60))).open("/page", method=method)
    assert answer.status_code == 200
    assert not [name for name, _ in answer.headers if name.lower().startswith("x-groundswell")]


def test_addresses_without_end_do_not_fill_the_memory() -> None:
    pages = PageCache(Press(60))
    client = Client(pages)
    for number in range(3):
        client.get(f"/page?{'a' * 1000}{number}")
    assert len(pages._pages) == 0


def test_while_one_renews_a_page_the_others_get_the_last_one() -> None:
    press = Press(0)
    client = Client(PageCache(press))
    assert client.get("/page").text == "copy 1"
    printing, go_on = Event(), Event()

    def print_slowly() -> None:
        printing.set()
        go_on.wait(timeout=10)

    press.first = print_slowly
    with ThreadPoolExecutor(1) as pool:
        renewed = pool.submit(client.get, "/page")
        assert printing.wait(timeout=10)
        assert client.get("/page").text == "copy 1"
        go_on.set()
    assert renewed.result().text == "copy 2"


def test_but_nobody_gets_an_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_GRACE_SECONDS", 0)
    press = Press(0)
    client = Client(PageCache(press))
    client.get("/page")
    both = Barrier(2)
    press.first = lambda: both.wait(timeout=10)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: client.get("/page").text, range(2)))
    assert sorted(answers) == ["copy 2", "copy 3"]
