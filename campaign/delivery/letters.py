"""letter.pdf: what a person would want to say when they hand the signatures over."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from campaign.delivery.describing import Contents, Text, addressee, where
from campaign.delivery.letter_facts import facts
from campaign.delivery.tallying import tally
from campaign.delivery.typesetting.codes import qr_code
from campaign.delivery.typesetting.engine import Document, spoken, typeset_each
from campaign.delivery.typesetting.legible import breakable, legible, named, sentence
from campaign.delivery.typesetting.prose import prose
from campaign.delivery.wording import signatures
from campaign.languages import gettext as _
from campaign.languages import local_date, local_number, ngettext
from campaign.resources import folder

SITE = "Groundswell"


def write_letter(contents: Contents, table: Path, path: Path) -> list[Path]:
    """Typeset the letter to the official as `path`, in the language that is spoken now; returns it.

    Raises CannotWrite, OSError.
    """
    found = tally(contents, table)
    data = {**_address(contents), **_body(contents, found.comments), **facts(contents, found)}
    return list(typeset_each([(Document("letter.typ", data, contents.made_at), path)]))


def _address(contents: Contents) -> dict[str, Any]:
    official = contents.official
    home = urljoin(contents.page, "/")
    page = f"{urljoin(home, 'campaigns/')}{contents.campaign_slug}/deliveries"
    letter_to = _(
        "%(campaign)s: letter to %(official)s",
        campaign=contents.campaign_title,
        official=addressee(contents),
    )
    return {
        **spoken(),
        "title": letter_to,
        "short": legible(textwrap.shorten(contents.campaign_title, 90, placeholder=" …")),
        "site": SITE,
        "logo": (folder("static") / "img" / "logo.svg").read_text(encoding="utf-8"),
        "home": home,
        "to": [legible(line) for line in (official.name, official.title, official.body) if line],
        "date": local_date(contents.made_at),
        "page": page,
        "page-shown": breakable(page.removeprefix(f"{urlsplit(page).scheme}://")),
        "qr": qr_code(page),
    }


def _body(contents: Contents, comments: int) -> dict[str, Any]:
    all_, title = signatures(contents.count), contents.campaign_title
    return {
        "subject": sentence(_("%(signatures)s: %(title)s", signatures=all_, title=named(title))),
        "dear": sentence(_("Dear %(name)s,", name=named(contents.official.name))),
        "opening": [sentence(_opening(contents.count))],
        "ask": legible(contents.ask or contents.campaign_title),
        "closing": [sentence(words) for words in _closing(contents, comments)],
        "greeting": sentence(_("Yours sincerely,")),
        "signed": _("for %(site)s", site=SITE),
        "texts-heading": _("The text that was signed"),
        "texts": [_text(text, contents) for text in contents.texts],
    }


def _opening(people: int) -> str:
    return str(
        ngettext(
            "%(people)s person has put a name to one ask:",
            "%(people)s people have put a name to one ask:",
            people,
            people=local_number(people),
        )
    )


def _closing(contents: Contents, comments: int) -> list[str]:
    key = ngettext(
        "On their behalf we hand you what they signed, with this letter as its key: who they are,"
        " how they were asked, and how you can make sure that all of it is true.",
        "On their behalf we hand you what they signed, with this letter as its key: who they are,"
        " how they were asked, and how you can make sure that all of it is true.",
        contents.count,
    )
    asking = ngettext(
        "They would like to know what you will do. Whatever you answer, we will pass it on"
        " to everyone who asked to be kept informed.",
        "They would like to know what you will do. Whatever you answer, we will pass it on"
        " to everyone who asked to be kept informed.",
        contents.count,
    )
    return [f"{_reasons(contents.count, comments)} {key}", _which(contents), str(asking)]


def _reasons(people: int, comments: int) -> str:
    """That there were reasons, and how many people told theirs, if several did."""
    if comments < 2:
        return str(
            ngettext(
                "This person had a reason to stop, read and sign.",
                "Each of them had a reason to stop, read and sign.",
                people,
            )
        )
    return str(
        ngettext(
            "Each of them had a reason to stop, read and sign, and %(comments)s of them has told"
            " you in their own words why.",
            "Each of them had a reason to stop, read and sign, and %(comments)s of them have told"
            " you in their own words why.",
            comments,
            comments=local_number(comments),
        )
    )


def _which(contents: Contents) -> str:
    which = {
        "number": local_number(contents.delivery),
        "first": local_number(contents.first),
        "last": local_number(contents.last),
    }
    if contents.everything:
        said = _(
            "This is delivery %(number)s of the campaign. It holds every signature so far, also"
            " those that you have received before; the numbers run from %(first)s to %(last)s.",
            **which,
        )
    else:
        said = _(
            "This is delivery %(number)s of the campaign. It holds the signatures that no earlier"
            " delivery brought you; the numbers run from %(first)s to %(last)s.",
            **which,
        )
    if places := where(contents):
        said += " " + _("It holds only those from %(places)s.", places=places)
    return str(said)


def _text(text: Text, contents: Contents) -> dict[str, Any]:
    heading = ngettext(
        "Version %(version)s, signed by %(people)s person",
        "Version %(version)s, signed by %(people)s people",
        text.signatures,
        version=text.version,
        people=local_number(text.signatures),
    )
    sha256 = breakable(text.sha256)
    return {
        "heading": heading,
        "blocks": prose(text.markdown, contents.page),
        "about": _(
            "%(heading)s. SHA-256 of its Markdown: %(sha256)s", heading=heading, sha256=sha256
        ),
    }
