"""Puts what the application reads at run time into the wheel; everything else is in pyproject.toml.

In a checkout templates, static files, migrations and demo content lie beside the package, where
people look for them. `campaign.resources` finds them in either place.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

RESOURCES = ("templates", "static", "migrations", "demo", "verifier", "translations")


class WithResources(build_py):
    def run(self) -> None:
        super().run()
        for name in RESOURCES:
            target = Path(self.build_lib, "campaign", "_resources", name)
            shutil.copytree(
                name, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
            )


setup(cmdclass={"build_py": WithResources})
