"""A minimal SMTP server (RFC 5321) that accepts every mail, as a program of its own.

    python -m bench.sink

It prints its port, and then the token of the confirmation link of each mail it accepts.
"""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio import StreamReader, StreamWriter

_TOKEN = re.compile(rb"/confirm/([A-Za-z0-9._-]{10,})")
_ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


async def main() -> None:
    """Listen on a free port of the loopback until killed."""
    server = await asyncio.start_server(_converse, "127.0.0.1", 0, limit=1 << 20)
    _say(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


async def _converse(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    try:
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(_ANSWERS.get(verb, b"250 fine\r\n"))
            if verb == b"DATA":
                message = await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 accepted\r\n")
                _say(_token(message))
            elif verb == b"QUIT":
                break
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # A worker that ends at the end of the benchmark hangs up without a word.
    writer.close()


def _token(message: bytes) -> str:
    # Quoted-printable breaks long lines (RFC 2045, 6.7); a token holds nothing that it escapes.
    found = _TOKEN.search(message.replace(b"=\r\n", b""))
    return found[1].decode() if found else ""


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
