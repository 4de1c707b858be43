"""Which signatures of a campaign are meant: the condition that searches and exclusions share."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from campaign.countries import CODES
from campaign.errors import Invalid
from campaign.signatures.addresses import canonical_address
from campaign.signatures.models import DOMAIN, STATES, WORDS

LONGEST = 300
# What sets some signatures of a campaign apart; a state alone would be everybody.
NARROWING = ("domain", "network", "country", "source", "since", "until")

_WHOLE_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+\.[^@\s]*[^@\s.]")
_NETWORK = re.compile(r"[0-9a-f]{32}")
# What `signature_words` takes for the end of a word.
_BETWEEN_WORDS = re.compile(r"[@.+\-_'’`´\"(),/\s]+")
_CLAUSES = {
    "domain": f"{DOMAIN} = :domain",
    "network": "network_key = decode(:network, 'hex')",
    "country": "country = :country",
    "source": "source = :source",
    "state": "state = :state",
    "since": "created_at >= :since",
    "until": "created_at < :until",
}


@dataclass(frozen=True)
class Condition:
    """Every field that is not empty must match. `q` is a name, an address or part of either."""

    q: str = ""
    domain: str = ""
    network: str = ""
    country: str = ""
    source: str = ""
    state: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def sql(self) -> tuple[str, dict[str, Any]]:
        """A condition on `signature`, beginning with AND if there is any, and its values."""
        given = {name: value for name, value in self._given().items() if name != "q"}
        clauses = [_CLAUSES[name] for name in given]
        if _WHOLE_ADDRESS.fullmatch(self.q):
            clauses.append("email_canonical = :q")
            given["q"] = canonical_address(self.q)
        elif self.q:
            clauses.append(f"{WORDS} @@ CAST(lower(:q) AS tsquery)")
            given["q"] = _beginnings(self.q)
        return "".join(f" AND {clause}" for clause in clauses), given

    def values(self) -> dict[str, str]:
        """What `read_condition` would read as this condition: for forms, addresses and rows."""
        return {
            name: value if isinstance(value, str) else f"{value:%Y-%m-%dT%H:%M}"
            for name, value in self._given().items()
        }

    def on_record(self) -> dict[str, str]:
        """The condition for the record, which is kept for good: without what may name a person."""
        harmless = ("country", "state", "since", "until")
        return {name: v if name in harmless else "…" for name, v in self.values().items()}

    def _given(self) -> dict[str, Any]:
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value}


def read_condition(values: Mapping[str, str]) -> Condition:
    """The condition that `values` ask for. Times are UTC; a day as `until` counts to its end.

    Raises Invalid with a sentence for each wrong field.
    """
    wrong: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, rule in _RULES.items():
        try:
            found[name] = rule(values.get(name, "").strip())
        except ValueError as error:
            wrong[name] = str(error)
    if not wrong and found["since"] and found["until"] and found["since"] >= found["until"]:
        wrong["until"] = "The end must come after the beginning."
    if wrong:
        raise Invalid(wrong)
    return Condition(**found)


def require_narrow(condition: Condition) -> None:
    """Refuse a condition for exclusions that means everybody, or whom a row should not name.

    Raises Invalid.
    """
    if condition.q:
        raise Invalid({"q": "Exclude single people on their own pages, not by name or address."})
    if not any(getattr(condition, name) for name in NARROWING):
        raise Invalid({"domain": "Choose a domain, network, country, source or time."})
    if condition.state not in ("", "pending", "confirmed"):
        raise Invalid({"state": "Only pending and confirmed signatures can be excluded."})


def _beginnings(text: str) -> str:
    """A query for texts in which each word of `text` is the beginning of a word."""
    words = [word.replace("\\", "\\\\") for word in _BETWEEN_WORDS.split(text) if word]
    return " & ".join(f"'{word}':*" for word in words)


def _text(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"Use at most {LONGEST} characters.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("Remove the invisible or control characters.")
    return text


def _q(text: str) -> str:
    text = unicodedata.normalize("NFC", _text(text))
    if text and not _BETWEEN_WORDS.sub("", text):
        raise ValueError("Enter a letter or a digit of the name or address.")
    return text


def _domain(text: str) -> str:
    domain = _text(text).lower().removeprefix("@")
    if domain and ("@" in domain or " " in domain):
        raise ValueError("Enter a domain like example.org.")
    try:
        return domain.encode("idna").decode() if domain and not domain.isascii() else domain
    except UnicodeError:
        raise ValueError("Enter a domain like example.org.") from None


def _network(text: str) -> str:
    if text and not _NETWORK.fullmatch(text.lower()):
        raise ValueError("A network key is 32 hexadecimal digits.")
    return text.lower()


def _one_of(choices: frozenset[str] | tuple[str, ...], says: str) -> Callable[[str], str]:
    def rule(text: str) -> str:
        if text and text not in choices:
            raise ValueError(says)
        return text

    return rule


def _moment(text: str, days: int = 0) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        found = moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        found = dt.datetime.min.replace(tzinfo=dt.UTC)
    if not 1900 < found.year < 2200:
        raise ValueError("Enter a day and time like 2026-11-23 14:05.")
    found += dt.timedelta(days=days if len(text) == len("2026-11-23") else 0)
    # To the minute, as the form shows it: what is shown and what is meant must not differ.
    return found.replace(second=0, microsecond=0)


_RULES: dict[str, Callable[[str], Any]] = {
    "q": _q,
    "domain": _domain,
    "network": _network,
    "country": _one_of(CODES, "Choose a country from the list."),
    "source": _text,
    "state": _one_of(STATES, "Choose a state from the list."),
    "since": _moment,
    "until": lambda text: _moment(text, days=1),
}
