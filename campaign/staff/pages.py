"""The pages of the workspace, in one list."""

from __future__ import annotations

from campaign.staff import (
    accounts,
    alerts,
    audit,
    comments,
    dashboard,
    exclusions,
    me,
    signatures,
)

PAGES = (dashboard, me, signatures, comments, exclusions, alerts, accounts, audit)
