"""Makes what is typeset, without a database: contents, and tables as COPY would write them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from campaign.delivery.describing import Contents, Official, Text
from campaign.delivery.exporting import COLUMNS

MADE_AT = dt.datetime(2026, 11, 1, 18, 1, tzinfo=dt.UTC)
PAGE = "https://act.example.org/campaigns/night-buses/deliveries/3"

# One name in each script that must be legible.
SCRIPTS = {
    "Latin": "Zoë Nguyễn Łukasz",
    "Cyrillic": "Соломія Коваленко",
    "Greek": "Φωτεινή Ζαχαρίας",
    "Arabic": "مريم عبدالله",
    "Hebrew": "דוד לוי",
    "Devanagari": "क्षितिज वर्मा",
    "Bengali": "আয়েশা চৌধুরী",
    "Tamil": "தமிழ்ச்செல்வி",
    "Thai": "สมชาย ใจดี",
    "Georgian": "გიორგი კაპანაძე",
    "Armenian": "Արամ Հակոբյան",
    "Ethiopic": "አበበ በቀለ",
    "Chinese": "欧阳娜 歐陽娜",
    "Japanese": "鈴木さくら ハナ",
    "Korean": "이민준",
    "Khmer": "សុខ សុភា",
    "Myanmar": "အောင်ဆန်း",
    "Thaana": "އިބްރާހިމް",
    "Cherokee": "ᏣᎳᎩ",
    "Tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "emoji": "🌍💜👩‍👩‍👧‍👦👨🏽‍🌾🇺🇦",
}
# What is read out of a PDF of these has the order of the glyphs.
REORDERED = ("Arabic", "Hebrew", "Thaana", "Devanagari", "Bengali", "Tamil", "Khmer", "Myanmar")


def row(name: str = "Zoë", comment: str = "", **cells: str) -> list[str]:
    """The cells of a row but its number."""
    rest = {"postcode": "N1 9GU", "country": "GB", "signed_on": "2026-03-01", **cells}
    return [name, rest["postcode"], rest["country"], rest["signed_on"], comment]


def table(folder: Path, rows: Sequence[list[str]]) -> Path:
    """A finished table, numbered from 1."""
    path = folder / "signatures.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([str(number), *cells] for number, cells in enumerate(rows, 1))
    return path


def contents(count: int, **changes: Any) -> Contents:
    """What is known of a package with the numbers 1 to `count`."""
    values = {
        "campaign_slug": "night-buses",
        "campaign_title": "Night buses for everyone",
        "official": Official("ada", "Ada Okafor", "Mayor", "City of Harrow Bay"),
        "delivery": 3,
        "everything": False,
        "cut_off": MADE_AT,
        "made_at": MADE_AT,
        "made_by": "Ada",
        "count": count,
        "first": 1,
        "last": count,
        "texts": (Text(1, "ab" * 32, "We ask for **night buses**.", count),),
        "page": PAGE,
        "ask": "Run a bus on every line, every night.",
        "fingerprint": " ".join(["abcd"] * 16),
    }
    return Contents(**{**values, **changes})
