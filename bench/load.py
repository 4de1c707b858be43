"""Load: many keep-alive connections from one thread, one request in flight on each.

It has to be cheap, since it runs on the machine that it measures: raw sockets, one `epoll`,
two system calls a request. How much of one core it took is part of what it reports, so that a
reader sees whether it was the generator that could not go faster.
"""

from __future__ import annotations

import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
_TIMEOUT = 30.0
_AS_A_BROWSER = (
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding: gzip, deflate, br",
    "Accept-Language: en-GB,en;q=0.5",
)


@dataclass
class Load:
    """What came back: how many answers of each status, in which time, after what waits."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds

    @property
    def generator(self) -> float:
        """The share of one core that the generator itself took."""
        return self.cpu_seconds / self.seconds

    def percentile(self, percent: float) -> float:
        """The wait in milliseconds that `percent` of the requests did not exceed."""
        waits = sorted(self.waits)
        return waits[min(len(waits) - 1, int(len(waits) * percent / 100))] * 1000

    def only(self, status: int) -> Load:
        """Itself, when every answer had this status. Raises RuntimeError."""
        if set(self.answers) != {status}:
            raise RuntimeError(f"expected nothing but {status}, got {dict(self.answers)}")
        return self


def get(path: str) -> bytes:
    """The bytes of a browser's request for a page."""
    return _head(f"GET {path} HTTP/1.1")


def post(path: str, fields: dict[str, str]) -> bytes:
    """The bytes of a browser's sending of a form."""
    body = urlencode(fields).encode()
    return (
        _head(
            f"POST {path} HTTP/1.1",
            "Sec-Fetch-Site: same-origin",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        )
        + body
    )


def _head(first: str, *more: str) -> bytes:
    lines = (first, f"Host: {HOST}", *_AS_A_BROWSER, *more)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def load(
    port: int, requests: Iterator[bytes], *, clients: int, seconds: float | None = None
) -> Load:
    """Send `requests` over `clients` connections until they end, or for `seconds`.

    Every request that was sent is waited for. Raises OSError when the server hangs up and
    TimeoutError when it answers nothing for half a minute.
    """
    result = Load()
    with ExitStack() as stack:
        poll = stack.enter_context(select.epoll())
        sockets = [stack.enter_context(_connect(port)) for _ in range(clients)]
        began, cpu = time.perf_counter(), time.process_time()
        _exchange(poll, sockets, requests, began + (seconds or 1e9), result)
        result.seconds = time.perf_counter() - began
        result.cpu_seconds = time.process_time() - cpu
    return result


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection((HOST, port), timeout=_TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _exchange(
    poll: select.epoll,
    sockets: list[socket.socket],
    requests: Iterator[bytes],
    until: float,
    result: Load,
) -> None:
    now = time.perf_counter
    by_number = {connection.fileno(): connection for connection in sockets}
    sent_at: dict[int, float] = {}
    partial: dict[int, bytes] = {}
    waits, answers = result.waits, result.answers
    for (number, connection), request in zip(by_number.items(), requests, strict=False):
        poll.register(number, select.EPOLLIN)
        sent_at[number] = now()
        connection.sendall(request)
    while sent_at:
        events = poll.poll(_TIMEOUT)
        if not events:
            raise TimeoutError(f"no answer for {_TIMEOUT:.0f} s")
        for number, _ in events:
            connection = by_number[number]
            data = connection.recv(262_144)
            if not data:
                raise ConnectionError("the server hung up")
            if number in partial:
                data = partial.pop(number) + data
            if not _is_whole(data):
                partial[number] = data
                continue
            moment = now()
            waits.append(moment - sent_at.pop(number))
            answers[int(data[9:12])] += 1
            request = next(requests, b"") if moment < until else b""
            if request:
                sent_at[number] = now()
                connection.sendall(request)


def _is_whole(data: bytes) -> bool:
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap:
        return False
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("an answer without Content-Length")
    return len(body) >= int(rest.partition(b"\r\n")[0])
