"""The wheel carries everything that the application reads at run time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from campaign.resources import folder

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "campaign", "worker", "templates", "static", "migrations", "demo", "verifier",
    "translations",
    "pyproject.toml", "setup.py", "README.md", "LICENSE",
)  # fmt: skip


def test_an_installed_wheel_finds_its_resources(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)  # type: ignore[operator]
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path]
    done = subprocess.run([*build, source], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    found = subprocess.run(
        [sys.executable, "-c", "from campaign.resources import folder; print(folder('templates'))"],
        cwd=tmp_path / "installed", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "_resources" in found.stdout
    resources = tmp_path / "installed" / "campaign" / "_resources"
    for name in ("templates", "static", "migrations", "demo", "verifier", "translations"):
        wanted = {f.relative_to(folder(name)) for f in folder(name).rglob("*") if f.is_file()}
        there = {f.relative_to(resources / name) for f in (resources / name).rglob("*")}
        assert {f for f in wanted if "__pycache__" not in f.parts} <= there
