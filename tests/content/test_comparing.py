"""Comparing two texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.comparing import GONE, NEW, SAME, Run, compare, differences

TEXTS = st.text(st.sampled_from("ab. \n"), max_size=40) | st.text(max_size=40)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_runs(old: str, new: str) -> None:
    runs = compare(old, new)
    assert "".join(run.text for run in runs if run.kind != NEW) == old
    assert "".join(run.text for run in runs if run.kind != GONE) == new


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("", "", []),
        ("a\n", "a\n", [(SAME, "a\n")]),
        ("", "a", [(NEW, "a")]),
        ("every thirty minutes", "every twenty minutes", [
            (SAME, "every "), (GONE, "thirty"), (NEW, "twenty"), (SAME, " minutes"),
        ]),
        ("one\ntwo\nsix\n", "one\nsix\n", [(SAME, "one\n"), (GONE, "two\n"), (SAME, "six\n")]),
        ("Buses at night.", "Who pays?", [(GONE, "Buses at night."), (NEW, "Who pays?")]),
    ],
)  # fmt: skip
def test_words_that_changed_stand_out(old: str, new: str, runs: list[tuple[str, str]]) -> None:
    assert compare(old, new) == [Run(*run) for run in runs]


def test_texts_made_to_take_long_are_compared_all_the_same() -> None:
    runs = compare("a b " * 60_000, "b a " * 60_000)
    assert [run.kind for run in runs] == [GONE, NEW]
    assert compare("x\ny\n" * 20_000, "y\nx\n" * 20_000)


def test_only_fields_that_differ_are_named() -> None:
    old = {"title": "A", "officials": ["a", "b"], "text": "x\n"}
    found = differences(old, {"title": "A", "officials": ["b", "a"], "text": "x\r\n"})
    assert [one.name for one in found] == ["officials"]
