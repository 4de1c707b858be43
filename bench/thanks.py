"""The page of thanks, which tells somebody their number: does it cost more the more have signed?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.request import Request, urlopen

from bench.crowd import crowded
from bench.load import HOST
from bench.rounds import in_turn, middle, table
from bench.scale import Scale
from bench.site import PAGE, Site
from campaign.app import build_app
from campaign.links import absolute, make_token
from campaign.settings import from_environment
from campaign.signatures.confirming import PURPOSE

FEW, RUSH = 100, 100_000
_LAST = "SELECT id FROM signature WHERE state = 'confirmed' ORDER BY confirmed_at DESC, id DESC"
# As if all had confirmed within the last full hour: what was counted of them before is dropped.
_INTO_ONE_HOUR = (
    "UPDATE signature SET confirmed_at = date_trunc('hour', now()) - random() * interval '1 hour'",
    "VACUUM ANALYZE signature",
)


def measure(site: Site, many: Site, scale: Scale) -> str:
    """The table of what the page takes the last who signed, in ms, by how many signed before."""
    few = crowded(site, replace(scale, crowd=FEW), "thanks_few")
    rush = crowded(site, replace(scale, crowd=min(RUSH, scale.crowd)), "thanks_rush")
    for statement in _INTO_ONE_HOUR:
        rush.sql(statement)
    rush.command("counts", "check", "--repair")
    sites = {
        f"{FEW:,}": few,
        f"{min(RUSH, scale.crowd):,} within an hour": rush,
        f"{scale.crowd:,}": many,
    }
    acts = {name: _opening(one, name) for name, one in sites.items()}
    found = in_turn(scale.rounds * 6, acts)
    rows = [(name, f"{middle(took):.1f}", f"{max(took):.1f}") for name, took in found.items()]
    note = "One request at a time. Everybody's page is made anew: it says who they are."
    return table("Thanks, with one's number", ("signatures", "median ms", "worst"), rows, note)


def _opening(site: Site, name: str) -> Callable[[], float]:
    """Opens the page of thanks as it follows the last confirmation. Returns how long it took."""
    port = site.web(f"web for thanks, {name}")
    with build_app(from_environment({**site.env, "PORT": str(port)})).app_context():
        (number,) = site.sql(f"{_LAST} LIMIT 1")[0]
        came_from = absolute(f"/confirm/{make_token(PURPOSE, int(str(number)))}")
    request = Request(f"http://{HOST}:{port}{PAGE}/signed", headers={"Referer": came_from})

    def once() -> float:
        began = time.perf_counter()
        with urlopen(request, timeout=60) as answer:
            page = answer.read().decode()
        took = (time.perf_counter() - began) * 1000
        if "You are number" not in page:
            raise RuntimeError(f"the page of thanks does not say a number: {page[:500]}")
        return took

    once()
    return once
