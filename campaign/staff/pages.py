"""The pages of the workspace, in one list."""

from __future__ import annotations

from campaign.staff import (
    accounts,
    articles,
    audit,
    campaign_editing,
    dashboard,
    histories,
    me,
    officials,
    overview,
)

PAGES = (
    dashboard,
    overview,
    campaign_editing,
    histories,
    articles,
    officials,
    me,
    accounts,
    audit,
)
