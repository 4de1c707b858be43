"""Every benchmark still works, measures what it says, and leaves nothing behind."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from bench.load import get, load
from bench.rounds import in_turn, ratio
from tests.local.processes import ROOT
from tests.support.site import users_of

PAGES = ("hello", "style sheet", "campaign page, cached", "campaign page, no cache")
ROWS = (
    *PAGES,
    "pgbench",
    "POST …/sign",
    "new",
    "signed before",
    "people",
    "page, cached",
    "1,000 within an hour",
    "100 |",
    "dashboard",
    "100 | whole package",
)


def test_every_benchmark_runs_and_leaves_nothing_behind(tmp_path: Path) -> None:
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "bench", "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    for row in ROWS:
        assert f"| {row}" in done.stdout or f" {row}" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert users_of(tmp_path) == []


def test_an_unknown_benchmark_is_refused_before_anything_starts() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "nonsense"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no such benchmark: nonsense" in done.stderr


def test_load_counts_each_answer_once_even_if_it_comes_in_pieces() -> None:
    pieces = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nCONTENT-",
        b"Length: 5\r\n\r\nhe",
        b"llo",
    )
    with answering(*pieces) as port:
        result = load(port, iter([get("/")] * 7), clients=1)
    assert dict(result.answers) == {200: 7}
    assert len(result.waits) == 7


def test_load_takes_no_other_answer_for_success() -> None:
    with answering(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") as port:
        result = load(port, iter([get("/")]), clients=1)
    with pytest.raises(RuntimeError, match=r"expected nothing but 200, got \{503: 1\}"):
        result.only(200)


def test_contenders_take_turns_and_change_their_order() -> None:
    order: list[str] = []

    def contender(name: str) -> float:
        order.append(name)
        return 1.0

    in_turn(3, {"a": lambda: contender("a"), "b": lambda: contender("b")})
    assert "".join(order) == "abbaab"


def test_a_ratio_compares_round_by_round() -> None:
    # The second round was slow for both, which says nothing about either.
    assert ratio([200.0, 20.0, 210.0], [100.0, 10.0, 100.0]) == 2.0


def test_the_sink_tells_the_token_of_a_folded_link() -> None:
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout
        try:
            with smtplib.SMTP("127.0.0.1", int(sink.stdout.readline())) as server:
                mail = "Subject: x\n\nhttp://x/conf=\nirm/17.abc-DEF_=\n123456\n"
                server.sendmail("a@example.org", ["b@example.org"], mail)
            assert sink.stdout.readline() == "17.abc-DEF_123456\n"
        finally:
            sink.kill()


@contextmanager
def answering(*pieces: bytes) -> Iterator[int]:
    """A server that answers whatever it reads on one connection with these, piece by piece."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            while connection.recv(65_536):
                for piece in pieces:
                    connection.sendall(piece)

    with listener:
        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
