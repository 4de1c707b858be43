"""What a package says about itself: README.txt for people, the manifest for programs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from campaign.delivery.sealing import FORMAT, File


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


def manifest(contents: Contents, files: dict[str, File], archive: File) -> dict[str, Any]:
    """What is sealed."""
    return {
        "format": FORMAT,
        "campaign": {"slug": contents.campaign_slug, "title": contents.campaign_title},
        "official": contents.official._asdict(),
        "delivery": contents.delivery,
        "everything": contents.everything,
        "cut_off": _iso(contents.cut_off),
        "made_at": _iso(contents.made_at),
        "made_by": contents.made_by,
        "signatures": {"count": contents.count, "first": contents.first, "last": contents.last},
        "texts": [
            {"version": t.version, "sha256": t.sha256, "signatures": t.signatures}
            for t in contents.texts
        ],
        "files": {name: vars(file) for name, file in files.items()},
        "archive": vars(archive),
    }


def readme(contents: Contents, files: dict[str, str], fingerprint: str) -> str:
    """README.txt, in plain words, for the official's office. `files` says what each file is."""
    official = contents.official
    addressee = ", ".join(filter(None, (official.name, official.title, official.body)))
    texts = "\n\n".join(_text(text, many=len(contents.texts) > 1) for text in contents.texts)
    listing = "\n".join(f"  {name:<17} {what}" for name, what in files.items())
    whole = (
        "This package holds every signature confirmed so far, also those that earlier\n"
        "packages brought you. Each keeps the number it had there."
        if contents.everything
        else "This package holds the signatures that no earlier package brought you.\n"
        "Numbers continue from delivery to delivery, so no signature is counted twice."
    )
    return f"""{contents.campaign_title}
Signatures for {addressee}
Delivery {contents.delivery} of this campaign

{contents.count:,} people have put their names to the text below. Each of them confirmed it
from their own email address, and agreed that their name, country, postcode and
comment are passed on to you. Please use these data for this matter only.

  Signatures in this package   {contents.count:,}
  First and last number        {contents.first:,} to {contents.last:,}
  Confirmed up to              {contents.cut_off:%d %B %Y, %H:%M} UTC
  Package made                 {contents.made_at:%d %B %Y, %H:%M} UTC by {contents.made_by}

{whole}
A number that is left out belongs to somebody who has withdrawn since, or to
another delivery.


WHAT IS IN THIS PACKAGE

{listing}

The columns are: number, name, postcode, country (two-letter code), date of signing,
comment. Where a text starts like a formula, an apostrophe (') stands in front of it
so that no program runs it.


HOW TO CHECK IT

Every file is listed in manifest.json with its SHA-256 fingerprint, and that list is
signed (Ed25519), so that a change to a single character shows. With the open-source
program Groundswell, on any computer, without a network:

  campaign deliveries verify PACKAGE.zip --key "FINGERPRINT"

FINGERPRINT is that of the sender's key. Ask the sender for it on a way that you
trust, such as by telephone; it should be

  {_halves(fingerprint)}


THE TEXT THAT WAS SIGNED

{texts}
"""


def _text(text: Text, *, many: bool) -> str:
    heading = f"Version {text.version}, signed by {text.signatures:,}:\n\n" if many else ""
    return f"{heading}{text.markdown.strip()}\n\n(SHA-256 of this text: {text.sha256})"


def _halves(fingerprint: str) -> str:
    middle = len(fingerprint) // 2
    return f"{fingerprint[:middle].strip()}\n  {fingerprint[middle:].strip()}"


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
