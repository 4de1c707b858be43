"""A content file on its way into the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from campaign.content.files import read_body, read_source
from campaign.content.frontmatter import Fields, read_front
from campaign.content.markdown import Document, parse
from campaign.content.mistakes import BODY, EMPTY, Mistakes, quoted, refuse
from campaign.errors import Invalid

Values = Mapping[str, str | list[str]]
_MARK = yaml.Mark("form", 0, 0, 0, None, 0)


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
    _parse(draft, top_heading, nothing="there is no text below the front matter")
    return draft


def draft_from(values: Values, known: Sequence[str], *, top_heading: int) -> Draft:
    """What a form says, in the shape that a file has: the same rules then read both.

    `values` hold the text under `markdown`, and what the front matter would, each as text or as
    a list of texts.
    """
    draft = fields_from(values, known)
    draft.markdown, draft.body_line = read_body(str(values.get(BODY, "")), draft.mistakes)
    if draft.markdown.strip():
        _parse(draft, top_heading, nothing="there is no text yet")
    else:
        draft.mistakes.add(1, EMPTY, BODY)
    return draft


def fields_from(values: Values, known: Sequence[str]) -> Draft:
    """The same for what has no text."""
    draft = Draft(Mistakes(Path("form")))
    draft.fields = Fields(_mapping(values, known), draft.mistakes, known=known, line=1)
    return draft


def _mapping(values: Values, known: Sequence[str]) -> yaml.MappingNode:
    def scalar(text: str) -> yaml.ScalarNode:
        return yaml.ScalarNode("tag:yaml.org,2002:str", text, _MARK, _MARK)

    def node(value: str | list[str]) -> yaml.Node:
        if isinstance(value, str):
            return scalar(value)
        return yaml.SequenceNode("", [scalar(one) for one in value], _MARK, _MARK)

    # A list with nothing in it is as good as none.
    given = [name for name in known if name in values and values[name] != []]
    pairs = [(scalar(name), node(values[name])) for name in given]
    return yaml.MappingNode("", pairs, _MARK, _MARK)


def _parse(draft: Draft, top_heading: int, nothing: str) -> None:
    draft.document = parse(draft.markdown, top_heading=top_heading)
    if not draft.document.tokens:
        draft.mistakes.add(draft.body_line, nothing)
    for line, problem in draft.document.problems():
        draft.mistakes.add(draft.body_line + line, problem)


def refuse_form(draft: Draft, *, called: str = "title") -> None:
    """Raise Invalid with the mistakes of a draft from a form, by field.

    `called` is the field that an address is made from where none is given.
    """
    wrong = draft.mistakes.by_field()
    if wrong.get(called) == wrong.get("slug") == EMPTY:
        del wrong["slug"]  # It may be left empty, so one mistake is told once.
    if wrong:
        raise Invalid(wrong)


def refuse_mistakes(drafts: Sequence[Draft]) -> None:
    """Raise ContentError with the mistakes of all drafts, two with one slug among them."""
    seen: dict[str, Draft] = {}
    for draft in drafts:
        if draft.fields and draft.slug and seen.setdefault(draft.slug, draft) is not draft:
            draft.fields.wrong("slug", f"{quoted(draft.slug)} is used by two of these files")
    refuse(draft.mistakes for draft in drafts)
