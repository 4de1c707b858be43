"""Kills processes of a site at random: every part of it, again and again."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress
from pathlib import Path

from tests.local.processes import descendants, program_of
from tests.support.site import Site

SHORTEST, LONGEST = 0.5, 1.8


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def role(pid: int) -> str | None:
    """Which part of the site a process is; None for one that has ended or does nothing."""
    program = program_of(pid)
    if "guard.py" in program:
        return "guard"
    if program.startswith("postgres: "):
        return "session" if program.startswith("postgres: groundswell") else "database helper"
    if "/postgres -D" in program:
        return "database"
    if "valkey-server" in program:
        return "broker"
    parts = {"granian": "web", " beat ": "scheduler", " worker ": "worker"}
    part = next((name for word, name in parts.items() if word in program), None)
    with suppress(OSError):
        below = part and "guard.py" not in program_of(parent_of(pid))
        return f"{part} child" if below else part
    return None


def victims(site: Site) -> dict[str, list[int]]:
    """The processes of the site by role: nothing but descendants of the one we started."""
    found: dict[str, list[int]] = {}
    for pid in descendants(site.process.pid):
        if name := role(pid):
            found.setdefault(name, []).append(pid)
    return found


class Killer:
    """Kills a process of each role in turn, in a random order that `seed` decides."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        self.roles = sorted(victims(site))
        self.killed: list[str] = []
        self._random = random.Random(seed)
        self._deck: list[str] = []

    def every_part_had_its_turn(self) -> bool:
        return set(self.killed) == set(self.roles)

    def kill(self) -> None:
        """Kill one process; a part that is down just now has its turn as soon as it is back."""
        self._deck = self._deck or self._random.sample(self.roles, len(self.roles))
        alive = victims(self.site)
        if there := next((name for name in self._deck if name in alive), None):
            with suppress(ProcessLookupError):
                os.kill(self._random.choice(sorted(alive[there])), signal.SIGKILL)
                self._deck.remove(there)
                self.killed.append(there)

    def pause(self) -> float:
        """Seconds until the next one."""
        return self._random.uniform(SHORTEST, LONGEST)
