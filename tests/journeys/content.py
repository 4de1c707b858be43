"""A campaign and an article as their authors write them, brought in by the real commands."""

from __future__ import annotations

from pathlib import Path

from tests.support.site import Site

SLUG = "harrow-bay-buses"
OFFICIAL = "ada-okafor"
ARTICLE_SLUG = "the-last-bus-of-harrow-bay"

CAMPAIGN = f"""\
---
title: Night buses for Harrow Bay
slug: {SLUG}
ask: Run a bus on every line, every night.
goal: 1000
summary: Whoever works late should get home.
officials:
  - slug: {OFFICIAL}
    name: Ada Okafor
    title: Mayor
    body: City of Harrow Bay
    email: mayor@harrowbay.example
---

We ask for **night buses** on every line, every day of the week.
"""

ARTICLE = f"""\
---
title: The Last Bus Leaves Before the Shift Ends
slug: {ARTICLE_SLUG}
section: News
topic: Getting Around
author: Wren Adebayo
published: 2026-11-20
summary: Half the town works after the last bus has gone.
campaign: {SLUG}
---

The hospital's late shift ends at half past midnight.

Take Action: Ask Harrow Bay to run its buses at night

Read More: The Town That Kept Its Buses Running

Nobody had asked the night cleaners how they get home.
"""


def publish(site: Site, folder: Path) -> None:
    """Import the campaign and the article through `campaign … import` in a second process."""
    for command, text in (("campaigns", CAMPAIGN), ("articles", ARTICLE)):
        file = folder / f"{command}.md"
        file.write_text(text, encoding="utf-8")
        site.command(command, "import", file)
