"""The whole chain: people sign, get their mail, follow its link, confirm, and are counted."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from queue import Queue

from bench.load import load, post
from bench.rounds import middle, table
from bench.scale import Scale
from bench.signing import forms
from bench.site import CAMPAIGN, Site

CLIENTS = 16
PATIENCE = 60.0
_SENT = "SELECT count(*) FROM outgoing_mail WHERE state = 'sent'"
_COUNTED = """
SELECT coalesce(sum(confirmed), 0) FROM campaign_count n JOIN campaign c ON c.id = n.campaign_id
WHERE c.slug = %s
"""


def measure(site: Site, scale: Scale) -> str:
    """The table of the whole chain. It takes a new site, which gets workers and a mail server."""
    site = site.on_new_database("chain")
    # Each mail is one line: the token of its confirmation link. Before them comes the port.
    mail: Queue[str] = Queue()
    site.start("mail sink", (sys.executable, "-m", "bench.sink"), mail.put)
    site.worker(int(mail.get(timeout=PATIENCE)))
    port = site.web("web of the chain")
    run(site, port, mail, scale.chain // 10)  # The first mail also starts up everything.
    rates = [scale.chain / run(site, port, mail, scale.chain) for _ in range(scale.rounds)]
    rows = [(f"{scale.chain:,} people", f"{middle(rates):,.0f}", f"{min(rates):,.0f}")]
    heads = ("signed, mailed, confirmed and counted", "a second", "slowest round")
    note = (
        f"{CLIENTS} connections sign while {CLIENTS} others follow the links out of the mails; "
        f"{scale.workers} worker processes. The clock stops when the last mail was accepted "
        "and the count is right."
    )
    return table("The whole chain", heads, rows, note)


def run(site: Site, port: int, mail: Queue[str], people: int) -> float:
    """Send `people` through; the seconds it took. Raises queue.Empty when a mail does not come."""
    sent, counted = (_number(site, _SENT), _number(site, _COUNTED, CAMPAIGN))
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as aside:
        signing = aside.submit(load, port, islice(forms(), people), clients=CLIENTS)
        load(port, _confirmations(mail, people), clients=CLIENTS).only(303)
        signing.result().only(303)
    while _number(site, _COUNTED, CAMPAIGN) < counted + people:
        if time.perf_counter() - began > 10 * PATIENCE:
            raise RuntimeError("the count does not become right")
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    time.sleep(0.5)  # Whatever is one too many would show by now.
    exact = (_number(site, _SENT) - sent, _number(site, _COUNTED, CAMPAIGN) - counted)
    if exact != (people, people) or not mail.empty():
        raise RuntimeError(f"{people} signed, but mails and count grew by {exact}")
    return seconds


def _confirmations(mail: Queue[str], people: int) -> Iterator[bytes]:
    for _ in range(people):
        yield post(f"/confirm/{mail.get(timeout=PATIENCE)}", {})


def _number(site: Site, query: str, *values: object) -> int:
    return int(str(site.sql(query, *values)[0][0]))
