"""Kills compilations at random moments, and checks what comes of them.

    python -m tests.delivery.kills [KILLS] [SIGNATURES] [SEED]

on servers of its own: 50 kills of the compilation of 100,000 signatures unless told otherwise.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from campaign.delivery.due import compile_due
from campaign.delivery.keys import own_fingerprint
from campaign.delivery.requesting import request_delivery
from campaign.delivery.settling import packages
from campaign.delivery.verifying import verify
from campaign.delivery.wishing import Wish
from campaign.extensions import db
from campaign.local.services import running
from campaign.resources import folder
from tests.delivery.export_making import ADA
from tests.delivery.making import SLUG, change, csv_table, packed, petition, sign_many
from tests.local.processes import until
from tests.support.app import make_app, migrate_template
from tests.support.making import rows, value

_OFFICIAL = text(
    """
    WITH made AS (
        INSERT INTO official (slug, name, title, body, email)
        VALUES (:slug, :slug, 'Member', 'Parliament', 'office@example.org') RETURNING id)
    INSERT INTO campaign_official (campaign_id, official_id, position)
    SELECT c.id, made.id, 100 FROM campaign c, made WHERE c.slug = :campaign
    """
)

_COMPILING = "SELECT FROM delivery WHERE state = 'compiling'"


@dataclass
class Tally:
    """What happened: at which steps compilations were killed, and how many came to their end."""

    steps: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    ready: int = 0
    failed: int = 0

    @property
    def kills(self) -> int:
        return self.steps.total()


def kill_compilations(kills: int, seed: int, database_url: str, data_dir: Path) -> Tally:
    """Have every official's package compiled, and kill that `kills` times on the way.

    Each official lacks everything, so that each compilation is a whole one; a few people sign in
    between. What was killed is begun anew as if its time had come, and not given up.
    """
    luck, tally, official = random.Random(seed), Tally(), 0
    env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir)}
    tally.seconds = _whole_compilation(env, official)
    while tally.kills < kills:
        if not rows("SELECT FROM delivery WHERE state = 'requested'"):
            official += 1
            sign_many(3)
            _request(official)
        process = _start(env)
        _wait_until_it_compiles(process)
        began = time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=luck.uniform(0, 1.05) * tally.seconds)
            # The machine may have become faster since.
            tally.seconds = min(tally.seconds, time.monotonic() - began)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            step = value("SELECT coalesce(max(step), '') FROM delivery WHERE state = 'compiling'")
            tally.steps[step or "Ready just before"] += 1
            _settle()
    _finish(official)
    tally.ready = value("SELECT count(*) FROM delivery WHERE state = 'ready'")
    tally.failed = value("SELECT count(*) FROM delivery WHERE state = 'failed'")
    return tally


def _request(official: int) -> None:
    with db.engine.begin() as connection:
        connection.execute(_OFFICIAL, {"slug": f"member-{official}", "campaign": SLUG})
    request_delivery(SLUG, Wish(f"member-{official}"), actor=ADA)


def _start(env: dict[str, str]) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "tests.delivery.work_here"]
    root = folder("templates").parent
    return subprocess.Popen(
        line, cwd=root, env=env, start_new_session=True, stdout=subprocess.DEVNULL, stderr=2
    )


def _wait_until_it_compiles(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and not rows(_COMPILING):
        time.sleep(0.02)


def _settle() -> None:
    """What was killed is put back; it may take the database a moment to see that it is gone."""
    until(lambda: compile_due() == 0 and not rows(_COMPILING))
    change("UPDATE delivery SET due_at = now(), attempts = 0 WHERE state = 'requested'")


def _whole_compilation(env: dict[str, str], official: int) -> float:
    """How long one takes."""
    _request(official)
    process = _start(env)
    _wait_until_it_compiles(process)
    began = time.monotonic()
    assert process.wait(timeout=600) == 0
    assert value("SELECT state FROM delivery") == "ready"
    return time.monotonic() - began


def _finish(officials: int) -> None:
    """Have everybody get what they still lack, with nobody killed any more."""

    def over() -> bool:
        change("UPDATE delivery SET due_at = now() WHERE state = 'requested'")
        compile_due()
        return not rows("SELECT FROM delivery WHERE state IN ('requested', 'compiling')")

    until(over, 300)
    sign_many(1)
    for official in range(officials + 1):
        request_delivery(SLUG, Wish(f"member-{official}"), actor=ADA)
    until(over, 300)


def check(data_dir: Path) -> int:
    """Everybody was delivered to each official once, under numbers without gaps; how many."""
    total: int = value("SELECT count(*) FROM signature")
    everybody = list(range(1, total + 1))
    given = [number for (number,) in rows("SELECT number FROM delivery_number ORDER BY number")]
    assert given == everybody
    found = rows("SELECT official_id, file, row_count FROM delivery WHERE state = 'ready'")
    assert {Path(file) for _, file, _ in found} == set(packages().iterdir())
    delivered: dict[int, list[int]] = {}
    for official, file, count in found:
        assert verify(Path(file), {str(own_fingerprint(data_dir))}).problems == []
        table = csv_table(packed(Path(file))["signatures.csv"])[1:]
        assert len(table) == count
        delivered.setdefault(official, []).extend(int(row[0]) for row in table)
    assert all(sorted(numbers) == everybody for numbers in delivered.values())
    return total


def main(kills: int = 50, signatures: int = 100_000, seed: int = 1) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="groundswell-kills-") as place,
        running(Path(place) / "servers") as services,
    ):
        data_dir = Path(place) / "data"
        migrate_template(services.database_url)
        app = make_app(services.database_url, "redis://127.0.0.1:1/0", data_dir)
        with app.app_context():
            petition()
            sign_many(signatures)
            tally = kill_compilations(kills, seed, services.database_url, data_dir)
            total = check(data_dir)
            db.session.remove()
            db.engine.dispose()
    steps = ", ".join(f"{step} {count}" for step, count in tally.steps.most_common())
    sys.stdout.write(
        f"{tally.kills} kills of a compilation of {signatures:,} signatures ({tally.seconds:.1f} s"
        f" when nobody kills it), while: {steps}.\n{tally.ready} packages ready, {tally.failed} "
        f"failed; {total:,} signatures were delivered once to each official, under {total:,} "
        "numbers without a gap.\n"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
