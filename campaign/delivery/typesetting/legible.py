"""What strangers wrote, made ready for the printed page: nothing overflows, all is in its order.

The words stay as they are. Only what a line cannot hold is given a place to break, and what a
typesetter must know of a text (its direction, whose characters it uses) is put beside it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from campaign.languages import direction

Shown = str | dict[str, str]

# Words up to this length have room in the narrowest column of text.
_LONG = 18
_BREAKS = re.compile("[\r\n\x0b\x0c\x85\u2028\u2029]+")
_NOTHING_SPECIAL = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u024f\u0370-\u058f\u1e00-\u200a\u2010-\u2027]*"
)
# The scripts whose words are not set apart by spaces break by rules of their own.
_OWN_RULES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u2e80-\ua4cf\uac00-\ud7ff"
    "\uf900-\ufaff\uff00-\uffef"
)
_NO_BREAK = "\xa0\u2007\u202f"
_JOINER = "\u200d"
_VIRAMA = 9  # Its combining class in every script.
# As many emoji as make one picture, and more vowel signs than any syllable has.
_MOST_JOINED = 8
# One sign as wide as a word or two: long dashes, ornaments, whole Arabic words.
_WIDE = "[\u2e3a\u2e3b\ua9c1-\ua9cd\ufc00-\ufd3d\ufd40-\ufdff]"
_BESIDE_WIDE = re.compile(f"(?<=[^\\s\u200b])(?={_WIDE})|(?<={_WIDE})(?=[^\\s\u200b])")
_FROM_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_JOINING = f"{_FROM_RIGHT}\u1800-\u18af\ua840-\ua87f"
_RIGHT_TO_LEFT = re.compile(f"[{_FROM_RIGHT}]")
# Their own rules have no place for a break in what is no word, such as "ーーーーーー！？！？"; and
# some signs are so wide that few of them fill a line. Those that join keep their shapes.
_NO_WORDS = re.compile(
    f"(?:(?!\\w)[{_OWN_RULES}]){{{_LONG + 1},}}|([^\\s\u200b\\x00-\xff{_JOINING}]{{1,3}}?)\\1{{5,}}"
)
_HAN = re.compile("[\u2e80-\u2fff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA, _HANGUL = (
    re.compile("[\u3040-\u30ff\u31f0-\u31ff]"),
    re.compile("[\u1100-\u11ff\uac00-\ud7ff]"),
)
_HAN_BY_COUNTRY = {"JP": "ja", "KR": "ko", "KP": "ko", "TW": "zh-TW", "HK": "zh-TW", "MO": "zh-TW"}


def legible(text: str, country: str = "", longest: int = _LONG) -> Shown:
    """The text for one paragraph; with its direction or language where they are not the usual.

    Line breaks become pilcrows. `country` tells whose forms of Chinese characters are meant; a word
    of more than `longest` characters may break anywhere.
    """
    if _NOTHING_SPECIAL.fullmatch(text) and not _long_words(longest).search(text):
        return text
    text = breakable(_BREAKS.sub(" ¶ ", text.strip()), longest)
    about = described(text, country)
    return {"text": text, **about} if about else text


def sentence(text: str) -> Shown:
    """A sentence of our own, in the direction that is spoken whatever it begins with."""
    shown = legible(text)
    about = {"text": shown} if isinstance(shown, str) else shown
    return {**about, "dir": direction(), "own": "yes"}


def named(text: str) -> str:
    """What a `sentence` names, marked where it runs the other way: its signs stay on its side."""
    runs_along = is_right_to_left(text) == (direction() == "rtl")
    return text if runs_along else f"\u2068{text}\u2069"


def width(text: str) -> int:
    """About how much room it takes, in characters: there is one that is as wide as ten."""
    return len(text) + 9 * text.count("\ufdfd")


def breakable(text: str, longest: int = _LONG) -> str:
    """The text with places to break in words that are too long for a line."""
    text = text.replace("\t", " ").replace("\ufeff", "")
    text = _BESIDE_WIDE.sub("\u200b", text)
    text = _long_words(longest).sub(_broken, text)
    return _NO_WORDS.sub(_broken, text)


def described(text: str, country: str = "") -> dict[str, str]:
    """Its `lang` where that decides on the forms of characters, and `dir` from right to left."""
    about = {}
    if language := _language(text, country):
        about["lang"] = language
    if is_right_to_left(text):
        about["dir"] = "rtl"
    return about


def is_right_to_left(text: str) -> bool:
    """Whether its first letter is written from right to left (Unicode UAX #9, P2 and P3)."""
    if not _RIGHT_TO_LEFT.search(text):
        return False
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((kind != "L" for kind in strong if kind in ("L", "R", "AL")), False)


@cache
def _long_words(longest: int) -> re.Pattern[str]:
    apart = f"[^\\s\u200b{_OWN_RULES}]"
    return re.compile(f"(?:{apart}|[{_NO_BREAK}]|[{_OWN_RULES}]{_JOINER}){{{longest + 1},}}")


def _language(text: str, country: str) -> str:
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return _HAN_BY_COUNTRY.get(country, "") if _HAN.search(text) else ""


def _broken(found: re.Match[str]) -> str:
    """What is found, with a place to break before every character that is a new one to the eye."""
    word = found[0]
    parts, joined = [word[0]], 0
    for earlier, before, character in zip(" " + word, word, word[1:], strict=False):
        belongs = joined < _MOST_JOINED and _belongs(earlier, before, character)
        joined = joined + _joins(character) if belongs else 0
        parts.append(character if belongs else f"\u200b{character}")
    return "".join(parts)


def _joins(character: str) -> bool:
    """Whether it makes what it belongs to wider."""
    return character == _JOINER or unicodedata.category(character) == "Mc"


def _belongs(earlier: str, before: str, character: str) -> bool:
    kind = unicodedata.category(character)
    return (
        # A joiner joins pictures, and letters of India after the sign that takes their vowel.
        (before == _JOINER and (kind[0] == "S" or unicodedata.combining(earlier) == _VIRAMA))
        or character in "\u200c\u200d"
        or kind[0] == "M"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or ("\U0001f1e6" <= character <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
    )
