"""Hold or borrow services until SIGTERM: `python -m tests.local.serve running|borrow DATA_DIR`."""

import os
import signal
import sys

from campaign.local.errors import LocalError
from campaign.local.services import borrow, running
from tests.local.processes import descendants, say


def main(how: str, data_dir: str) -> None:
    try:
        with {"running": running, "borrow": borrow}[how](data_dir) as services:
            say("processes", *descendants(os.getpid()))
            say("serving", services.database_url, services.redis_url)
            signal.sigwait([signal.SIGTERM])
            say("leaving")
    except LocalError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    main(*sys.argv[1:])
