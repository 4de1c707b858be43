"""The pages of the workspace, in one list."""

from __future__ import annotations

from campaign.staff import (
    accounts,
    alerts,
    articles,
    audit,
    campaign_editing,
    comments,
    dashboard,
    deliveries,
    exclusions,
    exports,
    histories,
    me,
    officials,
    overview,
    signatures,
)

PAGES = (
    dashboard,
    alerts,
    overview,
    campaign_editing,
    histories,
    signatures,
    comments,
    exclusions,
    exports,
    deliveries,
    articles,
    officials,
    me,
    accounts,
    audit,
)
