"""What a value in the front matter must look like. Every rule raises ValueError."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

import yaml
from email_validator import EmailNotValidError, validate_email

from campaign.content.files import unwanted
from campaign.content.mistakes import quoted

MAX_SLUG = 100
MAX_SUGGESTED = 60
MAX_NUMBER = 1_000_000_000
MAX_MONTHS = 120
MAX_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, as corrected by erratum 1690.
YEARS = range(1900, 2200)

RESERVED = ("new",)  # Addresses of the workspace.
SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    rf"(?P<day>{_DAY.pattern})[Tt ](?P<time>[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?)"
    r" ?(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_DAY_HINT = "a date like 2026-11-23"
_MOMENT_HINT = f"{_DAY_HINT}, or with a time and zone like 2026-11-23T18:00+01:00"


def text(most: int) -> Callable[[yaml.Node], str]:
    """The rule for one line of text of at most `most` characters."""

    def rule(node: yaml.Node) -> str:
        line = _scalar(node)
        if len(line) > most:
            raise ValueError(f"has {len(line)} characters; it may have at most {most}")
        return line

    return rule


def slug(node: yaml.Node) -> str:
    """A name for addresses, like `night-buses`."""
    found = _scalar(node)
    if not SLUG.fullmatch(found):
        raise ValueError(
            f"must be small letters, digits and hyphens, like night-buses, not {quoted(found)}"
        )
    if len(found) > MAX_SLUG:
        raise ValueError(f"has {len(found)} characters; it may have at most {MAX_SLUG}")
    if found in RESERVED:
        raise ValueError(f"may not be {quoted(found)}, which has a meaning of its own")
    return found


def suggested_slug(title: str) -> str:
    """A slug made from a title; empty where the title has no letter that could stand in one."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain)
    while words and len("-".join(words)) > MAX_SUGGESTED:
        words.pop()
    return "-".join(words)


def number(node: yaml.Node) -> int:
    """A whole number above 0, in plain digits."""
    found = _scalar(node)
    if not re.fullmatch(r"[1-9][0-9]{0,9}", found) or int(found) > MAX_NUMBER:
        raise ValueError(
            f"must be a whole number from 1 to {MAX_NUMBER}, in digits alone, not {quoted(found)}"
        )
    return int(found)


def months(node: yaml.Node) -> int:
    """A whole number of months, up to ten years."""
    found = _scalar(node)
    if not re.fullmatch(r"[1-9][0-9]{0,2}", found) or int(found) > MAX_MONTHS:
        raise ValueError(f"must be a whole number from 1 to {MAX_MONTHS}, not {quoted(found)}")
    return int(found)


def opening(node: yaml.Node) -> dt.datetime:
    """A moment; a date alone is the start of that day in UTC."""
    return _moment(node, days_later=0)


def closing(node: yaml.Node) -> dt.datetime:
    """A moment; a date alone is the end of that day in UTC, that is the next midnight."""
    return _moment(node, days_later=1)


def written(value: dt.datetime | None) -> str:
    """A moment as the rules above read it, in UTC; nothing for none."""
    if value is None:
        return ""
    precise = "seconds" if value.second else "minutes"
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec=precise) + "Z"


def address(node: yaml.Node) -> str:
    """An e-mail address. The DNS is not asked."""
    found = _scalar(node)
    try:
        checked = validate_email(found, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        checked = None
    if checked is None or len(found) > MAX_ADDRESS:
        raise ValueError(f"must be an e-mail address like office@example.org, not {quoted(found)}")
    return f"{checked.local_part}@{checked.ascii_domain}"


def one_of(*choices: str) -> Callable[[yaml.Node], str]:
    """The rule for one of `choices`."""

    def rule(node: yaml.Node) -> str:
        found = _scalar(node)
        if found not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}, not {quoted(found)}")
        return found

    return rule


def items(most: int) -> Callable[[yaml.Node], list[yaml.Node]]:
    """The rule for a list of 1 to `most` entries, each still a node."""

    def rule(node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise ValueError("must be a list, each entry starting with -")
        if not 1 <= len(node.value) <= most:
            raise ValueError(f"must have 1 to {most} entries, not {len(node.value)}")
        return list(node.value)

    return rule


def slugs(most: int) -> Callable[[yaml.Node], list[str]]:
    """The rule for a list of at most `most` slugs, each named once."""

    def rule(node: yaml.Node) -> list[str]:
        return list(dict.fromkeys(slug(one) for one in items(most)(node)))

    return rule


def _scalar(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError("must be a single value, not a list")
    # YAML's escapes can spell what the file itself may not hold.
    found = unwanted(str(node.value))
    if found:
        raise ValueError(f"may not have the character {found} in it")
    line = re.sub(r"[ \t\n]+", " ", str(node.value)).strip()
    return unicodedata.normalize("NFC", line)


def _date(found: str, hint: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(found)
    except ValueError:
        raise ValueError(f"must be {hint}; there is no day {found}") from None
    if date.year not in YEARS:
        raise ValueError(f"must lie in the years {YEARS[0]} to {YEARS[-1]}, not {found}")
    return date


def _moment(node: yaml.Node, *, days_later: int) -> dt.datetime:
    found = _scalar(node)
    if _DAY.fullmatch(found):
        date = _date(found, _MOMENT_HINT) + dt.timedelta(days=days_later)
        return dt.datetime.combine(date, dt.time(), dt.UTC)
    parts = _MOMENT.fullmatch(found)
    if not parts:
        raise ValueError(f"must be {_MOMENT_HINT}, not {quoted(found)}")
    if not parts["zone"]:
        raise ValueError(f"needs a time zone, like {found}+01:00 or {found}Z")
    _date(parts["day"], _MOMENT_HINT)
    try:
        moment = dt.datetime.fromisoformat(f"{parts['day']}T{parts['time']}{parts['zone'].upper()}")
    except ValueError:
        raise ValueError(f"must be {_MOMENT_HINT}; there is no time {found}") from None
    return moment.astimezone(dt.UTC)
