"""What a supporter may write on the form: the rules for each field, for every way in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campaign.countries import CODES
from campaign.errors import Invalid
from campaign.languages import gettext as _
from campaign.mail.addresses import clean_address
from campaign.signatures.postcodes import postcode_of

FIELDS = ("name", "email", "country", "postcode", "comment", "consent", "updates", "public")
MAX_NAME = 120
MAX_POSTCODE = 16
MAX_COMMENT = 1000
# Four marks on one letter occur in pointed Hebrew and Tibetan; more is a defaced page.
MAX_MARKS = 4

# Joiners are letters' business in Persian and the Indic scripts; other format characters
# (bidi overrides, tags) only serve to make a text look like a different one.
_JOINERS = "\u200c\u200d"
_WEB_ADDRESS = re.compile(
    r"://|\bwww\.|\b[\w-]+\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|site|online|shop|club|app|dev"
    r"|link|live|website|store|icu|vip)\b(?!\.\w)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")


@dataclass(frozen=True)
class Pledge:
    """A form that passed every rule."""

    name: str
    email: str
    country: str
    postcode: str
    comment: str
    updates: bool
    public: bool


def read_pledge(fields: Mapping[str, str]) -> Pledge:
    """Check the fields of the sign form. Raises Invalid with a sentence for each wrong field."""
    wrong: dict[str, str] = {}

    def checked(name: str, rule: Callable[[str], str]) -> str:
        try:
            return rule(fields.get(name, ""))
        except ValueError as error:
            wrong[name] = str(error)
            return ""

    def local_postcode(text: str) -> str:
        return postcode_of(fields.get("country", ""), clean_postcode(text))

    pledge = Pledge(
        name=checked("name", clean_name),
        email=checked("email", clean_address),
        country=checked("country", clean_country),
        postcode=checked("postcode", local_postcode),
        comment=checked("comment", clean_comment),
        updates=checked("updates", _ticked) == "y",
        public=checked("public", _ticked) == "y",
    )
    if fields.get("consent") != "y":
        wrong["consent"] = _("Tick this box to let us pass your signature on.")
    if wrong:
        # In the order of the form, so that the summary reads from top to bottom.
        raise Invalid({name: wrong[name] for name in FIELDS if name in wrong})
    return pledge


def clean_name(text: str) -> str:
    """A name of any script, 1 to 120 characters, one line. Raises ValueError."""
    plain = plain_text(text).strip()
    if not plain:
        raise ValueError(_("Enter your name."))
    if "\n" in plain:
        raise ValueError(_("Enter your name on one line."))
    name = " ".join(plain.split())
    if len(name) > MAX_NAME:
        raise ValueError(_("Your name can have at most %(most)s characters.", most=MAX_NAME))
    if "@" in name or _WEB_ADDRESS.search(name):
        raise ValueError(_("Enter a name without a web or email address."))
    if not any(character.isalpha() for character in name):
        raise ValueError(_("Enter a name with at least one letter."))
    return name


def clean_country(text: str) -> str:
    """A code of ISO 3166-1 alpha-2. Raises ValueError."""
    if text not in CODES:
        raise ValueError(_("Choose your country from the list."))
    return text


def clean_postcode(text: str) -> str:
    """A postcode of any country, or nothing: as lenient as paper needs it. Raises ValueError."""
    postcode = re.sub(r" {2,}", " ", text.strip(" ")).upper()
    if postcode and (len(postcode) > MAX_POSTCODE or not _POSTCODE.fullmatch(postcode)):
        raise ValueError(
            _("Enter a postcode of up to %(most)s letters and digits, or none.", most=MAX_POSTCODE)
        )
    return postcode


def clean_comment(text: str) -> str:
    """A comment or nothing. Raises ValueError."""
    comment = plain_text(text).strip()
    if len(comment) > MAX_COMMENT:
        raise ValueError(_("Your comment can have at most %(most)s characters.", most=MAX_COMMENT))
    return comment


def _ticked(text: str) -> str:
    if text not in ("", "y"):
        raise ValueError(_("Tick the box or leave it empty."))
    return text


def plain_text(text: str) -> str:
    """The text in normal form C. Raises ValueError for what nobody can see or read."""
    if text.isascii() and text.isprintable():
        return text  # As most are; a table on paper has hundreds of thousands of them.
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if character == "\ufffd":
            raise ValueError(_("Some of this did not arrive as readable text. Type it again."))
        if category[0] in "CZ" and character not in " \n" and not _is_usual(character, category):
            raise ValueError(_("Remove the invisible or control characters."))
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MAX_MARKS:
            raise ValueError(_("Remove the extra marks above and below the letters."))
    return text


def _is_usual(character: str, category: str) -> bool:
    # Pasted text often holds no-break and ideographic spaces; they are harmless.
    return category == "Zs" or character in _JOINERS
