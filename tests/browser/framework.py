"""A page of ours as it would be with a common framework: its style sheet, and its script."""

from __future__ import annotations

import gzip
import re
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PACKAGE = "bootstrap@5.3.3"
PARTS = {
    "/bootstrap.css": ("package/dist/css/bootstrap.min.css", "text/css"),
    "/bootstrap.js": ("package/dist/js/bootstrap.bundle.min.js", "text/javascript"),
}
_OURS = r'<link rel="(stylesheet|icon)"[^>]*>|<script[^>]*></script>'
_THEIRS = '<link rel="stylesheet" href="/bootstrap.css"><script src="/bootstrap.js" defer></script>'


@contextmanager
def dressed(html: str) -> Iterator[str]:
    """Serve the page with the framework's files. Yields where, or nothing if npm has none."""
    files = _fetched()
    if not files:
        yield ""
        return
    page = re.sub(_OURS, "", html).replace("</head>", f"{_THEIRS}</head>")
    files["/"] = (page.encode(), "text/html; charset=utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _fetched() -> dict[str, tuple[bytes, str]]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(
                ["npm", "pack", "--silent", PACKAGE],
                cwd=folder,
                check=True,
                timeout=60,
                capture_output=True,
            )
        except (OSError, subprocess.SubprocessError):
            return {}
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as packed:
            return {path: (_read(packed, name), kind) for path, (name, kind) in PARTS.items()}


def _read(packed: tarfile.TarFile, name: str) -> bytes:
    file = packed.extractfile(name)
    return file.read() if file else b""


def _handler(files: dict[str, tuple[bytes, str]]) -> type[BaseHTTPRequestHandler]:
    packed = {path: (gzip.compress(body, 6), kind) for path, (body, kind) in files.items()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body, kind = packed.get(self.path, (b"", "text/plain"))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
