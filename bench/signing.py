"""Signing: accepted and durable, beside pgbench; and whether the answer's time tells anything."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count, islice

from bench.load import Load, load, post
from bench.pgbench import inserts
from bench.rounds import in_turn, middle, ratio, table
from bench.scale import Scale
from bench.site import OTHER_CAMPAIGN, SIGN, Site

CLIENTS = 32
# Few enough that a wait is the answer's own time and not a queue's.
FEW_CLIENTS = 4
_numbers = count(1)
# How much mail the people of an answer's kind have had: enough time ago, or too much just now.
_HAD = {
    "signed before, mailed again": "ARRAY[now() - interval '1 hour']",
    "signed before, no more mail": "ARRAY[now(), now(), now()]",
}


def forms(path: str = SIGN) -> Iterator[bytes]:
    """Forms of people who have not signed yet, without end."""
    for number in _numbers:
        yield form(f"supporter.{number}@example.org", path)


def form(email: str, path: str = SIGN) -> bytes:
    """A form as a browser sends it."""
    fields = {"name": "Zoë Nguyễn", "email": email, "country": "GB", "postcode": "N1 9GU"}
    return post(path, {**fields, "comment": "", "consent": "y", "updates": "y"})


def measure(site: Site, port: int, scale: Scale) -> str:
    """The table of signatures accepted a second, beside pgbench."""
    found = in_turn(
        scale.rounds,
        {
            "sign": lambda: push(port, scale.seconds),
            "pgbench": lambda: inserts(
                site, OTHER_CAMPAIGN, clients=CLIENTS, seconds=scale.seconds
            ),
        },
    )
    loads = [one for one in found["sign"] if isinstance(one, Load)]
    plain = [one for one in found["pgbench"] if isinstance(one, float)]
    rates = [one.rate for one in loads]
    rows = [
        (
            "POST …/sign (signature, change, allowance and mail)",
            f"{middle(rates):,.0f}",
            f"{middle([one.percentile(50) for one in loads]):.1f}",
            f"{middle([one.percentile(99) for one in loads]):.1f}",
            f"{ratio(rates, plain):.2f}",
        ),
        ("pgbench (one signature row)", f"{middle(plain):,.0f}", "", "", "1.00"),
    ]
    heads = ("accepted and durable", "a second", "p50 ms", "p99 ms", "of pgbench")
    return table("Signing", heads, rows, f"{CLIENTS} connections each.")


def push(port: int, seconds: float, path: str = SIGN) -> Load:
    """Sign with a new address each time, after a moment of warming up."""
    load(port, forms(path), clients=CLIENTS, seconds=seconds / 10).only(303)
    return load(port, forms(path), clients=CLIENTS, seconds=seconds).only(303)


def measure_answers(site: Site, port: int, scale: Scale) -> str:
    """The table of waits by what the answer does not tell."""
    emails = [f"known.{number}@example.org" for number in range(scale.answers)]
    load(port, map(form, emails), clients=FEW_CLIENTS).only(303)
    ask = partial(load, port, clients=FEW_CLIENTS)

    def again(kind: str) -> Load:
        site.sql(f"UPDATE mail_allowance SET granted = {_HAD[kind]}")
        return ask(map(form, emails)).only(303)

    found = in_turn(
        scale.rounds * 2,
        {"new": lambda: ask(islice(forms(), scale.answers)).only(303)}
        | {kind: partial(again, kind) for kind in _HAD},
    )
    rows = [
        (
            kind,
            f"{middle([one.percentile(50) for one in loads]):.2f}",
            f"{middle([one.percentile(90) for one in loads]):.2f}",
        )
        for kind, loads in found.items()
    ]
    note = f"{FEW_CLIENTS} connections. Every answer is the same 303."
    return table("Does the time of an answer tell?", ("answer", "p50 ms", "p90 ms"), rows, note)
