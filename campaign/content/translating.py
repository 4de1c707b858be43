"""What translations of campaigns and articles share: which file holds one, and keeping a save."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale
from sqlalchemy.orm import Session

from campaign.content import rules
from campaign.content.drafts import Draft
from campaign.content.files import read_source
from campaign.content.frontmatter import Fields
from campaign.content.history import Opened, Saved, changed, keep
from campaign.content.mistakes import Mistakes, quoted
from campaign.content.models import Translated
from campaign.content.storing import ADDED, UNCHANGED, UPDATED
from campaign.errors import Stale
from campaign.languages import DEFAULT

# What content may be written in, whether or not the pages around it speak that language yet.
KNOWN = ("en", "es", "fr", "ar")
NONE, CURRENT, STALE = "none", "current", "stale"
HEAD = ("translates", "language")
# The words of an original whose change makes its translations stale, and what is added to them.
WORDS = frozenset(("title", "ask", "section", "topic", "summary", "picture", "picture_alt"))

_NAME = re.compile(rf"(?P<slug>{rules.SLUG.pattern})\.(?P<language>[a-z]{{2}})\.md")
_TRANSLATES = re.compile(r"^translates\s*:", re.MULTILINE)


@dataclass(frozen=True)
class State:
    """How it stands with one language: the state is none, current or stale."""

    language: str
    name: str
    state: str
    by: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True)
class OpenedTranslation:
    """What the form for a translation starts from: the original beside it, and what is saved."""

    original: Mapping[str, Any]
    language: str
    saved: Opened


def language_choices() -> list[tuple[str, str]]:
    """Code and English name of every language that content may be written in."""
    return [(code, name_of(code)) for code in KNOWN]


def name_of(code: str, within: str = DEFAULT) -> str:
    """The name of the language `code`, in the language `within`."""
    return str(Locale.parse(code).get_language_name(within))


def sorted_out(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files of originals, and those of translations: by their name, or by `translates`."""
    found = [path for path in paths if _translates(path)]
    return [path for path in paths if path not in found], found


def read_head(draft: Draft, path: Path, originals: Mapping[str, str]) -> None:
    """Put into a draft's values which original it translates, and the language.

    Both stand in the front matter or in the name of the file, as in `night-buses.es.md`.
    `originals` has the languages that the originals are written in, by slug.
    """
    if draft.fields is None:
        return
    named = _NAME.fullmatch(path.name)
    slug, language = (named["slug"], named["language"]) if named else ("", "")
    of = _told(draft.fields, "translates", rules.slug, slug)
    into = _told(draft.fields, "language", rules.one_of(*KNOWN), language)
    if into == language and into not in ("", *KNOWN):
        known = ", ".join(KNOWN)
        draft.mistakes.add(0, f"the language {into} in its name must be one of {known}")
    if of and of not in originals:
        draft.fields.wrong("translates", f"{quoted(of)} does not exist; import it first")
    elif of and into == originals[of]:
        draft.fields.wrong("language", f"is {into}, which the original is written in")
    address_to(draft, of, into)


def languages_of(drafts: Iterable[Draft], stored: Mapping[str, str]) -> dict[str, str]:
    """The language of every original by slug, once the `drafts` are stored as well."""
    found = dict(stored)
    for draft in drafts:
        found[draft.slug] = draft.values.get("language") or stored.get(draft.slug, DEFAULT)
    return found


def address_to(draft: Draft, slug: str, language: str) -> None:
    """Say in a draft's values which original it translates, and into which language."""
    draft.values |= {"slug": f"{slug}.{language}", "translates": slug, "language": language}


def states(original: str, rows: Iterable[Translated], *, stale: Iterable[str] = ()) -> list[State]:
    """How it stands with every language but that of the original; `stale` names more of them."""
    found = {row.language: row for row in rows}
    old = {code for code, row in found.items() if row.stale} | set(stale)
    listed = []
    for code in KNOWN:
        row = found.get(code)
        if code != original and row:
            state = STALE if code in old else CURRENT
            listed.append(State(code, name_of(code), state, row.updated_by, row.updated_at))
        elif code != original:
            listed.append(State(code, name_of(code), NONE))
    return listed


def as_opened(row: Translated | None, values: dict[str, Any]) -> Opened:
    """A translation for its form; at revision 0 where there is none yet."""
    if row is None:
        return Opened(values, 0, "", dt.datetime.now(dt.UTC))
    return Opened(values, row.revision, row.updated_by, row.updated_at)


def refuse_stale(row: Translated | None, revision: int) -> None:
    """Raise Stale when somebody has saved a translation since it was opened at `revision`."""
    if row is not None and row.revision != revision:
        raise Stale(row.updated_by, row.updated_at)


def keep_translation(
    session: Session,
    row: Translated,
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    *,
    by: str,
    renewed: bool,
) -> Saved:
    """Count a save that changed something, or by which a stale translation was `renewed`.

    The note says what changed.
    """
    fields = changed(before, after)
    name = f"{after['slug']}.{row.language}"
    if not fields and not renewed:
        return Saved(name, UNCHANGED, row.revision)
    row.stale = False
    number = keep(session, row, subject, before, after, by=by)
    note = ", ".join(fields) or "nothing: looked at again"
    return Saved(name, UPDATED if before else ADDED, number, note if before else "")


def _told(fields: Fields, name: str, rule: Any, in_name: str) -> str:
    """A value from the front matter or, where it is not there, from the name of the file."""
    if not in_name:
        return fields.required(name, rule, "")
    found = fields.optional(name, rule, "") or in_name
    if found != in_name:
        fields.wrong(name, f"says {quoted(found)}, but the name of the file {quoted(in_name)}")
    return found


def _translates(path: Path) -> bool:
    if _NAME.fullmatch(path.name):
        return True
    source = read_source(path, Mistakes(path))
    return bool(source and _TRANSLATES.search(source.front))
