"""Typesetting documents, several at once, each in a child process that ends with this one."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Literal, NamedTuple, cast

from campaign.delivery.errors import CannotWrite
from campaign.languages import direction, language
from campaign.languages import gettext as _
from campaign.resources import folder

AT_ONCE = min(2, os.cpu_count() or 1)
_LONGEST_SECONDS = 600
_LINE = [sys.executable, "-m", "campaign.delivery.typesetting.child"]
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Document:
    """What to typeset: the name of a source in templates/typst, its data, and its one date.

    Data are passed as such: no text in them is ever read as Typst. With `format` "png" it becomes
    a picture, a pixel for each point of its page.
    """

    source: str
    data: Mapping[str, Any]
    made_at: dt.datetime
    format: Literal["pdf", "png"] = "pdf"


def spoken() -> dict[str, str]:
    """What every document is told of the language that is spoken now."""
    return {
        "lang": language(),
        "dir": direction(),
        "page-of": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def typeset(document: Document) -> bytes:
    """The PDF, the same bytes for the same document. Raises CannotWrite."""
    with TemporaryFile() as file:
        out = cast("BinaryIO", file)
        with _Child(document, "the PDF", out) as child:
            child.finish(lambda: None)
        out.seek(0)
        return out.read()


def typeset_each(
    documents: Iterable[tuple[Document, Path]], waiting: Callable[[], object] = lambda: None
) -> Generator[Path, None, None]:
    """Typeset documents into files, `AT_ONCE` at a time; gives each path when it is written.

    `waiting` is called every second; what it raises ends all of them. Raises CannotWrite, OSError.
    """
    running: deque[_Running] = deque()
    try:
        for document, path in documents:
            if len(running) == AT_ONCE:
                yield _finished(running.popleft(), waiting)
            running.append(_begun(document, path))
        while running:
            yield _finished(running.popleft(), waiting)
    finally:
        for one in running:
            one.held.close()


class _Running(NamedTuple):
    """A document that is being typeset, and what it holds open until then."""

    child: _Child
    path: Path
    held: contextlib.ExitStack


def _begun(document: Document, path: Path) -> _Running:
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(path.open("xb"))
        child = stack.enter_context(_Child(document, path.name, file))
        return _Running(child, path, stack.pop_all())


def _finished(one: _Running, waiting: Callable[[], object]) -> Path:
    # At once, not with the last: a large package has more volumes than a process may have files.
    with one.held:
        one.child.finish(waiting)
    return one.path


class _Child:
    """The process that typesets one document into a file. It does not outlive this context."""

    def __init__(self, document: Document, name: str, out: BinaryIO) -> None:
        self._job, self._name, self._out = _job(document), name, out

    def __enter__(self) -> _Child:
        self._process = subprocess.Popen(
            _LINE,
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=subprocess.PIPE,
            # It reads what strangers wrote, so it gets none of our secrets.
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        )
        # Standard input stays open: when it closes, the child ends.
        with contextlib.suppress(BrokenPipeError):
            stdin = cast("BinaryIO", self._process.stdin)
            stdin.write(self._job)
            stdin.flush()
        return self

    def finish(self, waiting: Callable[[], object]) -> None:
        until = time.monotonic() + _LONGEST_SECONDS
        while True:
            try:
                status = self._process.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                waiting()
                if time.monotonic() > until:
                    raise CannotWrite(f"cannot write {self._name}: it takes too long") from None
        if status:
            stderr = cast("BinaryIO", self._process.stderr)
            reason = stderr.read().decode(errors="replace").strip()
            raise CannotWrite(f"cannot write {self._name}: {reason or 'its process was ended'}")

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()


def _job(document: Document) -> bytes:
    sources = folder("templates") / "typst"
    job = {
        "root": str(sources),
        "source": str(sources / document.source),
        "data": json.dumps(document.data, ensure_ascii=False),
        "format": document.format,
        "timestamp": int(document.made_at.timestamp()),
    }
    return json.dumps(job).encode() + b"\n"
