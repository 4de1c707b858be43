"""README.txt: what a package says about itself, in plain words, for people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urljoin

from campaign.delivery.describing import Contents, Text, addressee, where
from campaign.delivery.wording import moment
from campaign.languages import gettext as _
from campaign.languages import local_number, ngettext

WIDTH = 82
_HANGING = " " * 20


def readme(contents: Contents, files: Mapping[str, Sequence[Path]]) -> str:
    """README.txt for the official's office, in the language that is spoken now.

    `files` are the parts of the package, each with the files that it came to.
    """
    title = f"{contents.campaign_title}\n{_for_whom(contents)}"
    blocks = [title, *_signed(contents), _facts(contents), *_which(contents)]
    listing = "\n".join(_listed(name, is_what, files.get(name, ())) for name, is_what in _parts())
    blocks += [_heading(_("What is in this package")), listing, _columns()]
    blocks += [_heading(_("How to check it")), *_check(contents)]
    blocks.append(_heading(_("The text that was signed")))
    blocks += [_text(text, many=len(contents.texts) > 1) for text in contents.texts]
    return "\n\n".join(blocks) + "\n"


def _parts() -> list[tuple[str, str]]:
    return [
        ("letter.pdf", _("our letter to you")),
        ("signatures.pdf", _("the signatures, numbered, to read and to print")),
        ("signatures.xlsx", _("the signatures, for a spreadsheet program")),
        ("signatures.csv", _("the same rows as plain text, for any other program")),
        ("salts.bin", _("a random number for each row, used only for checking")),
        ("README.txt", _("this page")),
        ("manifest.json", _("what the package must hold, sealed")),
    ]


def _filled(*sentences: str) -> str:
    return textwrap.fill(" ".join(sentences), WIDTH, break_long_words=False)


def _heading(words: str) -> str:
    return f"\n{words.upper()}"


def _for_whom(contents: Contents) -> str:
    number = local_number(contents.delivery)
    return "\n".join(
        (
            _("Signatures for %(official)s", official=addressee(contents)),
            _("Delivery %(number)s of this campaign", number=number),
        )
    )


def _signed(contents: Contents) -> list[str]:
    people = local_number(contents.count)
    who = ngettext(
        "One person has put their name to the text below.",
        "%(people)s people have put their names to the text below.",
        contents.count,
        people=people,
    )
    agreed = ngettext(
        "This person agreed that name, country, postcode and comment are passed on to you.",
        "All agreed that their name, country, postcode and comment are passed on to you.",
        contents.count,
    )
    use = _("Please use these data for this matter only.")
    return [_filled(who, _confirmed(contents), agreed, use)]


def _confirmed(contents: Contents) -> str:
    if contents.paper:
        how = ngettext(
            "It was signed on paper.",
            "Each of them confirmed it from their own email address, or signed on paper.",
            contents.count,
        )
    else:
        how = ngettext(
            "It was confirmed from this person's own email address.",
            "Each of them confirmed it from their own email address.",
            contents.count,
        )
    return str(how)


def _facts(contents: Contents) -> str:
    first, last = local_number(contents.first), local_number(contents.last)
    made_at = moment(contents.made_at)
    facts = [
        (_("Signatures in this package"), local_number(contents.count)),
        (_("First and last number"), _("%(first)s to %(last)s", first=first, last=last)),
        (_("Confirmed up to"), moment(contents.cut_off)),
        (_("Package made"), _("%(moment)s by %(name)s", moment=made_at, name=contents.made_by)),
    ]
    width = max(len(what) for what, _value in facts)
    return "\n".join(f"  {what:<{width}}   {value}" for what, value in facts)


def _which(contents: Contents) -> list[str]:
    if contents.everything:
        which = [
            _(
                "This package holds every signature confirmed so far, also those that earlier"
                " packages brought you. Each keeps the number it had there."
            )
        ]
    else:
        which = [
            _("This package holds the signatures that no earlier package brought you."),
            _("Numbers continue from delivery to delivery, so no signature is counted twice."),
        ]
    if places := where(contents):
        which.append(_("It holds only signatures from %(places)s.", places=places))
    which.append(
        _(
            "A number that is left out belongs to somebody who has withdrawn since, or to another"
            " delivery."
        )
    )
    return [_filled(*which), *_on_paper(contents)]


def _on_paper(contents: Contents) -> list[str]:
    """Which numbers are from paper, a few ranges to a line."""
    if not contents.paper:
        return []
    numbers = "; ".join(_range(first, last) for first, last in contents.paper)
    said = _(
        "These were signed on paper and typed in by the organisers, and are marked so in"
        " signatures.pdf: %(numbers)s.",
        numbers=numbers,
    )
    return [_filled(said)]


def _range(first: int, last: int) -> str:
    if first == last:
        return local_number(first)
    return str(_("%(first)s to %(last)s", first=local_number(first), last=local_number(last)))


def _listed(name: str, is_what: str, paths: Sequence[Path]) -> str:
    """What the listing says of a part that is one file, or several volumes."""
    line = f"  {name:<17} {is_what}"
    if len(paths) < 2:
        return line
    volumes = ngettext(
        "in %(volumes)s volume, the last is %(name)s",
        "in %(volumes)s volumes, the last is %(name)s",
        len(paths),
        volumes=local_number(len(paths)),
        name=paths[-1].name,
    )
    return f"{line};\n{_HANGING}{volumes}"


def _columns() -> str:
    return _filled(
        _(
            "The columns are: number, name, postcode, country (two-letter code), date of signing,"
            " comment. Where a text starts like a formula, an apostrophe (') stands in front of it"
            " so that no program runs it. In the PDF files a sign that is in none of their fonts is"
            " given by its number, such as [U+0F40]."
        )
    )


def _check(contents: Contents) -> list[str]:
    middle = len(contents.fingerprint) // 2
    halves = (contents.fingerprint[:middle].strip(), contents.fingerprint[middle:].strip())
    return [
        _filled(
            _(
                "Every file is listed in manifest.json with its SHA-256 fingerprint, and that list"
                " is signed (Ed25519), so that a change to a single character shows. Save this"
                " page, open it, without a network if you like, and drop the package on it:"
            )
        ),
        f"  {urljoin(contents.page, '/verify.html')}",
        _filled(
            _("Or use the open-source program Groundswell, on any computer, without a network:")
        ),
        '  campaign deliveries verify PACKAGE.zip --key "FINGERPRINT"',
        _filled(
            _(
                "FINGERPRINT is that of the sender's key. Ask the sender for it on a way that you"
                " trust, such as by telephone; it should be"
            )
        ),
        "\n".join(f"  {half}" for half in halves),
    ]


def _text(text: Text, *, many: bool) -> str:
    sealed = _("(SHA-256 of this text: %(sha256)s)", sha256=text.sha256)
    words = f"{text.markdown.strip()}\n\n{sealed}"
    if not many:
        return words
    people = local_number(text.signatures)
    heading = ngettext(
        "Version %(version)s, signed by %(people)s:",
        "Version %(version)s, signed by %(people)s:",
        text.signatures,
        version=text.version,
        people=people,
    )
    return f"{heading}\n\n{words}"
