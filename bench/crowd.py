"""A campaign that a million have signed, beside one that nobody has: both should be as quick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from bench.contenders import UNCACHED
from bench.load import Load
from bench.pages import pull
from bench.rounds import Row, in_turn, middle, ratio, table
from bench.scale import Scale
from bench.signing import push
from bench.site import CAMPAIGN, PAGE, Site


def crowded(site: Site, scale: Scale, name: str = "crowded") -> Site:
    """A new site whose campaign has many signatures, with its tables in order."""
    site = site.on_new_database(name)
    site.command("signatures", "generate", CAMPAIGN, scale.crowd)
    site.sql("VACUUM ANALYZE")
    site.sql("CHECKPOINT")
    return site


def measure(alone: Site, many: Site, scale: Scale) -> str:
    """The table of page and sign rates, without and with the crowd."""
    sites = {"none": alone, "crowd": many}
    ports = {name: site.web(f"web, {name}") for name, site in sites.items()}
    cached = {name: partial(pull, port, PAGE, scale) for name, port in ports.items()}
    sign = {name: partial(push, port, scale.seconds) for name, port in ports.items()}
    rows = [_row("page, cached", cached, scale), _row("sign", sign, scale)]
    alone.rest()  # All four servers together would want more connections than there are.
    ports = {name: site.web(f"web without cache, {name}", UNCACHED) for name, site in sites.items()}
    uncached = {name: partial(pull, port, PAGE, scale) for name, port in ports.items()}
    rows.insert(1, _row("page, no cache", uncached, scale))
    heads = ("requests/s", "none", f"{scale.crowd:,}", "ratio")
    return table("With a crowd", heads, rows, "Signatures that the campaign had at the start.")


def _row(act: str, acts: Mapping[str, Callable[[], Load]], scale: Scale) -> Row:
    found = in_turn(scale.rounds, acts)
    none, crowd = ([one.rate for one in found[name]] for name in ("none", "crowd"))
    return act, f"{middle(none):,.0f}", f"{middle(crowd):,.0f}", f"{ratio(crowd, none):.2f}"
