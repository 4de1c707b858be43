"""`campaign campaigns`."""

from __future__ import annotations

from pathlib import Path

from campaign.campaigns.publishing import import_campaigns
from campaign.commands.common import Acts
from campaign.commands.importing import files_argument, run_import

campaigns = Acts("campaigns", help="The campaigns.")


@campaigns.command("import")
@files_argument
def import_(files: tuple[Path, ...]) -> None:
    """Add or update campaigns from Markdown files with front matter.

    \b
    Required: title, slug, ask, goal, officials (a list of slug, name, title, body, email;
              the slug alone for one who is known).
    Optional: summary, opens, closes (2026-11-23, or 2026-11-23T18:00+01:00),
              state (draft, open, paused or closed; at first open), language (at first en).

    The Markdown below is the text of the pledge; a changed text becomes a new version. A file
    like night-buses.es.md (or with translates: night-buses, language: es) is a translation: of
    title, ask, summary, picture_alt and the text. With a mistake in any file, nothing is stored.
    """
    run_import(import_campaigns, files)
