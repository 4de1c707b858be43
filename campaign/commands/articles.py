"""`campaign articles`."""

from __future__ import annotations

from pathlib import Path

from campaign.articles.publishing import import_articles
from campaign.commands.common import Acts
from campaign.commands.importing import files_argument, run_import

articles = Acts("articles", help="The articles.")


@articles.command("import")
@files_argument
def import_(files: tuple[Path, ...]) -> None:
    """Add or update articles from Markdown files with front matter.

    \b
    Required: title, slug, section, topic, author, published (2026-11-23, or
              2026-11-23T18:00+01:00; before its time an article is not shown).
    Optional: summary, campaign (the slug of the campaign it leads to), related
              (a list of slugs to read on with), state (draft or published), language
              (at first en).

    A paragraph that starts with “Take Action:” becomes a call-out that leads to the campaign;
    one that starts with “Read More:” a link to read on. A file like the-last-bus.es.md (or with
    translates: the-last-bus, language: es) is a translation: of title, section, topic, summary,
    picture_alt and the text. With a mistake in any file, nothing is stored.
    """
    run_import(import_articles, files)
