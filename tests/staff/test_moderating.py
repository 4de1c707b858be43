"""The pages about signatures: as an admin uses them, and as somebody hostile would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.signatures import counting
from campaign.signatures.excluding_many import run_batch
from campaign.signatures.finding import PAGE
from campaign.signatures.own import path_to
from campaign.signatures.spikes import LEAST, watch
from tests.support.crowd import put
from tests.support.making import form, make_campaign, rows, value
from tests.support.staff import Staff

LIST = "/staff/campaigns/night-buses/signatures"


@pytest.fixture
def admin(app: Flask, staff: Callable[[str], Staff]) -> Iterator[Staff]:
    """An admin, and a campaign. Afterwards every count must equal its rows."""
    make_campaign()
    yield staff("admin")
    counting.fold()
    assert counting.check() == []


def follow(admin: Staff, answer: TestResponse) -> TestResponse:
    assert answer.status_code == 303
    return admin.get(answer.headers["Location"])


def link(page: TestResponse, text: str) -> str:
    """Where the link `text` of a page leads."""
    found = re.search(rf'<a[^>]*href="([^"]*)"[^>]*>{re.escape(text)}', page.text)
    assert found, page.text
    return unescape(found[1])


def hidden_fields(page: TestResponse) -> dict[str, object]:
    """What the form under a preview sends along."""
    found = re.findall(r'<input type="hidden" name="(domain|cut_off)" value="([^"]*)"', page.text)
    return dict(found)


def chosen(page: TestResponse) -> dict[int, str]:
    """What each checkbox of the list of comments sends, by signature."""
    found = re.findall(r'name="read" value="((\d+)-\w+)"', page.text)
    return {int(number): sent for sent, number in found}


def sent_with(page: TestResponse) -> str:
    """What a decision on the page of one signature sends along."""
    found = re.search(r'name="read" value="(\w+)"', page.text)
    assert found, page.text
    return found[1]


def test_a_search_by_name_leaves_no_name_in_any_address(admin: Staff) -> None:
    put(PAGE + 1, name="Ada Okafor")
    answer = admin.post(LIST, {"q": "okafor", "domain": "example.org"})
    addresses = [answer.headers["Location"]]
    page = follow(admin, answer)
    assert page.status_code == 200
    addresses += re.findall(r'href="([^"]*)"', page.text)
    assert not [one for one in addresses if "okafor" in unquote(one).lower()]
    assert 'value="okafor"' in page.text
    older = admin.get(LIST + link(page, "Older"))
    assert older.text.count("Ada Okafor") == 1
    assert admin.get(LIST + link(older, "Newer")).text.count("Ada Okafor") == PAGE


def test_a_search_that_cannot_be_read_is_answered_with_what_is_wrong(admin: Staff) -> None:
    put()
    given = {"network": "xyz", "since": "tomorrow", "q": "zoë"}
    page = admin.post(LIST, given)
    assert page.status_code == 400
    assert 'href="#field-network"' in page.text
    assert 'value="xyz"' in page.text
    assert 'value="zoë"' in page.text
    assert "example.org</span>" not in page.text


HOSTILE = [
    "?domain=%00",
    "?domain=%ff%fe",
    "?domain=a..b",
    "?domain=" + "%C3%A9" * 80,
    "?domain=" + "a" * 5000,
    "?source=%00%01",
    "?network=%27%3B--",
    "?network=" + "f" * 33,
    "?country=%F0%9F%98%80",
    "?state=confirmed%00",
    "?since=9999-99-99",
    "?since=-1",
    "?until=99999999999999999999",
    "?since=2026-11-24&until=2026-11-23",
    "?older=%00",
    "?older=9999999999999999-999999999999999999",
    "?newer=99999999999999999999-1",
    "?older=1-1&newer=2-2",
    "?find=%00",
    "?find=x",
    "?find=" + "A" * 3000,
    "?which=%00",
    "?q=%00&q=1",
]


@pytest.mark.parametrize("path", ["", "/comments", "/exclusions", "/exclusions/preview"])
def test_no_query_string_breaks_a_page(admin: Staff, path: str) -> None:
    put()
    found = {query: admin.get(LIST + path + query).status_code for query in HOSTILE}
    assert {query: status for query, status in found.items() if status not in (200, 400, 410)} == {}


def test_a_row_that_is_not_there_is_not_found(admin: Staff) -> None:
    for number in ("0", "-1", "1.5", "9" * 18, "9" * 40, "x", "%00", "1%00"):
        one, job = f"{LIST}/{number}", f"{LIST}/exclusions/{number}"
        for path in (one, job):
            assert admin.get(path).status_code == 404, path
        for path in (f"{one}/exclude", f"{one}/restore", f"{job}/cancel", f"{job}/undo"):
            assert admin.post(path, {"reason": "x"}).status_code == 404, path
        assert admin.post(f"/staff/alerts/{number}/dismiss").status_code == 404


def test_one_signatures_whole_story(admin: Staff, client: FlaskClient) -> None:
    client.post("/campaigns/night-buses/sign", data=form(comment="Buses <b>now</b>", updates="y"))
    one = value("SELECT id FROM signature")
    client.post(f"{path_to(one)}/updates", data={"wanted": "n"})
    client.post(f"{path_to(one)}/correct", data=form(name="Zoë Nguyen", comment="Buses <b>now</b>"))
    admin.post(f"{LIST}/{one}/exclude", {"reason": "looks made up"})
    page = admin.get(f"{LIST}/{one}").text
    for said in (
        "zoe@example.org",
        "United Kingdom",
        "N1 9GU",
        "Pass my signature",
        "Buses &lt;b&gt;now&lt;/b&gt;",
        "Version 1 of the pledge text",
        "looks made up",
        "No longer agrees to news by mail (own page, version 2 of the wording)",
        "Corrected by the supporter: name",
        "admin@example.org",
        "confirm</th>",
    ):
        assert said in page, said
    viewed = "SELECT count(*) FROM audit_event WHERE action = 'signature viewed' AND subject = :s"
    assert value(viewed, s=f"signature:{one}") == 1


def test_excluding_and_restoring_with_the_form_sent_twice(admin: Staff) -> None:
    (one,) = put()
    here = f"{LIST}/{one}"
    missing = admin.post(f"{here}/exclude", {"reason": " "})
    assert missing.status_code == 400
    assert 'href="#field-reason"' in missing.text
    for action, state in (("exclude", "excluded"), ("restore", "confirmed")):
        for _ in range(2):
            answer = admin.post(f"{here}/{action}", {"reason": "because"})
            assert follow(admin, answer).status_code == 200
        assert value("SELECT state FROM signature") == state
    assert value("SELECT count(*) FROM signature_decision") == 2


def test_a_burst_of_fakes_is_found_excluded_and_brought_back(admin: Staff) -> None:
    put(12)
    put(40, domain="trash.example")
    found = follow(admin, admin.post(LIST, {"domain": "trash.example"}))
    preview = admin.get(link(found, "Exclude all of these…"))
    assert "Exclude 40 signatures?" in preview.text
    assert preview.text.count("@trash.example") == 10
    fields = dict(
        re.findall(r'<input type="hidden" name="(domain|cut_off)" value="([^"]*)"', preview.text)
    )
    again = admin.post(f"{LIST}/exclusions", {**fields, "reason": ""})
    assert again.status_code == 400
    assert "Say why" in again.text
    started = admin.post(f"{LIST}/exclusions", {**fields, "reason": "made up"})
    assert (
        admin.post(f"{LIST}/exclusions", {**fields, "reason": "made up"}).location
        == started.location
    )
    assert "Waiting for a worker" in follow(admin, started).text
    run_batch(25)
    half = follow(admin, started).text
    assert '<progress max="40" value="25"' in half
    while run_batch(25):
        pass
    done = follow(admin, started)
    assert "<strong>40</strong> of 40 excluded" in done.text
    assert '/signatures/exclusions/1">Exclusion 1' in admin.get(f"{LIST}/exclusions").text
    undone = admin.post(f"{started.headers['Location']}/undo", {"reason": "wrong"})
    while run_batch(25):
        pass
    assert "<strong>40</strong> of 40 restored" in follow(admin, undone).text
    assert value("SELECT count(*) FROM signature WHERE state = 'confirmed'") == 52


def test_stopping_on_the_way(admin: Staff) -> None:
    put(40, domain="trash.example")
    preview = admin.get(f"{LIST}/exclusions/preview?domain=trash.example")
    fields = dict(
        re.findall(r'<input type="hidden" name="(domain|cut_off)" value="([^"]*)"', preview.text)
    )
    started = admin.post(f"{LIST}/exclusions", {**fields, "reason": "made up"})
    run_batch(10)
    stopped = follow(admin, admin.post(f"{started.headers['Location']}/cancel"))
    assert "Stopped" in stopped.text
    assert "<strong>10</strong> of 40 excluded" in stopped.text
    assert not run_batch(10)


@pytest.mark.parametrize(
    "fields", [{}, {"domain": "x.example"}, {"domain": "\x00"}, {"state": "confirmed"}]
)
def test_a_start_without_a_preview_is_refused(admin: Staff, fields: dict[str, object]) -> None:
    put()
    answer = admin.post(f"{LIST}/exclusions", {**fields, "reason": "x", "cut_off": "x"})
    assert answer.status_code == 400
    assert "Preview" in answer.text or "error-summary" in answer.text
    assert value("SELECT count(*) FROM exclusion_job") == 0


def test_comments_are_decided_several_at_once(admin: Staff, client: FlaskClient) -> None:
    first, second, third = put(3, comment="More <i>buses</i>", public=True)
    page = admin.get(f"{LIST}/comments")
    assert page.text.count("More &lt;i&gt;buses&lt;/i&gt;") == 3
    read = chosen(page)
    answer = admin.post(
        f"{LIST}/comments", {"read": [read[first], read[second]], "decision": "approve"}
    )
    assert "2 comments are approved" in follow(admin, answer).text
    admin.post(f"{LIST}/comments", {"read": [read[third]], "decision": "reject"})
    shown = client.get("/campaigns/night-buses").text
    assert shown.count("More &lt;i&gt;buses") == 2
    assert "No comment is waiting" in admin.get(f"{LIST}/comments").text
    assert admin.get(f"{LIST}/{third}").text.count("Rejected: not shown") == 1


def test_a_form_that_was_open_while_its_comment_changed_shows_nothing(
    admin: Staff, client: FlaskClient
) -> None:
    first, second = put(2, comment="Buses", public=True)
    approve: dict[str, object] = {"decision": "approve"}
    here = f"{LIST}/{first}"
    read, seen = chosen(admin.get(f"{LIST}/comments")), sent_with(admin.get(here))
    client.post(f"{path_to(first)}/correct", data=form(name="Zoë Nguyễn", comment="Unseen"))
    told = follow(admin, admin.post(f"{here}/comment", {"read": seen, **approve})).text
    assert "the comment has changed meanwhile" in told
    told = follow(admin, admin.post(f"{LIST}/comments", {"read": read[first], **approve})).text
    assert "1 comment has changed meanwhile and must be read again." in told
    assert "approved." not in told
    both = {"read": [read[first], read[second]], **approve}
    assert "1 comment is approved." in follow(admin, admin.post(f"{LIST}/comments", both)).text
    shown = "SELECT id FROM signature WHERE comment_approved ORDER BY id"
    assert rows(shown) == [(second,)]
    seen = sent_with(admin.get(here))
    told = follow(admin, admin.post(f"{here}/comment", {"read": seen, **approve})).text
    assert "The comment is shown now." in told
    assert rows(shown) == [(first,), (second,)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"decision": "approve"},
        {"decision": "delete", "read": "1-"},
        {"decision": "approve", "read": ["x", "-1", "\x00", "9" * 30, "²"]},
        {"decision": "approve", "read": "9" * 19},
        {"which": "\x00", "decision": "reject"},
    ],
)
def test_a_decision_about_nothing_is_refused(admin: Staff, fields: dict[str, object]) -> None:
    put(comment="Buses", public=True)
    assert admin.post(f"{LIST}/comments", fields).status_code == 400
    assert value("SELECT count(*) FROM signature WHERE comment_approved IS NOT NULL") == 0


def test_an_alert_shows_admins_where_and_organisers_only_that(
    admin: Staff, staff: Callable[[str], Staff]
) -> None:
    put(LEAST, network="ab" * 16, minutes_ago=20)
    watch()
    board = admin.get("/staff/")
    assert "abababab" in board.text
    assert admin.get(link(board, "Look at them")).text.count('scope="row"') == LEAST
    assert f"Exclude {LEAST} signatures?" in admin.get(link(board, "Exclude them…")).text
    olu = staff("organiser").get("/staff/").text
    assert "unusually fast" in olu
    assert "abababab" not in olu
    assert "/dismiss" not in olu
    assert "unusually fast" not in follow(admin, admin.post("/staff/alerts/1/dismiss")).text


@pytest.mark.parametrize("path", ["", "/1", "/comments", "/exclusions", "/exclusions/preview"])
def test_organisers_see_no_signature(
    admin: Staff, staff: Callable[[str], Staff], path: str
) -> None:
    put()
    answer = staff("organiser").get(LIST + path)
    assert answer.status_code == 403
    assert "example.org</span>" not in answer.text


def test_an_unknown_campaign_has_no_pages(admin: Staff) -> None:
    for path in (
        "",
        "/1",
        "/comments",
        "/exclusions",
        "/exclusions/1",
        "/exclusions/preview?country=GB",
    ):
        for slug in ("unknown", "a%00b", "A", "x" * 200):
            assert admin.get(f"/staff/campaigns/{slug}/signatures{path}").status_code == 404
    assert rows("SELECT count(*) FROM audit_event WHERE action LIKE 'signature%'") == [(0,)]
