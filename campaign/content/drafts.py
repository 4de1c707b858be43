"""A content file on its way into the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaign.content.files import read_source
from campaign.content.frontmatter import Fields, read_front
from campaign.content.markdown import Document, parse
from campaign.content.mistakes import Mistakes, quoted, refuse


@dataclass
class Draft:
    """What one file says: fit to be stored once `mistakes` has stayed empty.

    `values` are the columns of its row; `fields` is None where the front matter cannot be read.
    """

    mistakes: Mistakes
    fields: Fields | None = None
    markdown: str = ""
    document: Document = field(default_factory=lambda: Document([]))
    body_line: int = 0
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return str(self.values.get("slug", ""))


def read_draft(path: Path, known: Sequence[str], *, top_heading: int) -> Draft:
    """The file at `path`, its front matter ready to be read and its body parsed."""
    draft = Draft(Mistakes(path))
    source = read_source(path, draft.mistakes)
    if source is None:
        return draft
    root = read_front(source.front, draft.mistakes)
    if root is not None:
        draft.fields = Fields(root, draft.mistakes, known=known, line=1)
    draft.markdown, draft.body_line = source.body, source.body_line
    draft.document = parse(source.body, top_heading=top_heading)
    if not draft.document.tokens:
        draft.mistakes.add(draft.body_line, "there is no text below the front matter")
    for line, problem in draft.document.problems():
        draft.mistakes.add(draft.body_line + line, problem)
    return draft


def refuse_mistakes(drafts: Sequence[Draft]) -> None:
    """Raise ContentError with the mistakes of all drafts, two with one slug among them."""
    seen: dict[str, Draft] = {}
    for draft in drafts:
        if draft.fields and draft.slug and seen.setdefault(draft.slug, draft) is not draft:
            draft.fields.wrong("slug", f"{quoted(draft.slug)} is used by two of these files")
    refuse(draft.mistakes for draft in drafts)
