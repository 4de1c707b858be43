"""What is known of a package, and what is sealed in it: the manifest, for programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from babel.lists import format_list

from campaign.countries import country_names
from campaign.delivery.sealing import FORMAT, ROOT_FORMAT, File
from campaign.delivery.slicing import EVERYTHING, Slice
from campaign.languages import DEFAULT, language
from campaign.languages import gettext as _


class Text(NamedTuple):
    """A version of the campaign's text, and how many of the signatures are under it."""

    version: int
    sha256: str
    markdown: str
    signatures: int


class Official(NamedTuple):
    """Whom a package is for."""

    slug: str
    name: str
    title: str
    body: str
    # Not sealed: which one a package speaks says nothing about its rows.
    language: str = DEFAULT

    @property
    def sealed(self) -> dict[str, str]:
        """What the manifest and the statement say of them."""
        return {"slug": self.slug, "name": self.name, "title": self.title, "body": self.body}


@dataclass(frozen=True)
class Contents:
    """Everything that is said about the signatures in one package."""

    campaign_slug: str
    campaign_title: str
    official: Official
    delivery: int
    everything: bool
    cut_off: dt.datetime
    made_at: dt.datetime
    made_by: str
    count: int
    first: int
    last: int
    texts: tuple[Text, ...]
    slice: Slice = EVERYTHING
    paper_count: int = 0
    # The first and last number of each run of rows that were signed on paper: of the numbers in
    # this package, exactly those within are paper.
    paper: tuple[tuple[int, int], ...] = ()
    # The address of the public page of the campaign's deliveries.
    page: str = ""
    ask: str = ""
    # Of the key that seals the package.
    fingerprint: str = ""


def manifest(
    contents: Contents, files: dict[str, File], archive: File, root: bytes
) -> dict[str, Any]:
    """What is sealed in a package. `root` is the Merkle root over its rows."""
    return {
        "format": FORMAT,
        "campaign": {"slug": contents.campaign_slug, "title": contents.campaign_title},
        "official": contents.official.sealed,
        "delivery": contents.delivery,
        "everything": contents.everything,
        "cut_off": _iso(contents.cut_off),
        "made_at": _iso(contents.made_at),
        "made_by": contents.made_by,
        "signatures": {"count": contents.count, "first": contents.first, "last": contents.last},
        "rows": contents.count,
        "root": root.hex(),
        "slice": vars(contents.slice),
        "paper": contents.paper,
        "page": contents.page,
        "texts": [
            {"version": t.version, "sha256": t.sha256, "signatures": t.signatures}
            for t in contents.texts
        ],
        "files": {name: vars(file) for name, file in files.items()},
        "archive": vars(archive),
    }


def statement(contents: Contents, root: bytes) -> dict[str, Any]:
    """What is published of a delivery, sealed, and goes into receipts."""
    return {
        "format": ROOT_FORMAT,
        "campaign": {"slug": contents.campaign_slug, "title": contents.campaign_title},
        "official": contents.official.sealed,
        "delivery": contents.delivery,
        "count": contents.count,
        "first": contents.first,
        "last": contents.last,
        "paper": contents.paper,
        "root": root.hex(),
        "cut_off": _iso(contents.cut_off),
        "made_at": _iso(contents.made_at),
    }


def addressee(contents: Contents) -> str:
    """The official with their office, in one line."""
    official = contents.official
    return ", ".join(filter(None, (official.name, official.title, official.body)))


def where(contents: Contents) -> str:
    """Whence the signatures of a slice are, in words; nothing when there was no choice."""
    names = country_names()
    countries = either([names.get(code, code) for code in contents.slice.countries])
    if not contents.slice.postcodes:
        return countries
    beginnings = either(contents.slice.postcodes)
    if not countries:
        return str(_("postcodes that begin with %(beginnings)s", beginnings=beginnings))
    return str(
        _(
            "%(countries)s, postcodes that begin with %(beginnings)s",
            countries=countries,
            beginnings=beginnings,
        )
    )


def either(names: Sequence[str]) -> str:
    """One of these, as the language that is spoken now lists them."""
    return format_list(names, style="or", locale=language())


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
