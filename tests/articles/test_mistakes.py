"""What is wrong with an article's file is told with its line, all at once."""

from pathlib import Path

import pytest
from flask import Flask

from campaign.articles.publishing import import_articles
from campaign.errors import ContentError
from tests.content.examples import ARTICLE
from tests.support.making import make_campaign, rows

LINES = ARTICLE.splitlines()


def write(folder: Path, text: str, name: str = "a.md") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_lines_of_the_example_are_those_that_the_next_test_names() -> None:
    assert [line.split(":")[0] for line in LINES[1:9]] == [
        "title", "slug", "section", "topic", "author", "published", "summary", "campaign",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "instead", "mistakes"),
    [
        (1, "", ["a.md:1: the file must start with front matter between two lines of ---"]),
        (2, "", ["a.md:1: title is missing"]),
        (2, "title:", ["a.md:2: title is empty"]),
        (2, f"title: {'x' * 201}", ["a.md:2: title has 201 characters; it may have at most 200"]),
        (2, "title: [a, b]", ["a.md:2: title must be a single value, not a list"]),
        (2, "titel: x", [
            "a.md:1: title is missing",
            "a.md:2: titel is not known here; is it title?",
        ]),
        (3, "slug: The Last Bus", [
            "a.md:3: slug must be small letters, digits and hyphens, like night-buses,"
            " not 'The Last Bus'",
        ]),
        (4, "title: Another", [
            "a.md:1: section is missing",
            "a.md:4: title is already given on line 2",
        ]),
        (4, f"section: {'x' * 61}", ["a.md:4: section has 61 characters; it may have at most 60"]),
        (5, f"topic: {'x' * 81}", ["a.md:5: topic has 81 characters; it may have at most 80"]),
        (6, f"author: {'x' * 121}", ["a.md:6: author has 121 characters; it may have at most 120"]),
        (7, "published: yesterday", [
            "a.md:7: published must be a date like 2026-11-23, or with a time and zone like"
            " 2026-11-23T18:00+01:00, not 'yesterday'",
        ]),
        (8, f"summary: {'x' * 501}", [
            "a.md:8: summary has 501 characters; it may have at most 500",
        ]),
        (9, "campaign: unheard-of", [
            "a.md:9: campaign 'unheard-of' does not exist; import it first",
        ]),
        (9, "", ["a.md:14: a call to take action needs a campaign that it leads to"]),
        (10, "", ["a.md:1: the front matter has no closing line of ---"]),
        (14, "Take Action:", ["a.md:14: nothing follows the colon"]),
        (16, "**Read More:**", ["a.md:16: nothing follows the colon"]),
        (16, "Read more: [x](javascript:y)", [
            "a.md:16: the link 'javascript:y' must start with https://, mailto: or /",
        ]),
        (12, "![A bus](/bus.png)", ["a.md:12: images are not possible yet"]),
        (12, "over\u202eride", [
            "a.md:12: the character U+202E (right-to-left override) may not be used",
        ]),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_line(
    app: Flask, tmp_path: Path, line: int, instead: str, mistakes: list[str]
) -> None:
    make_campaign()
    lines = [*LINES[: line - 1], instead, *LINES[line:]]
    path = write(tmp_path, "\n".join(lines))
    with pytest.raises(ContentError) as refused:
        import_articles([path])
    assert refused.value.mistakes == [m.replace("a.md", str(path), 1) for m in mistakes]
    assert rows("SELECT FROM article") == []


@pytest.mark.parametrize("body", ["", "\n\n  \n", "[a]: /b"])
def test_an_article_without_text_is_refused(app: Flask, tmp_path: Path, body: str) -> None:
    make_campaign()
    path = write(tmp_path, "\n".join(LINES[:10]) + "\n" + body)
    with pytest.raises(ContentError, match="there is no text below the front matter"):
        import_articles([path])


def test_all_mistakes_of_all_files_are_told_at_once_and_nothing_is_stored(
    app: Flask, tmp_path: Path
) -> None:
    make_campaign()
    good, same = write(tmp_path, ARTICLE), write(tmp_path, ARTICLE, "same.md")
    front = "slug: B\npublished: 2026-02-30\ncampaign: none\nx: 1"
    bad = write(tmp_path, f"---\n{front}\n---\n\n![a](/b)\n", "bad.md")
    missing = tmp_path / "missing.md"
    with pytest.raises(ContentError) as refused:
        import_articles([good, same, bad, missing])
    assert refused.value.mistakes == [
        f"{same}:3: slug 'the-last-bus' is used by two of these files",
        f"{bad}:1: title is missing",
        f"{bad}:1: section is missing",
        f"{bad}:1: topic is missing",
        f"{bad}:1: author is missing",
        f"{bad}:2: slug must be small letters, digits and hyphens, like night-buses, not 'B'",
        f"{bad}:3: published must be a date like 2026-11-23, or with a time and zone like"
        " 2026-11-23T18:00+01:00; there is no day 2026-02-30",
        f"{bad}:4: campaign 'none' does not exist; import it first",
        f"{bad}:5: x is not known here",
        f"{bad}:8: images are not possible yet",
        f"{missing}: the file cannot be read: No such file or directory",
    ]
    assert rows("SELECT FROM article") == []
