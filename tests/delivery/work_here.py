"""A worker's process that compiles what is due, until it is killed or nothing is left.

It leads a process group, so that whatever it started can be killed with it.
"""

from __future__ import annotations

import os
from pathlib import Path

from campaign.delivery.due import compile_due
from tests.support.app import make_app


def main() -> None:
    data_dir = Path(os.environ["DATA_DIR"])
    app = make_app(os.environ["DATABASE_URL"], "redis://127.0.0.1:1/0", data_dir)
    with app.app_context():
        compile_due()


if __name__ == "__main__":
    main()
