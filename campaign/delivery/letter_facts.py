"""What the letter tells of the signatures: who and how many, how they came, how to check it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from babel.numbers import format_decimal

from campaign.countries import country_names
from campaign.delivery.describing import Contents
from campaign.delivery.drawing import curve_of
from campaign.delivery.lists import VOLUME_ROWS
from campaign.delivery.tallying import Tally
from campaign.delivery.typesetting.legible import breakable, legible
from campaign.delivery.wording import moment
from campaign.languages import gettext as _
from campaign.languages import language, local_date, local_number, ngettext

MOST_COUNTRIES = 12


def facts(contents: Contents, found: Tally) -> dict[str, Any]:
    """The pages behind the letter, as data of letter.typ, in the language that is spoken now."""
    return {
        "who-heading": _("Who signed"),
        "who": [_from_where(len(found.by_country))] if contents.count > 1 else [],
        "totals-heads": [_("Signatures"), _("Number")],
        "totals": _totals(contents, found),
        "countries-heads": [_("Country"), _("Number"), _("Share of all")],
        "countries": _countries(found.by_country, contents.count),
        "came-heading": _("How they came"),
        "came": [_came(found, contents.count)],
        "curve": curve_of(found),
        "how-heading": _("How they were collected and confirmed"),
        "how": _how(contents, found.paper),
        "files-heading": _("What you receive"),
        "files-heads": [_("File"), _("What it is")],
        "files": _files(contents),
        **_check(contents),
    }


def _from_where(countries: int) -> str:
    return str(
        ngettext(
            "They come from one country.",
            "They come from %(countries)s countries.",
            countries,
            countries=local_number(countries),
        )
    )


def _totals(contents: Contents, found: Tally) -> list[list[str]]:
    return [
        [_("Confirmed online"), local_number(contents.count - found.paper)],
        [_("On paper"), local_number(found.paper)],
        [_("All"), local_number(contents.count)],
    ]


def _countries(by_country: list[tuple[str, int]], total: int) -> list[list[Any]]:
    names, nowhere = country_names(), _("not given")
    rows = [(names.get(code, code or nowhere), n) for code, n in by_country[:MOST_COUNTRIES]]
    if rest := by_country[MOST_COUNTRIES:]:
        others = ngettext(
            "%(countries)s other country",
            "%(countries)s other countries",
            len(rest),
            countries=local_number(len(rest)),
        )
        rows.append((others, sum(n for _code, n in rest)))
    return [[legible(name), local_number(n), _share(n / total)] for name, n in rows]


def _share(part: float) -> str:
    percent = format_decimal(100 * part, "0.0", locale=language())
    return str(_("%(percent)s %%", percent=percent))


def _came(found: Tally, people: int) -> str:
    first, last = found.by_day[0][0], found.by_day[-1][0]
    if first == last:
        said = ngettext(
            "This person signed on %(day)s.",
            "All signed on %(day)s.",
            people,
            day=local_date(first),
        )
        return str(said)
    most, count = max(found.by_day, key=lambda item: item[1])
    return str(
        _(
            "The first signed on %(first)s, the last on %(last)s; the most on one day,"
            " %(count)s, on %(most)s.",
            first=local_date(first),
            last=local_date(last),
            count=local_number(count),
            most=local_date(most),
        )
    )


def _how(contents: Contents, paper: int) -> list[str]:
    online = _(
        "Everyone signed of their own accord on the campaign's page, where the text above stood"
        " beside the form, and agreed that name, country, postcode and comment are passed on to"
        " you. Each was then sent an email with a link, and only who followed it and confirmed"
        " there is in this package. One email address counts once; who has withdrawn, or was"
        " found not to be a real person, is not in it."
    )
    until = _(
        "What is here was confirmed up to %(moment)s. Please use these data for this matter only.",
        moment=moment(contents.cut_off),
    )
    return [online, *_on_paper(paper), until]


def _on_paper(paper: int) -> list[str]:
    if not paper:
        return []
    said = ngettext(
        "%(people)s person signed on paper instead, on sheets with the same text. What they wrote"
        " was typed in by the organisers, nobody who is known to have signed online too is counted"
        " twice, and they are marked “paper” in the list.",
        "%(people)s people signed on paper instead, on sheets with the same text. What they wrote"
        " was typed in by the organisers, nobody who is known to have signed online too is counted"
        " twice, and they are marked “paper” in the list.",
        paper,
        people=local_number(paper),
    )
    return [said]


def _files(contents: Contents) -> list[list[str]]:
    if contents.count > VOLUME_ROWS:
        lists = _(
            "the signatures, numbered, for reading and printing; in several volumes,"
            " signatures-2.pdf and so on"
        )
    else:
        lists = _("the signatures, numbered, for reading and printing")
    return [
        ["signatures.pdf", lists],
        ["signatures.xlsx", _("the same rows for a spreadsheet program")],
        ["signatures.csv", _("the same rows as plain text")],
        ["README.txt", _("all of this in short")],
        ["manifest.json", _("what the package must hold, sealed")],
    ]


def _check(contents: Contents) -> dict[str, Any]:
    verify = urljoin(contents.page, "/verify.html")
    middle = len(contents.fingerprint) // 2
    halves = (contents.fingerprint[:middle].strip(), contents.fingerprint[middle:].strip())
    # The page's address is put in where the typesetter finds its mark, as a link.
    said = _(
        "Every file is sealed: a single changed character, a missing row or an exchanged file"
        " shows. Save the page %(address)s, open it, without a network if you like, and drop the"
        " package on it. It says in plain words what holds and what does not.",
        address="\0",
    )
    return {
        "check-heading": _("How to check it"),
        "check": said.split("\0"),
        "verify": verify,
        "verify-shown": breakable(verify),
        "key": _(
            "The sender's key must have this fingerprint. Ask us for it on a way that you trust,"
            " such as by telephone."
        ),
        "fingerprint": [half for half in halves if half],
        "public": [
            _(
                "What was delivered to whom and when, whether it was received and what was"
                " answered, can be seen by everyone at"
            )
        ],
    }
