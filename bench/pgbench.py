"""pgbench beside the application: what this PostgreSQL on this disk does for one plain row."""

from __future__ import annotations

import math
import re
import shutil
import subprocess

from bench.site import Site
from campaign.local import binaries

# pgbench has no counter; two draws out of 2^31 hardly ever meet.
_SCRIPT = """\
\\set first random(1, 2147483647)
\\set second random(1, 2147483647)
INSERT INTO signature (campaign_id, pledge_text_id, name, email, email_canonical, country,
    postcode, comment, updates, public, consent_version, language, source, network_key)
VALUES (:campaign, :text, 'Zoë Nguyễn', 'p' || :first || '.' || :second || '@example.org',
    'p' || :first || '.' || :second || '@example.org', 'GB', 'N1 9GU', '', true, false, 1, 'en',
    '', '\\x00112233445566778899aabbccddeeff');
"""
_IDS = """
SELECT c.id, t.id FROM campaign c JOIN pledge_text t ON t.campaign_id = c.id WHERE c.slug = %s
"""


def program() -> str:
    """Where pgbench is: beside PostgreSQL or in PATH. Raises RuntimeError when it is nowhere."""
    beside = binaries.postgres().folder / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    if found is None:
        raise RuntimeError("pgbench is neither beside PostgreSQL nor in PATH")
    return found


def inserts(site: Site, campaign: str, *, clients: int, seconds: float) -> float:
    """Signatures a second that pgbench inserts into `campaign`, each in a transaction of its own.

    The connections say themselves that a commit waits for the disk, as it does for the site.
    Raises RuntimeError with what pgbench says when it fails.
    """
    script = site.folder / "insert.sql"
    script.write_text(_SCRIPT)
    campaign_id, text_id = site.sql(_IDS, campaign)[0]
    command = [program(), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-f", str(script)]
    command += ["-T", str(math.ceil(seconds)), "-D", f"campaign={campaign_id}"]
    command += ["-D", f"text={text_id}", site.database_url]
    env = {**site.env, "PGOPTIONS": "-c synchronous_commit=on"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    found = re.search(r"^tps = ([\d.]+) \(without initial", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()}")
    return float(found[1])


def version() -> str:
    """Which pgbench it is."""
    done = subprocess.run([program(), "--version"], capture_output=True, text=True, timeout=30)
    return done.stdout.strip()
