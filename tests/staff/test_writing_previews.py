"""Previews of articles in the workspace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.making import make_campaign, rows
from tests.support.staff import Staff
from tests.support.writing import article_form

NEW = "/staff/articles/new"


@pytest.fixture
def organiser(staff: Callable[[str], Staff]) -> Staff:
    return staff("organiser")


def test_the_preview_is_the_real_page_and_stores_nothing(organiser: Staff) -> None:
    make_campaign()
    form = article_form(
        title="<i>Soon</i>", markdown="**Bold**\n\nTake action: Go", campaign="night-buses"
    )
    answer = organiser.post("/staff/preview/article", form)
    assert answer.status_code == 200
    assert "<strong>Bold</strong>" in answer.text
    assert "&lt;i&gt;Soon&lt;/i&gt;" in answer.text
    assert 'class="call-out' in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert rows("SELECT FROM article") == []


def test_a_preview_of_nothing_and_of_nonsense_is_still_a_page(organiser: Staff) -> None:
    assert organiser.post("/staff/preview/article", {}).status_code == 200
    nonsense = article_form(
        title="\0\ufffd", slug="../..", published="x", campaign="\0", related=["\0"], markdown="\0"
    )
    assert organiser.post("/staff/preview/article", nonsense).status_code == 200


def test_the_form_itself_may_be_framed_by_nobody(organiser: Staff) -> None:
    policy = organiser.get(NEW).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "frame-src 'self'" in policy
