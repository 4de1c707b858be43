"""A minimal SMTP server (RFC 5321) that accepts every mail, as a program of its own.

    python -m bench.sink

It prints its port, and then the token of the confirmation link of each mail it accepts.
"""

from __future__ import annotations

import re
import sys
from socketserver import StreamRequestHandler, ThreadingTCPServer

_TOKEN = re.compile(rb"/confirm/([A-Za-z0-9._-]{10,})")
_ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
_END = b".\r\n"


class Conversation(StreamRequestHandler):
    """One connection, in a thread of its own."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            self.wfile.write(_ANSWERS.get(verb, b"250 fine\r\n"))
            if verb == b"DATA":
                say(token(self._message()))
                self.wfile.write(b"250 accepted\r\n")
            elif verb == b"QUIT":
                return

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (_END, b""):
            lines.append(line)
        return b"".join(lines)


def token(message: bytes) -> str:
    """What the confirmation link in the message ends with; empty when it has none."""
    # Quoted-printable breaks long lines (RFC 2045, 6.7); a token holds nothing that it escapes.
    found = _TOKEN.search(message.replace(b"=\r\n", b""))
    return found[1].decode() if found else ""


def say(line: str) -> None:
    """Print a line at once and whole, whatever other threads print."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        say(str(server.server_address[1]))
        server.serve_forever()
