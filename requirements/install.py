"""Bring .venv up to date with the locked list: `python requirements/install.py run|dev`.

Run from the checkout's root by a Python that is new enough; it needs nothing else. It returns at
once when nothing has changed. `run.txt` is what the site needs, `dev.txt` that and the tests'.
"""

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
SCRIPT = '#!/bin/sh\nexec "$(dirname -- "$0")/python" -m campaign "$@"\n'


def main(kind: str) -> None:
    """Install the list of that kind, unless it or the longer one is installed already."""
    installed = STAMP.read_text() if STAMP.exists() else ""
    if runs(PYTHON) and installed in (stamp(kind), stamp("dev")):
        return
    if installed.startswith("dev"):  # Once there, the tests' tools stay.
        kind = "dev"
    say(f"Installing what Groundswell needs into {VENV} (once; about a minute)")
    make_venv()
    STAMP.unlink(missing_ok=True)
    lock = f"requirements/{kind}.txt"
    if not (install_uv() and sync(lock)):
        say("uv is not to be had here; installing with pip, which takes longer")
        pip("--require-hashes", "--requirement", lock, check=True)
    link_project()
    STAMP.write_text(stamp(kind))


def stamp(kind: str) -> str:
    """What STAMP holds when the present list of that kind is installed."""
    lock = Path("requirements", f"{kind}.txt").read_bytes()
    return f"{kind} {hashlib.sha256(lock).hexdigest()}"


def make_venv() -> None:
    """Make .venv, anew if its Python does not run (any more)."""
    if runs(PYTHON):
        return
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"{sys.executable} cannot make virtual environments: its venv and ensurepip modules "
            f"are missing (on Debian and Ubuntu: apt install python{version}-venv)."
        )
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def runs(python: Path) -> bool:
    """Is it there, and does it run? A moved or upgraded Python leaves broken links."""
    return python.exists() and subprocess.run([str(python), "-c", ""]).returncode == 0


def install_uv() -> bool:
    """Get the locked uv, which installs the rest much faster than pip; whether it worked."""
    return pip("--require-hashes", "--requirement", "requirements/uv.txt", check=False)


def sync(lock: str) -> bool:
    """Make .venv hold what the lock says and no more; whether it worked."""
    # By itself uv trusts only its own certificates, and fails behind a company's proxy.
    command = [str(PYTHON), "-m", "uv", "--system-certs", "pip", "sync", "--require-hashes", lock]
    return subprocess.run([*command, "--quiet", "--python", str(PYTHON)]).returncode == 0


def pip(*arguments: str, check: bool) -> bool:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*command, *arguments], check=check).returncode == 0


def link_project() -> None:
    """Make the checkout importable and `.venv/bin/campaign` run it; paths stay relative."""
    [site_packages] = VENV.glob("lib/python3.*/site-packages")
    (site_packages / "groundswell.pth").write_text(os.path.relpath(".", site_packages) + "\n")
    script = VENV / "bin" / "campaign"
    script.write_text(SCRIPT)
    script.chmod(0o755)


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except subprocess.CalledProcessError:
        sys.exit("Installing failed; the lines above say why.")
