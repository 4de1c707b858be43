"""Makes what a test starts from, with nothing but the parts that the test cares about."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import text

from campaign.campaigns.facts import forget_facts
from campaign.campaigns.models import Campaign, CampaignOfficial, Official, PledgeText
from campaign.extensions import db
from campaign.links import make_token

TEXT = "We ask for night buses on every line, every day of the week."


def make_campaign(slug: str = "night-buses", *, state: str = "open", **values: Any) -> Campaign:
    """A campaign with one text version and one official."""
    campaign = Campaign(
        slug=slug,
        title=values.pop("title", "Night buses for everyone"),
        ask=values.pop("ask", "Run a bus on every line, every night."),
        summary="",
        goal=values.pop("goal", 1000),
        state=state,
        **values,
    )
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    campaign.texts.append(
        PledgeText(version=1, markdown=TEXT, html=f"<p>{TEXT}</p>", sha256=digest)
    )
    official = Official(
        slug=f"official-of-{slug}",
        name="Ada Okafor",
        title="Mayor",
        body="City of Harrow Bay",
        email="mayor@harrowbay.example",
    )
    campaign.addressed.append(CampaignOfficial(official=official, position=1))
    db.session.add(campaign)
    db.session.commit()
    forget_facts()
    return campaign


def form(**changes: str) -> dict[str, str]:
    """The fields of a sign form that passes, with `changes`."""
    return {
        "name": "Zoë Nguyễn",
        "email": "zoe@example.org",
        "country": "GB",
        "postcode": "N1 9GU",
        "consent": "y",
        **changes,
    }


def rows(query: str, **values: Any) -> list[tuple[Any, ...]]:
    """What `query` finds, for asserting on the database itself."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def value(query: str, **values: Any) -> Any:
    """The one value that `query` finds."""
    return rows(query, **values)[0][0]


def confirm_token(email: str = "zoe@example.org") -> str:
    """The token that the confirmation mail to `email` carries."""
    return make_token("confirm", value("SELECT id FROM signature WHERE email = :e", e=email))


def somebody_waits() -> bool:
    """Whether a session waits for a lock that another one holds."""
    return bool(rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
