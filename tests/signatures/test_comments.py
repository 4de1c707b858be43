"""Comments: shown to the public when approved, and only of those who agreed to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.accounts.audit import Actor
from campaign.errors import Invalid, NotFound
from campaign.signatures.comments import ON_PAGE, QUEUE, Decided, comments, decide, public_comments
from campaign.signatures.correcting import Details, correct
from campaign.signatures.excluding import exclude, restore
from tests.support.crowd import as_read, put
from tests.support.making import make_campaign, rows, value

ADMIN = Actor("ada@example.org", "192.0.2.1")
SLUG = "night-buses"


def listed(which: str) -> list[int]:
    return [one.id for one in comments(SLUG, which, actor=ADMIN).comments]


def shown() -> list[str]:
    return [one.comment for one in public_comments(value("SELECT id FROM campaign"))]


def test_only_comments_meant_for_the_public_by_confirmed_people_wait(app: Flask) -> None:
    make_campaign()
    (one,) = put(comment="Buses!", public=True)
    put(comment="Not for everybody", public=False)
    put(comment="", public=True)
    for state in ("pending", "withdrawn", "excluded", "erased"):
        put(comment="Not confirmed", public=True, state=state)
    assert listed("waiting") == [one]


def test_a_comment_is_shown_when_approved_and_gone_when_rejected(app: Flask) -> None:
    make_campaign()
    first, second = put(2, comment="Buses!", public=True)
    assert shown() == []
    assert decide(SLUG, as_read(first), approve=True, actor=ADMIN) == Decided(1, 0)
    assert shown() == ["Buses!"]
    assert (listed("waiting"), listed("approved")) == ([second], [first])
    assert decide(SLUG, as_read(first, second), approve=False, actor=ADMIN) == Decided(2, 0)
    assert shown() == []
    assert listed("rejected") == [second, first]
    assert decide(SLUG, as_read(first), approve=False, actor=ADMIN) == Decided(0, 0)


@pytest.mark.parametrize("approve", [True, False])
def test_nothing_is_decided_about_words_that_nobody_has_read(app: Flask, approve: bool) -> None:
    make_campaign()
    name, said, still = put(3, comment="Buses!", public=True)
    seen = as_read(name, said, still)
    details = Details("Zoë Nguyễn", "GB", "N1 9GU", "Buses!")
    correct(name, replace(details, name="Zoë of the Buses"))
    correct(said, replace(details, comment="Trams!"))
    assert decide(SLUG, seen, approve=approve, actor=ADMIN) == Decided(1, unread=2)
    assert listed("waiting") == [name, said]
    assert decide(SLUG, as_read(name, said), approve=approve, actor=ADMIN) == Decided(2, 0)


@pytest.mark.parametrize(("which", "onwards"), [("waiting", "newer"), ("approved", "older")])
def test_a_long_list_is_read_page_by_page_and_back(app: Flask, which: str, onwards: str) -> None:
    make_campaign()
    ids = put(2 * QUEUE + 1, comment="Buses!", public=True)
    if which == "approved":
        decide(SLUG, as_read(*ids), approve=True, actor=ADMIN)
        ids.reverse()
    backwards = "older" if onwards == "newer" else "newer"
    page = comments(SLUG, which, actor=ADMIN)
    seen, pages = [one.id for one in page.comments], [page]
    assert getattr(page, backwards) == ""
    while place := getattr(page, onwards):
        page = comments(SLUG, which, actor=ADMIN, **{onwards: place})
        seen += [one.id for one in page.comments]
        pages.append(page)
    assert seen == ids
    assert len(pages) == 3
    before = comments(SLUG, which, actor=ADMIN, **{backwards: getattr(page, backwards)})
    assert before.comments == pages[1].comments


def test_a_place_that_was_never_given_is_refused(app: Flask) -> None:
    make_campaign()
    with pytest.raises(Invalid):
        comments(SLUG, "waiting", newer="x", actor=ADMIN)


def test_what_was_not_meant_for_the_public_cannot_be_approved(app: Flask) -> None:
    make_campaign()
    make_campaign("other")
    ids = put(comment="Private", public=False) + put(public=True) + put(slug="other", public=True)
    ids += put(comment="Not confirmed", public=True, state="pending")
    assert decide(SLUG, {**as_read(*ids), 999: ""}, approve=True, actor=ADMIN) == Decided(0, 0)
    assert value("SELECT count(*) FROM signature WHERE comment_approved IS NOT NULL") == 0


def test_an_approved_comment_goes_with_its_signature(app: Flask) -> None:
    make_campaign()
    (one,) = put(comment="Buses!", public=True)
    decide(SLUG, as_read(one), approve=True, actor=ADMIN)
    exclude(SLUG, one, "made up", actor=ADMIN)
    assert shown() == []
    restore(SLUG, one, "real", actor=ADMIN)
    assert shown() == ["Buses!"]


def test_the_page_shows_the_latest_few_escaped_and_the_same_to_everybody(
    app: Flask, client: FlaskClient
) -> None:
    make_campaign()
    old = put(ON_PAGE, comment="An old one", public=True, minutes_ago=900)
    new = put(1, comment="<script>x</script>\nبسم", name="<b>Zoë</b>", public=True)
    put(1, comment="Still waiting", public=True)
    decide(SLUG, as_read(*old, *new), approve=True, actor=ADMIN)
    page = client.get(f"/campaigns/{SLUG}")
    assert page.text.count("An old one") == ON_PAGE - 1
    assert "&lt;script&gt;x&lt;/script&gt;" in page.text
    assert "<b>Zoë" not in page.text
    assert "Still waiting" not in page.text
    assert "example.org" not in page.text
    assert "Cookie" not in page.headers.get("Vary", "")
    again = client.get(f"/campaigns/{SLUG}?utm_source=x")
    assert (again.data, again.headers["ETag"]) == (page.data, page.headers["ETag"])


def test_a_campaign_without_approved_comments_has_no_heading_for_them(
    app: Flask, client: FlaskClient
) -> None:
    make_campaign()
    put(comment="Waiting", public=True)
    assert 'id="comments"' not in client.get(f"/campaigns/{SLUG}").text


def test_reading_and_deciding_are_on_record(app: Flask) -> None:
    make_campaign()
    ids = put(2, comment="Buses!", public=True)
    comments(SLUG, "waiting", actor=ADMIN)
    decide(SLUG, as_read(*ids), approve=True, actor=ADMIN)
    assert rows("SELECT action, subject, details FROM audit_event ORDER BY number") == [
        ("comments read", f"campaign:{SLUG}", {"which": "waiting", "shown": 2}),
        ("comment approved", f"signature:{ids[0]}", {}),
        ("comment approved", f"signature:{ids[1]}", {}),
    ]


def test_other_lists_and_campaigns_do_not_exist(app: Flask) -> None:
    make_campaign()
    with pytest.raises(Invalid):
        comments(SLUG, "all", actor=ADMIN)
    for act in (
        lambda: comments("x", "waiting", actor=ADMIN),
        lambda: decide("x", {1: ""}, approve=True, actor=ADMIN),
    ):
        with pytest.raises(NotFound):
            act()


def test_who_agreed_to_the_first_wording_agreed_to_their_name_alone(app: Flask) -> None:
    make_campaign()
    put(name="Old Wording", comment="Not for the public.", public=True, wording=1)
    (new,) = put(name="New Wording", comment="For everybody.", public=True, wording=2)
    waiting = comments(SLUG, "waiting", actor=ADMIN)
    assert [one.id for one in waiting.comments] == [new]
    everybody = [int(row[0]) for row in rows("SELECT id FROM signature")]
    assert decide(SLUG, as_read(*everybody), approve=True, actor=ADMIN) == Decided(1, 0)
