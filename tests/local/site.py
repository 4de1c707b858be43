"""A small site for the launcher's tests: `python -m tests.local.site DATA_DIR PORT`."""

import os
import sys
from pathlib import Path

from campaign.local.errors import LocalError
from campaign.local.launcher import Child, up
from campaign.local.services import Services
from tests.local.processes import say

FAMILY = [sys.executable, "-I", "-S", str(Path(__file__).with_name("family.py"))]


def main(data_dir: str, port: str) -> None:
    try:
        up(
            data_dir,
            [Child("web", [*FAMILY, "--port", port]), Child("worker", FAMILY)],
            host="127.0.0.1",
            port=int(port),
            prepare=tell,
            on_ready=lambda: say("ready"),
            database_url=os.environ.get("DATABASE_URL"),
            redis_url=os.environ.get("REDIS_URL"),
        )
    except LocalError as error:
        sys.exit(f"Error: {error}")


def tell(services: Services) -> None:
    say("prepare", services.database_url, services.redis_url)


if __name__ == "__main__":
    main(*sys.argv[1:])
