"""The campaign page: from the cache, without it, and what the server could do at most."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import repeat

from bench.contenders import HELLO, UNCACHED
from bench.load import Load, get, load
from bench.rounds import in_turn, middle, ratio, table
from bench.scale import Scale
from bench.site import PAGE, Site
from campaign.public.static import asset

CLIENTS = 32


def measure(site: Site, port: int, scale: Scale) -> str:
    """The table of page rates; `port` is that of `campaign web`."""
    uncached = site.web("web without cache", UNCACHED)
    hello = site.web("hello", HELLO)
    contenders: dict[str, Callable[[], Load]] = {
        "hello (the server alone)": partial(pull, hello, "/", scale),
        "style sheet": partial(pull, port, asset("css/public.css"), scale),
        "campaign page, cached": partial(pull, port, PAGE, scale),
        "campaign page, no cache": partial(pull, uncached, PAGE, scale),
    }
    found = in_turn(scale.rounds, contenders)
    ceiling = [one.rate for one in found["hello (the server alone)"]]
    rows = [page_row(name, loads, ceiling) for name, loads in found.items()]
    heads = ("page", "requests/s", "p50 ms", "p99 ms", "of hello", "generator")
    return table("Campaign page", heads, rows, f"{CLIENTS} keep-alive connections.")


def pull(port: int, path: str, scale: Scale) -> Load:
    """Ask for one page over and over, after a moment of warming up."""
    load(port, repeat(get(path)), clients=CLIENTS, seconds=scale.seconds / 10)
    return load(port, repeat(get(path)), clients=CLIENTS, seconds=scale.seconds).only(200)


def page_row(name: str, loads: list[Load], ceiling: list[float]) -> tuple[str, ...]:
    rates = [one.rate for one in loads]
    return (
        name,
        f"{middle(rates):,.0f}",
        f"{middle([one.percentile(50) for one in loads]):.1f}",
        f"{middle([one.percentile(99) for one in loads]):.1f}",
        f"{ratio(rates, ceiling):.2f}",
        f"{middle([one.generator for one in loads]):.0%}",
    )
