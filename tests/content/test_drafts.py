"""Whatever a file holds, reading it ends in a draft and a list of mistakes, never in a crash."""

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign.campaigns.publishing import KEYS
from campaign.content import rules
from campaign.content.drafts import Draft, read_draft

YAML_PARTS = [
    "title", "slug", ": ", ":", "- ", "\n", "\n  ", "\t", "[", "]", "{", "}", ",", "? ", "| ", ">",
    "'", '"', "\\x00", "\\ud800", "\\U00110000", "\\UFFFFFFFF", "&a ", "*a", "!x ", "!!int ",
    "%YAML 9", "# ", "@", "`", "~", "<<", "---", "...", "2026-11-23", "é",
    "\u2028", "\ufeff", "\U0001f300",
]  # fmt: skip
FRONTS = st.lists(st.sampled_from(YAML_PARTS), max_size=20).map("".join) | st.text(max_size=80)


def read(raw: bytes) -> Draft:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "f.md")
        path.write_bytes(raw)
        draft = read_draft(path, KEYS, top_heading=2)
    if draft.fields:
        draft.values["title"] = draft.fields.required("title", rules.text(50), "")
    return draft


@settings(deadline=None, max_examples=300)
@given(FRONTS)
@example('title: "\\UFFFFFFFF"')
@example('title: "\\ud800"')
def test_any_front_matter_is_a_title_or_a_mistake(front: str) -> None:
    draft = read(f"---\n{front}\n---\nText.\n".encode(errors="replace"))
    title = draft.values.get("title", "")
    assert title or draft.mistakes.lines()
    assert title.encode().decode() == title


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_without_front_matter_are_a_mistake(raw: bytes) -> None:
    draft = read(b"x" + raw)
    assert draft.mistakes.lines()
    assert draft.fields is None
