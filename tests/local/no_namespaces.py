"""Run a command as a root that may not make user namespaces, as in most containers.

`python no_namespaces.py COMMAND...` needs to be run as root. The command runs in a namespace
that has all accounts and in which no further one is allowed.
"""

import ctypes
import os
import signal
import sys

CLONE_NEWUSER = 0x10000000


def main(command: list[str]) -> int:
    apart, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).unshare(CLONE_NEWUSER)
        os.write(apart[1], b"x")
        os.read(go[0], 1)
        with open("/proc/sys/user/max_user_namespaces", "w") as limit:
            limit.write("0")
        os.execvp(command[0], command)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    os.read(apart[0], 1)
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{child}/{name}", "w") as accounts:
            accounts.write("0 0 65536")
    os.write(go[1], b"x")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
