"""An office reads, acknowledges and answers; everybody sees it. All of it usable by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from campaign.accounts.audit import Actor
from campaign.app import build_app
from campaign.delivery.requesting import request_delivery
from campaign.delivery.sending import send_delivery
from campaign.delivery.wishing import Wish
from campaign.extensions import db
from campaign.links import make_token
from campaign.settings import from_environment
from tests.browser.conftest import Visit
from tests.browser.looking import accessibility, measure
from tests.browser.stage import Stage
from tests.browser.test_mails import NO_LANDMARKS
from tests.browser.test_pages import expect_usable
from tests.local.processes import until

SLUG = "reached"
STATE = (
    "SELECT d.state, d.error FROM delivery d JOIN campaign c ON c.id = d.campaign_id"
    " WHERE c.slug = %s"
)
KINDS = ("delivery", "delivered", "answered")


@pytest.fixture(scope="module")
def token(stage: Stage) -> str:
    """What opens the page of an office to which a delivery was sent."""
    site = stage.site
    site.rows("UPDATE signature SET updates = true WHERE state = 'confirmed'")
    official = site.value(
        "SELECT o.slug FROM official o JOIN campaign_official a ON a.official_id = o.id"
        " JOIN campaign c ON c.id = a.campaign_id WHERE c.slug = %s ORDER BY a.position LIMIT 1",
        SLUG,
    )
    admin = Actor("admin@example.org")
    with _inside(stage):
        number = request_delivery(SLUG, Wish(official), actor=admin)
        until(lambda: site.rows(STATE, SLUG)[0][0] in ("ready", "failed"), seconds=60)
        assert site.rows(STATE, SLUG) == [("ready", None)]
        send_delivery(SLUG, number, actor=admin)
        return make_token("office", site.value("SELECT max(id) FROM office_link"))


def test_an_office_acknowledges_and_answers(visit: Visit, stage: Stage, token: str) -> None:
    page = visit(f"/office/{token}")
    expect_usable(page)
    page.get_by_role("link", name="Open and acknowledge").click()
    expect(page.get_by_role("button", name="Acknowledge the delivery")).to_be_visible()
    expect_usable(page)
    page.get_by_label("Your name").fill("Rahel Osei")
    page.get_by_label("Your role").fill("Clerk")
    page.get_by_role("button", name="Acknowledge the delivery").click()
    expect(page.get_by_role("heading", name="Acknowledged")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the package").click()
    assert download.value.suggested_filename.endswith("-1.zip")
    page.get_by_role("link", name="Write an answer").click()
    expect(page.get_by_label("Your answer")).to_be_visible()
    expect_usable(page)
    page.get_by_label("Your answer").fill("We will.\n\nSoon.")
    page.get_by_label("Your name").fill("Rahel Osei")
    page.get_by_role("button", name="See how it will look").click()
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_label("Your answer")).to_have_value("We will.\n\nSoon.")
    page.get_by_role("button", name="See how it will look").click()
    expect(page.get_by_role("button", name="Publish and mail it")).to_be_visible()
    expect_usable(page)
    page.get_by_role("button", name="Publish and mail it").click()
    expect(page.get_by_text("We will.")).to_be_visible()
    expect_usable(page)
    public = visit(f"/campaigns/{SLUG}/deliveries")
    expect(public.get_by_text("We will.")).to_be_visible()
    expect_usable(public)
    public.goto(f"/campaigns/{SLUG}")
    expect(public.get_by_text("We will.")).to_be_visible()
    expect_usable(public)


@pytest.mark.parametrize("kind", KINDS)
def test_its_mails_can_be_read_by_everybody(
    visit: Visit, stage: Stage, token: str, kind: str
) -> None:
    query = "SELECT max(id) FROM outgoing_mail WHERE kind = %s AND state = 'sent'"
    number = until(lambda: stage.site.value(query, kind), seconds=30)
    (file,) = (stage.site.data_dir / "mail").glob(f"{number}.*.eml")
    page = visit(f"/dev/mailbox/{file.stem}/html")
    complaints = []
    for width in (390, 640):
        page.set_viewport_size({"width": width, "height": 900})
        complaints += measure(page)["overflow"]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            complaints += accessibility(page, rules=NO_LANDMARKS)
    assert complaints == []


@pytest.mark.parametrize("path", ["/office", "/office/asked", "unsubscribe"])
def test_the_small_pages_can_be_used_by_everybody(
    visit: Visit, stage: Stage, token: str, path: str
) -> None:
    if path == "unsubscribe":
        with _inside(stage):
            path = f"/unsubscribe/{make_token('unsubscribe', 1)}"
    expect_usable(visit(path))


@contextmanager
def _inside(stage: Stage) -> Iterator[None]:
    """The site's application in this process, for what no page and no command does."""
    site = stage.site
    services = {"DATABASE_URL": site.database_url, "REDIS_URL": site.redis_url}
    with build_app(from_environment({**site.env, **services})).app_context():
        yield
        db.engine.dispose()
