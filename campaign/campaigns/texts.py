"""The text of a pledge, whichever language it is in: its rules, and where its headings start."""

from __future__ import annotations

import hashlib

from campaign.content.drafts import Draft

MAX_PLEDGE = 20_000
# The page has a heading of its own above the pledge, so headings in it start below that.
TOP_HEADING = 3


def note_length(draft: Draft) -> None:
    """Note as a mistake that the text of a draft is too long for a pledge."""
    if len(draft.markdown) > MAX_PLEDGE:
        what = f"the pledge has {len(draft.markdown)} characters; it may have at most {MAX_PLEDGE}"
        draft.mistakes.add(draft.body_line, what)


def text_columns(draft: Draft) -> dict[str, str]:
    """The text of a draft as its row holds it."""
    sha256 = hashlib.sha256(draft.markdown.encode()).hexdigest()
    return {"markdown": draft.markdown, "html": draft.document.html(), "sha256": sha256}


def same_text(one: str, other: str) -> bool:
    """Whether two pledges say the same: line breaks around them say nothing."""
    return one.strip("\n") == other.strip("\n")
