"""Reading files, and telling front matter and body apart."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.content.files import MAX_BYTES, Source, read_source
from campaign.content.mistakes import Mistakes


def read(path: Path) -> tuple[Source | None, list[str]]:
    mistakes = Mistakes(Path(path.name))
    return read_source(path, mistakes), mistakes.lines()


@pytest.mark.parametrize(
    "raw",
    [
        b"---\na: b\n---\n\n\nBody \xe2\x80\x93 one\n\ntwo\n\n\n",
        b"\xef\xbb\xbf---\r\na: b\r\n---\r\n\r\n\r\nBody \xe2\x80\x93 one\r\n\r\ntwo",
        b"--- \ra: b\r---\t\r\r\rBody \xe2\x80\x93 one\r\rtwo\r",
    ],
)
def test_line_ends_and_byte_order_marks_make_no_difference(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(raw)
    assert read(path) == (Source("a: b", "Body – one\n\ntwo\n", 6), [])


def test_a_rule_in_the_body_does_not_end_the_front_matter_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\na: b\n---\none\n\n---\n\ntwo\n")
    assert read(path) == (Source("a: b", "one\n\n---\n\ntwo\n", 4), [])


FENCES = "a.md:1: the file must start with front matter between two lines of ---"


@pytest.mark.parametrize(
    ("raw", "mistakes"),
    [
        (b"", [FENCES]),
        (b"Just text\n---\na: b\n---\n", [FENCES]),
        (b"\n---\na: b\n---\n", [FENCES]),
        (b"---\na: b\n\nBody\n", ["a.md:1: the front matter has no closing line of ---"]),
        (
            b"---\na: b\n---\nfine\nna\xefve\n",
            ["a.md:5: the byte 0xEF is not UTF-8: save the file as UTF-8"],
        ),
        (
            b"\xff\xfe-\x00-\x00-\x00",
            ["a.md:1: the byte 0xFF is not UTF-8: save the file as UTF-8"],
        ),
        (
            "---\na: b\0\n---\nx\u202ey\nfine\u200f\nbell\a\u2028\n\x85\ufffd".encode(),
            [
                "a.md:2: the character U+0000 (control character) may not be used",
                "a.md:4: the character U+202E (right-to-left override) may not be used",
                "a.md:6: the character U+0007 (control character) may not be used",
                "a.md:7: the character U+0085 (control character) may not be used",
            ],
        ),
        (b"x" * (MAX_BYTES + 1), ["a.md: the file is larger than 1,000,000 bytes"]),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, raw: bytes, mistakes: list[str]) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(raw)
    assert read(path)[1] == mistakes


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"---\na: b\n---\n".ljust(MAX_BYTES, b"x"))
    assert read(path)[1] == []


def test_what_is_not_a_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    assert read(tmp_path / "pipe.md") == (None, ["pipe.md: this is not a file"])
    assert read(tmp_path / "folder.md") == (None, ["folder.md: this is not a file"])
    missing = "missing.md: the file cannot be read: No such file or directory"
    assert read(tmp_path / "missing.md") == (None, [missing])
    assert read(tmp_path / "a\nb\0.md")[1][0].startswith("a�b�.md: the file cannot be read: ")


@pytest.fixture
def ordinary_user(tmp_path: Path) -> Iterator[None]:
    """Root may read every file, so as root the test is run as nobody."""
    (tmp_path / "secret.md").touch(mode=0)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_a_file_without_permission_is_named(tmp_path: Path, ordinary_user: None) -> None:
    path = tmp_path / "secret.md"
    assert read(path) == (None, ["secret.md: the file cannot be read: Permission denied"])
