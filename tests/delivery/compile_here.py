"""Compiles a delivery in a process of its own, which kills itself where it is told to.

Arguments: folder, official, and optionally `before` or `after` and a function, as module:name.
Prints the path of the package.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from campaign.delivery import compiling
from tests.delivery.making import compiled
from tests.support.app import make_app


def killing(when: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and no process before or after it."""

    def killed(*args: Any, **values: Any) -> None:
        if when == "after":
            function(*args, **values)
        os.kill(os.getpid(), signal.SIGKILL)

    return killed


def main(folder: str, official: str, when: str = "", where: str = "") -> None:
    if when:
        module, name = where.split(":")
        owner = importlib.import_module(f"campaign.delivery.{module}")
        setattr(owner, name, killing(when, getattr(owner, name)))
    data_dir = Path(os.environ["DATA_DIR"])
    app = make_app(os.environ["DATABASE_URL"], "redis://127.0.0.1:1/0", data_dir)
    with app.app_context():
        done: compiling.Compiled = compiled(Path(folder), official)
    sys.stdout.write(f"{done.path}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
