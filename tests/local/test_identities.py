"""PostgreSQL refuses to run as root, so who we are decides how it is run."""

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.local.conftest import execute
from tests.local.processes import running_module

NOBODY = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    # The Python that runs the tests may live in root's home.
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
)
NO_NAMESPACES = (sys.executable, str(Path(__file__).with_name("no_namespaces.py")))
US: tuple[str, ...] = ()
SEQUENCES = {
    "root without namespaces, then root": (NO_NAMESPACES, US),
    "root, then root without namespaces": (US, NO_NAMESPACES),
    "an ordinary user, then root": (NOBODY, US),
}
if os.geteuid() != 0:  # An ordinary user can be no one else, and the other tests are about that.
    SEQUENCES = {"an ordinary user": (US, US)}


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
def test_data_made_under_one_identity_serves_under_another(
    tmp_path: Path, sequence: tuple[tuple[str, ...], ...]
) -> None:
    home = tmp_path / "a home"
    home.mkdir(mode=0o700)  # Nobody but the owner may enter.
    if sequence[0] == NOBODY:
        os.chown(home, 65534, 65534)
    statements = ("CREATE TABLE kept AS SELECT 42 AS number", "TABLE kept")
    for prefix, statement in zip(sequence, statements, strict=True):
        arguments = ("tests.local.serve", "running", str(home / "var"))
        with running_module(home / "log", *arguments, prefix=prefix) as holder:
            rows = execute(holder.wait_for("serving")[0].split()[1], statement)
    assert rows == [(42,)]
    assert stat.S_IMODE((home / "var" / "postgres").stat().st_mode) == 0o700
