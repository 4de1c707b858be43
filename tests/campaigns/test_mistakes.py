"""What is wrong with a campaign's file is told with its line, all at once."""

from pathlib import Path

import pytest
from flask import Flask

from campaign.campaigns.publishing import import_campaigns
from campaign.errors import ContentError
from tests.content.examples import CAMPAIGN
from tests.support.making import rows

LINES = CAMPAIGN.splitlines()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.md"


ONE_STATE = "must be one of draft, open, paused, closed"


@pytest.mark.parametrize(
    ("line", "instead", "mistakes"),
    [
        (2, "", ["c.md:1: title is missing"]),
        (4, f"ask: {'x' * 301}", ["c.md:4: ask has 301 characters; it may have at most 300"]),
        (5, "goal: 0", [
            "c.md:5: goal must be a whole number from 1 to 1000000000, in digits alone, not '0'",
        ]),
        (5, "goal: 5000\nstate: delivered", [f"c.md:6: state {ONE_STATE}, not 'delivered'"]),
        (7, "opens: 2027-01-01", ["c.md:8: closes must come after opens"]),
        (8, "closes: 2025-12-31T23:59Z", ["c.md:8: closes must come after opens"]),
        (8, "closes: 2026-12-31T12:00", [
            "c.md:8: closes needs a time zone, like 2026-12-31T12:00+01:00 or 2026-12-31T12:00Z",
        ]),
        (10, "  - slug: The Mayor", [
            "c.md:10: officials[1].slug must be small letters, digits and hyphens, like"
            " night-buses, not 'The Mayor'",
        ]),
        (10, "  - name: Ada", [
            "c.md:10: officials[1].slug is missing",
            "c.md:11: officials[1].name is already given on line 10",
        ]),
        (14, "    mail: x", [
            "c.md:10: officials[1].email is missing",
            "c.md:14: officials[1].mail is not known here; is it email?",
        ]),
        (15, "  - slug: mayor", [
            "c.md:15: officials[2].slug is the same as that of officials[1]",
        ]),
        (16, "    name:", ["c.md:16: officials[2].name is empty"]),
        (19, "    email: nobody", [
            "c.md:19: officials[2].email must be an e-mail address like office@example.org,"
            " not 'nobody'",
        ]),
        (19, "    email: a@example.org\n  - just text", [
            "c.md:20: officials[3] must be lines of `key: value`",
        ]),
        (22, "![A bus](/bus.png)", ["c.md:22: images are not possible yet"]),
        (22, "x" * 20_001, [
            "c.md:22: the pledge has 20024 characters; it may have at most 20000",
        ]),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_line(
    app: Flask, path: Path, line: int, instead: str, mistakes: list[str]
) -> None:
    path.write_text("\n".join([*LINES[: line - 1], instead, *LINES[line:]]))
    with pytest.raises(ContentError) as refused:
        import_campaigns([path])
    assert refused.value.mistakes == [m.replace("c.md", str(path), 1) for m in mistakes]
    assert rows("SELECT FROM campaign") == []


@pytest.mark.parametrize(
    ("officials", "mistake"),
    [
        ("", "c.md:1: officials is missing"),
        ("officials:", "c.md:9: officials is empty"),
        ("officials: []", "c.md:9: officials must have 1 to 100 entries, not 0"),
        ("officials: the mayor", "c.md:9: officials must be a list, each entry starting with -"),
        ("officials: {slug: x}", "c.md:9: officials must be a list, each entry starting with -"),
    ],
)
def test_a_campaign_is_addressed_to_somebody(
    app: Flask, path: Path, officials: str, mistake: str
) -> None:
    path.write_text("\n".join([*LINES[:8], officials, *LINES[19:]]))
    with pytest.raises(ContentError) as refused:
        import_campaigns([path])
    assert refused.value.mistakes == [mistake.replace("c.md", str(path), 1)]


def test_one_wrong_file_keeps_all_out(app: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(CAMPAIGN)
    bad.write_text(CAMPAIGN.replace("night-buses", "other").replace("5000", "many"))
    with pytest.raises(ContentError):
        import_campaigns([good, bad])
    assert rows("SELECT FROM campaign") == []
    assert rows("SELECT FROM official") == []
