"""The dashboard and the page of a campaign: true to the row, readable, and safe to take out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from flask import Flask

from campaign.extensions import db
from campaign.signatures import breakdowns, counting
from campaign.signatures.confirming import confirm
from campaign.signatures.generating import generate
from campaign.signatures.standing import standing
from tests.support.crowd import put
from tests.support.making import confirm_token, form, make_campaign, rows, value
from tests.support.staff import Staff

PAGE = "/staff/campaigns/night-buses"
SIGN = "/campaigns/night-buses/sign"


@pytest.fixture
def organiser(app: Flask, staff: Callable[[str], Staff]) -> Staff:
    make_campaign()
    return staff("organiser")


def sign(app: Flask, number: int, *, domain: str = "mail.example", query: str = "") -> None:
    given = {"Referer": f"http://localhost/campaigns/night-buses{query}"}
    fields = form(email=f"s{number}@{domain}")
    assert app.test_client().post(SIGN, data=fields, headers=given).status_code == 303


def text_of(page: str) -> str:
    """The page as it is read, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_equation_is_true_before_and_after_folding(app: Flask, organiser: Staff) -> None:
    for number in range(5):
        sign(app, number)
    confirm(confirm_token("s0@mail.example"))
    for _ in range(2):
        page = text_of(organiser.get(PAGE).text)
        assert "Submitted 5 Confirmed 1 Pending 4 Withdrawn 0 Excluded 0 Erased 0" in page
        assert "Displayed 1 Confirmed 1 Paper 0" in page
        assert "Submitted 5 Confirmed 1 Pending 4" in text_of(organiser.get("/staff/").text)
        counting.fold()


def test_what_waits_and_what_is_folded_are_read_as_of_one_moment(app: Flask) -> None:
    make_campaign()
    sign(app, 1)
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        first = standing("night-buses", connection)
        counting.fold()
        sign(app, 2)
        assert standing("night-buses", connection) == first
    assert standing("night-buses").submitted == 2


def test_a_campaign_without_signatures_has_a_page_that_says_so(organiser: Staff) -> None:
    page = organiser.get(PAGE)
    assert page.status_code == 200
    assert "Nobody has signed yet." in page.text
    assert "Nobody signed on these days." in page.text


def test_without_any_campaign_the_dashboard_says_so(
    app: Flask, staff: Callable[[str], Staff]
) -> None:
    assert "There is no campaign yet." in staff("organiser").get("/staff/").text


def test_every_chart_is_an_image_with_a_name_a_description_and_a_table(
    app: Flask, organiser: Staff
) -> None:
    generate("night-buses", 200)
    page = organiser.get(PAGE).text
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(charts) == 3
    for chart in charts:
        tree = ElementTree.fromstring(chart)
        ids = (tree.attrib["aria-labelledby"]).split()
        assert tree.attrib["role"] == "img"
        assert [one.attrib["id"] for one in tree if one.tag in ("title", "desc")] == ids
    assert page.count("<details>") == 2
    by_day = re.search(r'data-live="daily-rows">(.*?)</tbody>', page, re.DOTALL)
    assert by_day
    numbers = re.findall(r'class="number">([\d,]+)</td></tr>', by_day[1])
    assert sum(int(number) for number in numbers) == 200


def test_sources_are_named_as_people_know_them(app: Flask, organiser: Staff) -> None:
    sign(app, 1)
    sign(app, 2, query="?from=share")
    sign(app, 3, query="?utm_source=letter&utm_medium=email")
    sign(app, 4, query="?from=a-story")
    sign(app, 5, query="?from=no-such-article")
    sign(app, 6, query="?from=share-whatsapp")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO article (slug, title, section, topic, author, published, summary,"
            " markdown, blocks, updated_at) VALUES ('a-story', 'The Last Bus', '', '', '',"
            " now(), '', '', '[]', now())"
        )
    counting.fold()
    page = text_of(organiser.get(PAGE).text)
    for name in (
        "Straight to the page 1",
        "Shared by supporters 1",
        "Shared by supporters: WhatsApp 1",
        "letter · email 1",
    ):
        assert name in page
    assert "Article: The Last Bus 1" in page
    assert "Link: no-such-article 1" in page


def test_where_supporters_get_lost(app: Flask, organiser: Staff) -> None:
    for number in range(6):
        sign(app, number, domain="good.example")
        confirm(confirm_token(f"s{number}@good.example"))
    for number in range(20):
        sign(app, number, domain="lost.example")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE outgoing_mail SET state = 'failed' WHERE recipient LIKE 's1%%@lost.example'"
        )
    counting.fold()
    page = text_of(organiser.get(PAGE).text)
    assert "Of 26 who signed, 23 % are confirmed; 11 mails could not be delivered." in page
    assert "Most are lost at lost.example : 20 have not confirmed, 100 % of those who" in page
    assert "good.example 6 100 % 6 0 0 min 0" in page
    assert "lost.example 20 0 % low 0 20 – 11" in page


def test_who_was_confirmed_and_then_excluded_is_not_lost(app: Flask, organiser: Staff) -> None:
    put(40, domain="good.example")
    put(160, domain="fakes.example", state="excluded")
    counting.fold()
    assert "Most are lost" not in text_of(organiser.get(PAGE).text)
    put(30, domain="fakes.example", state="pending")
    put(20, domain="waits.example", state="pending")
    counting.fold()
    page = text_of(organiser.get(PAGE).text)
    assert "Most are lost at waits.example : 20 have not confirmed, 100 % of those who" in page


def test_a_domain_of_few_is_not_named(app: Flask, organiser: Staff) -> None:
    for number in range(4):
        sign(app, number, domain="zoe-nguyen.example")
    counting.fold()
    assert "zoe-nguyen" not in organiser.get(PAGE).text
    assert "zoe-nguyen" not in organiser.get(f"{PAGE}/figures/domain.csv").text
    assert [row[:2] for row in table(organiser, "domain")[1:]] == [["(others)", "4"]]


def table(organiser: Staff, name: str, query: str = "") -> list[list[str]]:
    answer = organiser.get(f"{PAGE}/figures/{name}.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_days_limit_the_tables_to_who_signed_on_them(app: Flask, organiser: Staff) -> None:
    sign(app, 1)
    sign(app, 2)
    with db.engine.begin() as connection:
        moved = "UPDATE signature_change SET signed_at = '2026-01-05 23:59:59Z' WHERE id = 1"
        connection.exec_driver_sql(moved)
    counting.fold()
    head = ["country", "submitted", "pending", "confirmed", "withdrawn", "excluded", "erased"]
    assert table(organiser, "country")[0][:7] == head
    assert table(organiser, "country")[1][:2] == ["GB", "2"]
    day = "?since=2026-01-05&until=2026-01-05"
    assert table(organiser, "country", day)[1][:2] == ["GB", "1"]
    assert table(organiser, "country", "?until=2026-01-04")[1:] == []
    assert "Of 1 who signed" in text_of(organiser.get(PAGE + day).text)
    assert [row[1] for row in table(organiser, "days", day)[1:]] == ["1"]


@pytest.mark.parametrize(
    "query",
    ["since=tomorrow", "until=2026-13-01", "since=0001-01-01", "until=9999-12-31", "since=%00"],
)
def test_a_broken_date_is_told_and_kept(organiser: Staff, query: str) -> None:
    answer = organiser.get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert "Enter a date as year-month-day" in answer.text
    assert organiser.get(f"{PAGE}/figures/days.csv?{query}").status_code == 400


def test_the_growth_of_past_days_ends_with_them(app: Flask, organiser: Staff) -> None:
    for number in range(3):
        sign(app, number)
        confirm(confirm_token(f"s{number}@mail.example"))
    counting.fold()
    with db.engine.begin() as connection:
        # One of the three was confirmed a week ago.
        last_week = "hour = hour - interval '7 days', confirmed = 1, submitted = 1"
        connection.exec_driver_sql(
            "INSERT INTO signature_hour SELECT campaign_id, hour, 2, 2 FROM signature_hour"
            " ON CONFLICT (campaign_id, hour) DO NOTHING"
        )
        connection.exec_driver_sql(f"UPDATE signature_hour SET {last_week}")
    day = value("SELECT to_char(now() - interval '3 days', 'YYYY-MM-DD')")
    long_day = value("SELECT to_char(now() - interval '3 days', 'FMDD Mon YYYY')")
    past = text_of(organiser.get(f"{PAGE}?until={day}").text)
    assert f"to the end of {long_day}. 1 are confirmed by then." in past
    assert "to now. " in text_of(organiser.get(PAGE).text)


def test_days_that_end_before_they_begin_are_told(organiser: Staff) -> None:
    answer = organiser.get(f"{PAGE}?since=2026-02-02&until=2026-02-01")
    assert answer.status_code == 400
    assert "The last day must not lie before the first." in answer.text


def test_what_is_not_there_is_not_found(organiser: Staff) -> None:
    assert organiser.get("/staff/campaigns/nope").status_code == 404
    assert organiser.get("/staff/campaigns/nope/figures/days.csv").status_code == 404
    assert organiser.get(f"{PAGE}/figures/names.csv").status_code == 404
    assert organiser.get("/staff/campaigns/%00").status_code == 404


def test_no_figure_runs_in_a_spreadsheet(app: Flask, organiser: Staff) -> None:
    sign(app, 1)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE signature_change SET source = '=1+1'")
    counting.fold()
    assert table(organiser, "source")[1][0] == "'=1+1"


def test_taking_figures_out_is_on_record(organiser: Staff) -> None:
    table(organiser, "source", "?since=2026-01-05")
    organiser.get("/staff/campaigns.csv")
    found = rows(
        "SELECT actor, subject, details FROM audit_event"
        " WHERE action = 'figures exported' ORDER BY number"
    )
    assert found == [
        (
            "organiser@example.org",
            "campaign:night-buses",
            {"table": "source", "since": "2026-01-05", "until": ""},
        ),
        ("organiser@example.org", "", {"table": "campaigns"}),
    ]


def test_the_table_of_all_campaigns_can_be_taken_out(app: Flask, organiser: Staff) -> None:
    sign(app, 1)
    answer = organiser.get("/staff/campaigns.csv").text.removeprefix("\ufeff")
    found = list(csv.DictReader(io.StringIO(answer)))
    assert [(one["slug"], one["submitted"], one["pending"]) for one in found] == [
        ("night-buses", "1", "1")
    ]


def test_of_many_values_only_those_that_are_shown_are_read(app: Flask) -> None:
    make_campaign()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO signature_tally (campaign_id, dimension, day, value, pending)"
            " SELECT 1, 'domain', '-infinity', 'd' || n, n FROM generate_series(1, 20000) AS n"
        )
        connection.exec_driver_sql("ANALYZE signature_tally")
    wanted = {"id": 1, "dimension": "domain", "limit": 10, "fewest": 5}
    plan = value(f"EXPLAIN (ANALYZE, FORMAT JSON) {breakdowns._EVER}", **wanted)
    limit = plan[0]["Plan"]
    assert limit["Node Type"] == "Limit"
    assert limit["Plans"][0]["Node Type"].startswith("Index")
    assert limit["Plans"][0]["Actual Rows"] == 10
