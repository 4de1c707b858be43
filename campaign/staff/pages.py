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
)

PAGES = (dashboard, me, accounts, audit, campaign_editing, articles, officials, histories)
