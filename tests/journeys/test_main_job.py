"""The whole main job as people do it: an article is read, a pledge signed and confirmed, and the
signatures are delivered in packages that can be checked."""

from __future__ import annotations

import csv
import json
import zipfile

import openpyxl
import pytest

from tests.journeys.content import ARTICLE_SLUG, SLUG, publish
from tests.journeys.reading import Page
from tests.journeys.story import CAMPAIGN, Story
from tests.local.processes import until
from tests.support.site import Site

HEADING = ["number", "name", "postcode", "country", "signed_on", "comment"]
FIRST = ["Siobhán O'Brien", "Zoë Ångström", "李小龍", "Nguyễn Văn Ánh"]
LATER = ["مريم العربية", "=1+1 Jones"]


@pytest.fixture(scope="module")
def published(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("main job")
    publish(site, folder)
    return Story(site, folder)


@pytest.fixture(scope="module")
def signed(published: Story) -> Story:
    """The first have signed; nobody has confirmed."""
    for name in FIRST:
        published.sign(name)
    return published


@pytest.fixture(scope="module")
def confirmed(signed: Story) -> Story:
    """The first have confirmed, one after the other, and are counted."""
    for name in FIRST:
        signed.confirm(name)
    until(lambda: signed.count() == len(FIRST))
    return signed


@pytest.fixture(scope="module")
def delivered(confirmed: Story) -> Story:
    """The first are delivered, and the later ones after them."""
    confirmed.compile(1)
    for name in LATER:
        confirmed.sign(name, as_json=True)
        confirmed.confirm(name)
    until(lambda: confirmed.count() == len(FIRST) + len(LATER))
    confirmed.compile(2)
    return confirmed


def test_a_reader_gets_from_the_article_to_the_form(published: Story) -> None:
    page = Page(published.site.get(f"/articles/{ARTICLE_SLUG}").text)
    for words in (
        "News Getting Around",
        "The Last Bus Leaves Before the Shift Ends",
        "By Wren Adebayo 20 November 2026",
        "Take action Ask Harrow Bay to run its buses at night",
        "Read more The Town That Kept Its Buses Running",
        "Nobody had asked the night cleaners how they get home.",
    ):
        assert words in page.words
    campaign = Page(published.site.get(page.link_to(CAMPAIGN)).text)
    for words in (
        "Run a bus on every line, every night.",
        "Ada Okafor Mayor, City of Harrow Bay",
        "We ask for night buses on every line, every day of the week.",
    ):
        assert words in campaign.words
    ((action, fields),) = campaign.forms.items()
    assert action == f"{CAMPAIGN}/sign"
    assert {fields[box] for box in ("consent", "updates", "public")} == {""}


def test_signing_leads_to_the_page_that_says_to_check_the_mail(signed: Story) -> None:
    answer = signed.sign(FIRST[0])
    assert (answer.status, answer.headers["Location"]) == (303, f"{CAMPAIGN}/check-email")
    assert signed.site.get(f"{CAMPAIGN}/check-email").status == 200


def test_signing_twice_looks_like_signing_once(signed: Story) -> None:
    new, again = signed.sign("Somebody New"), signed.sign("Somebody New")
    assert new.seen == again.seen
    new, again = (signed.sign("Somebody Else", as_json=True) for _ in range(2))
    assert new.seen == again.seen
    assert (new.status, new.json) == (202, {"status": "check-email"})
    for name in ("Somebody New", "Somebody Else"):
        assert signed.link_for(name)  # In the one mail that there is.


def test_a_mail_comes_that_can_be_read_as_text_and_as_html(signed: Story) -> None:
    link = signed.link_for(FIRST[0])
    assert link.startswith(f"{signed.site.base}/confirm/")
    mail = next(m for m in signed.site.office.accepted if m["To"] == signed.addresses[FIRST[0]])
    html = mail.get_body(("html",))
    assert html is not None
    assert Page(html.get_content()).link_to(link) == link
    assert "Night buses for Harrow Bay" in html.get_content()
    assert "Siobhán" not in mail.as_string()


def test_following_the_link_changes_nothing(signed: Story) -> None:
    before = signed.states()
    for _ in range(3):
        page = signed.site.get(signed.link_for(FIRST[0]))
        assert page.status == 200
    assert Page(page.text).forms.keys() == {signed.link_for(FIRST[0])[len(signed.site.base) :]}
    assert signed.states() == before
    assert before[FIRST[0]] == "pending"
    assert signed.count() == 0


def test_pressing_the_button_counts_once_for_all_repeats(confirmed: Story) -> None:
    for _ in range(2):
        answer = confirmed.site.post(confirmed.link_for(FIRST[0]))
        assert (answer.status, answer.headers["Location"]) == (303, f"{CAMPAIGN}/signed")
    signed = confirmed.site.get(f"{CAMPAIGN}/signed")
    assert signed.status == 200
    assert confirmed.states()[FIRST[0]] == "confirmed"
    assert confirmed.states()["Somebody New"] == "pending"
    assert confirmed.site.command("counts", "check").stdout == "Every count equals its rows.\n"
    assert confirmed.count() == len(FIRST)


def test_exports_hold_exactly_the_confirmed_in_every_script(confirmed: Story) -> None:
    table, sheet = confirmed.folder / "export.csv", confirmed.folder / "export.xlsx"
    confirmed.site.command("signatures", "export", SLUG, "--format", "csv", "-o", table)
    confirmed.site.command("signatures", "export", SLUG, "--format", "xlsx", "-o", sheet)
    rows = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == HEADING
    assert [row[1] for row in rows[1:]] == FIRST
    book = openpyxl.load_workbook(sheet)
    cells = [[str(cell or "") for cell in row] for row in book.worksheets[0].values]
    assert [row[:4] for row in cells] == [row[:4] for row in rows]


def test_deliveries_continue_where_the_last_one_ended(delivered: Story) -> None:
    names: dict[str, str] = {}
    for number in (1, 2):
        with zipfile.ZipFile(delivered.package(number)) as package:
            text = package.read("signatures.csv").decode("utf-8-sig")
            manifest = json.loads(package.read("manifest.json"))
        assert SLUG in json.dumps(manifest)
        rows = csv.DictReader(text.splitlines())
        names |= {row["number"]: row["name"] for row in rows}
        assert "@example.org" not in text
    assert list(names.values()) == [*FIRST, LATER[0], f"'{LATER[1]}"]
    assert list(names) == [str(number) for number in range(1, 7)]


def test_a_package_is_verified_and_a_changed_one_is_named(delivered: Story) -> None:
    for number in (1, 2):
        delivered.site.command("deliveries", "verify", delivered.package(number))
    forged = delivered.folder / "forged.zip"
    with zipfile.ZipFile(delivered.package(1)) as package, zipfile.ZipFile(forged, "w") as copy:
        for name in package.namelist():
            copy.writestr(name, package.read(name).replace(b"O'Brien", b"O'Brian"))
    done = delivered.site.command("deliveries", "verify", forged, check=False)
    assert done.returncode == 1
    assert "signatures.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_that_was_cut_short_is_named(delivered: Story) -> None:
    cut = delivered.folder / "cut.zip"
    cut.write_bytes(delivered.package(1).read_bytes()[:-100])
    done = delivered.site.command("deliveries", "verify", cut, check=False)
    assert done.returncode == 1
    assert "cut.zip" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_outbox_says_that_all_is_sent(delivered: Story) -> None:
    def quiet() -> dict[str, str]:
        lines = delivered.site.command("mail", "status").stdout.splitlines()
        status = dict(line.rsplit(maxsplit=1) for line in lines)
        return status if status["oldest waiting"] == "none" else {}

    status = until(quiet, seconds=60)
    assert (status["queued"], status["sending"]) == ("0", "0")
    assert int(status["sent"]) >= len(delivered.addresses)
