"""`campaign articles import` and `campaign campaigns import`, as somebody types them."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from campaign.commands import cli
from campaign.resources import folder

CAMPAIGN = folder("demo") / "campaigns" / "night-buses.md"
ARTICLE = folder("demo") / "articles" / "the-harbour-bus.md"


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, [str(word) for word in words], prog_name="campaign")
    return done.exit_code, done.stdout, done.stderr


def test_each_file_gets_its_line(app: Flask) -> None:
    added = "added night-buses (text version 1)\n"
    assert run("campaigns", "import", CAMPAIGN) == (0, added, "")
    assert run("campaigns", "import", CAMPAIGN) == (0, "unchanged night-buses\n", "")
    assert run("articles", "import", ARTICLE) == (0, "added the-harbour-bus\n", "")
    assert run("articles", "import", ARTICLE) == (0, "unchanged the-harbour-bus\n", "")


@pytest.mark.parametrize("what", ["articles", "campaigns"])
def test_mistakes_go_to_stderr_a_line_each(app: Flask, tmp_path: Path, what: str) -> None:
    missing, bad = tmp_path / "missing.md", tmp_path / "bad.md"
    bad.write_text("text")
    assert run(what, "import", missing, bad) == (
        1,
        "",
        f"{missing}: the file cannot be read: No such file or directory\n"
        f"{bad}:1: the file must start with front matter between two lines of ---\n",
    )


@pytest.mark.parametrize("what", ["articles", "campaigns"])
def test_without_a_file_the_usage_is_wrong(app: Flask, what: str) -> None:
    status, out, err = run(what, "import")
    assert (status, out) == (2, "")
    assert "Missing argument 'FILE.md...'" in err
