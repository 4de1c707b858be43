"""The benchmarks: `python -m bench [--quick] [--crowd N] [NAME...]`, or `make bench`.

It starts all that it needs on the loopback, prints tables in Markdown, and leaves nothing.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from bench import (
    chain,
    crowd,
    exporting_jobs,
    exports,
    packages,
    pages,
    signing,
    thanks,
    typesetting,
    workspace,
)
from bench.machine import machine
from bench.rounds import table
from bench.scale import FULL, QUICK, Scale
from bench.site import Site, running_site

LIMIT_SECONDS = 60 * 60


def run_pages(site: Site, scale: Scale) -> None:
    show(pages.measure(site, site.web("web"), scale))


def run_signing(site: Site, scale: Scale) -> None:
    port = site.web("web for signing")
    show(signing.measure(site, port, scale))
    show(signing.measure_answers(site, port, scale))


def run_chain(site: Site, scale: Scale) -> None:
    show(chain.measure(site, scale))


def run_crowd(site: Site, scale: Scale) -> None:
    alone, many = site.on_new_database("alone"), crowd.crowded(site, scale)
    show(crowd.measure(alone, many, scale))
    site.rest()
    show(thanks.measure(site, many, scale))
    site.rest()
    show(exports.measure(many, scale))
    show(exporting_jobs.measure(many, scale))


def run_workspace(site: Site, scale: Scale) -> None:
    show(workspace.measure(site, scale))


def run_package(site: Site, scale: Scale) -> None:
    show(packages.measure(site, scale))
    show(typesetting.measure(scale))


BENCHES: dict[str, Callable[[Site, Scale], None]] = {
    "pages": run_pages,
    "signing": run_signing,
    "chain": run_chain,
    "crowd": run_crowd,
    "workspace": run_workspace,
    "package": run_package,
}


def main(arguments: list[str]) -> None:
    """Run the named benchmarks, or all. Ends with an error when anything goes wrong."""
    parser = argparse.ArgumentParser(prog="bench", description="The benchmarks.")
    parser.add_argument("--quick", action="store_true", help="only see that everything works")
    parser.add_argument("--crowd", type=int, help="how many have signed the campaign of a crowd")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    wanted = parser.parse_args(arguments)
    if unknown := set(wanted.names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    stop_by_itself()
    began = time.monotonic()
    scale = QUICK if wanted.quick else FULL
    scale = replace(scale, crowd=wanted.crowd or scale.crowd)
    with running_site(scale.workers) as site:
        show(f"{machine(site)}\n")
        for name in wanted.names or BENCHES:
            BENCHES[name](site, scale)
            site.rest()
        show(memory(site))
    show(f"All of it took {time.monotonic() - began:.0f} s.")


def memory(site: Site) -> str:
    """The table of the most memory that each program has held under its benchmark."""
    in_megabytes = {
        name: [f"{peak / 1e6:,.0f}" for peak in held] for name, held in site.peaks.items()
    }
    rows = [(name, " + ".join(held)) for name, held in in_megabytes.items()]
    note = "A parent first, then the processes that it started."
    return table("Peak memory", ("program", "MB"), rows, note)


def stop_by_itself() -> None:
    """Let nothing run for ever, and let SIGTERM clean up as Ctrl-C does."""

    def give_up(number: int, _: object) -> None:
        sys.exit(f"stopped by {signal.Signals(number).name}")

    signal.signal(signal.SIGTERM, give_up)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT_SECONDS)


def show(text: str) -> None:
    """Print at once: whoever waits wants to see what there is."""
    print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
