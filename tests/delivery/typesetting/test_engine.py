"""Documents are typeset by children that end with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from campaign.delivery.errors import CannotWrite
from campaign.delivery.typesetting import engine
from campaign.delivery.typesetting.engine import Document, typeset, typeset_each
from campaign.delivery.typesetting.fonts import covered, folders
from tests.delivery.printing import MADE_AT, SCRIPTS
from tests.local.processes import ROOT

LIST = {
    "title": "T",
    "site": "S",
    "campaign": "C",
    "short": "C",
    "to": "O",
    "volume": "",
    "lang": "en",
    "dir": "ltr",
    "page-of": "{page} of {pages}",
    "heads": ["No.", "Name", "Postcode", "", "Signed", "Comment"],
    "paper": "paper",
    "about": [],
    "parts": [],
}
# Starts a document that takes long, says who makes it, and waits.
_OWNER = """
import sys, time
from campaign.delivery.typesetting import engine
from tests.delivery.typesetting.test_engine import LIST, MADE_AT
rows = [[False, str(n), f"Person {n}", "", "GB", "", ""] for n in range(20_000)]
document = engine.Document("list.typ", LIST | {"parts": [{"numbers": "", "rows": rows}]}, MADE_AT)
with engine._Child(document, "x", open(sys.argv[1], "wb")) as child:
    print(child._process.pid, flush=True)
    time.sleep(600)
"""


def test_words_are_data_whatever_they_look_like() -> None:
    rows = [[False, "1", '#panic("x") #read("base.typ") *b*', "", "GB", "", '"]) #(1/0)']]
    document = Document("list.typ", LIST | {"parts": [{"numbers": "", "rows": rows}]}, MADE_AT)
    assert typeset(document).startswith(b"%PDF-1.7")


def test_every_script_has_its_glyphs() -> None:
    has_glyph = covered(folders())
    lacking = {c for name in SCRIPTS.values() for c in name if not has_glyph[ord(c)]}
    assert lacking <= {"\u200d"}
    assert not has_glyph[0x13000]


def test_what_cannot_be_typeset_is_refused_without_quoting_it(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="cannot write the PDF: ") as refused:
        typeset(
            Document("list.typ", LIST | {"parts": [{"numbers": "", "rows": [["Zoë"]]}]}, MADE_AT)
        )
    assert "Zoë" not in str(refused.value)


def test_a_full_disk_is_told_as_such() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    document = Document("list.typ", LIST, MADE_AT)
    with (
        open("/dev/full", "wb") as full,
        engine._Child(document, "x.pdf", full) as child,
        pytest.raises(CannotWrite, match=r"cannot write x\.pdf: No space left on device"),
    ):
        child.finish(lambda: None)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_is_written_holds_nothing_open_any_more(tmp_path: Path) -> None:
    def held() -> int:
        return len(os.listdir("/proc/self/fd"))

    documents = [(Document("list.typ", LIST, MADE_AT), tmp_path / f"{n}.pdf") for n in range(6)]
    before, meanwhile = held(), [held() for _ in typeset_each(documents)]
    assert len(meanwhile) == 6
    assert max(meanwhile) <= meanwhile[0]
    assert meanwhile[-1] == held() == before


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.touch()
    with pytest.raises(FileExistsError):
        list(typeset_each([(Document("list.typ", LIST, MADE_AT), path)]))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_child_ends_with_its_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OWNER, str(tmp_path / "x.pdf")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        child = int(owner.stdout.readline())
        assert _is_running(child)
        os.kill(owner.pid, signal.SIGKILL)
    until = time.monotonic() + 60
    while _is_running(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
