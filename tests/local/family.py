"""A program with a family, for the tests: `python family.py [--port N] [--stubborn]`.

It has a child, and one more in a session of its own, neither of which heeds SIGTERM. It answers
on the port if one is given, and prints the numbers of all three. A stubborn one heeds nothing.
"""

import os
import signal
import socket
import sys
import time


def main(arguments: list[str]) -> None:
    relatives = [fork(in_own_session=False), fork(in_own_session=True)]
    if "--stubborn" in arguments:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(1, f"family {os.getpid()} {relatives[0]} {relatives[1]}\n".encode())
    if "--port" in arguments:
        with socket.create_server(("127.0.0.1", int(arguments[1]))) as server:
            while True:
                server.accept()[0].close()
    while True:
        time.sleep(60)


def fork(*, in_own_session: bool) -> int:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if in_own_session:
            os.setsid()
        while True:
            time.sleep(60)
    return child


if __name__ == "__main__":
    main(sys.argv[1:])
