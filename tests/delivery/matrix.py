"""What was done to a package, and how the check must name it.

For a package of twelve signatures by Person 1 to Person 12, as `tests.delivery.sealed` makes.
"""

from __future__ import annotations

import json
import re

from campaign.delivery.sealing import canonical
from tests.delivery.tampering import (
    edit,
    in_sheet,
    remove,
    saved_anew,
    sheets_of_nothing,
    swap,
    without_row,
)

MATRIX = {
    "a changed cell of the CSV": (
        edit("signatures.csv", lambda d: d.replace(b"Person 7", b"Person X")),
        "signatures.csv: number 7 was changed: name",
    ),
    "a row missing from the CSV": (
        edit("signatures.csv", without_row(5)),
        "signatures.csv: number 5 is missing",
    ),
    "the last row missing from the CSV": (
        edit("signatures.csv", without_row(12)),
        "signatures.csv: number 12 is missing",
    ),
    "half a letter after the last row": (
        edit("signatures.csv", lambda d: d + b"\xe2\x82"),
        "signatures.csv: a row without a number, with 1 cells, was added",
    ),
    "a row added to the CSV": (
        edit("signatures.csv", lambda d: d + b"13,Eve,,GB,2026-03-01,\r\n"),
        "signatures.csv: number 13 was added, or is not in its place",
    ),
    "rows of the CSV in another order": (
        edit("signatures.csv", lambda d: d.replace(b"\n2,P", b"\n9,P").replace(b"\n3,P", b"\n2,P")),
        "signatures.csv: number 2 is missing",
    ),
    "another heading": (
        edit("signatures.csv", lambda d: d.replace(b"comment", b"opinion", 1)),
        "signatures.csv: its first row is not the one with the headings",
    ),
    "no CSV at all": (
        edit("signatures.csv", lambda d: b""),
        "signatures.csv was changed: its SHA-256 is not the one that was sealed",
    ),
    "garbage for a CSV": (
        edit("signatures.csv", lambda d: d[:70] + b'"\xff\0,,,\n' * 20),
        "signatures.csv was changed: its SHA-256 is not the one that was sealed",
    ),
    "a changed cell of the workbook": (
        in_sheet(lambda xml: xml.replace(b"Person 4<", b"Person X<")),
        "signatures.xlsx: number 4 was changed: name",
    ),
    "a row missing from the workbook": (
        in_sheet(lambda xml: re.sub(rb'<row r="6">.*?</row>', b"", xml, flags=re.DOTALL)),
        "signatures.xlsx: number 5 is missing",
    ),
    "a workbook that another program has saved": (
        saved_anew(lambda sheet: sheet.delete_rows(3)),
        "signatures.xlsx: number 2 is missing",
    ),
    "a workbook with its texts elsewhere": (
        in_sheet(lambda xml: xml.replace(b't="inlineStr"', b't="s"')),
        "signatures.xlsx: it was written anew by another program",
    ),
    "a workbook that would grow without end": (
        in_sheet(lambda xml: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml.split(b"?>", 1)[1]),
        "signatures.xlsx: a sheet of it is not what a workbook holds",
    ),
    "a workbook whose sheets are large together": (
        edit("signatures.xlsx", sheets_of_nothing),
        'signatures.xlsx: "xl/worksheets/sheet3.xml" is larger than it should be',
    ),
    "a workbook that is no workbook": (
        edit("signatures.xlsx", lambda d: d[:-30]),
        "signatures.xlsx: this is not a whole ZIP file",
    ),
    "a changed text": (
        edit("README.txt", lambda d: d.replace(b"12", b"13")),
        "README.txt was changed: its SHA-256 is not the one that was sealed",
    ),
    "swapped files": (swap, "signatures.csv was swapped: it holds what was sealed as signatures."),
    "a missing file": (remove("signatures.xlsx"), "signatures.xlsx is missing"),
    "an added file": (
        lambda files: files.update({"\x1b[2J.exe": b"MZ"}),
        '"\\u001b[2J.exe" was added after the package was sealed',
    ),
    "no manifest": (remove("manifest.json"), "manifest.json is missing: nothing says"),
    "a changed manifest": (
        edit("manifest.json", lambda d: d.replace(b'"count":12', b'"count":13')),
        "manifest.json was changed: its seal does not fit it",
    ),
    "a manifest with something beside what was signed": (
        edit("manifest.json", lambda d: canonical(json.loads(d) | {"correction": {"count": 99}})),
        "manifest.json was changed: it says more than what was sealed",
    ),
    "a seal with something beside the signature": (
        edit("manifest.json", lambda d: d.replace(b'"seal":{', b'"seal":{"a":1,')),
        "manifest.json was changed: it says more than what was sealed",
    ),
    "a manifest written in another form": (
        edit("manifest.json", lambda d: json.dumps(json.loads(d), indent=1).encode()),
        "manifest.json was changed: it is not in the form in which it is sealed",
    ),
    "a manifest with a key twice": (
        edit("manifest.json", lambda d: d.replace(b'"delivery":1', b'"delivery":9,"delivery":1')),
        "manifest.json was changed: it is not in the form in which it is sealed",
    ),
    "a manifest that is no JSON": (
        edit("manifest.json", lambda d: b"[" * 100_000),
        "manifest.json is damaged: it cannot be read",
    ),
    "an enormous manifest": (
        edit("manifest.json", lambda d: d + b" " * (1 << 21)),
        '"manifest.json" is larger than it should be',
    ),
    "changed salts": (
        edit("salts.bin", lambda d: bytes([d[0] ^ 1]) + d[1:]),
        "salts.bin was changed: its SHA-256 is not the one that was sealed",
    ),
    "the CSV saved by another program, row by row the same": (
        edit("signatures.csv", lambda d: d.replace(b"\r\n", b"\n")),
        "signatures.csv: its rows are those that were sealed, written in another way",
    ),
    "the same files in another archive": (
        lambda files: None,
        "the ZIP file was changed around the files, which are as sealed",
    ),
}
