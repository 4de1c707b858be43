"""The pages of the workspace, in one list."""

from __future__ import annotations

from campaign.staff import accounts, audit, dashboard, me, overview

PAGES = (dashboard, overview, me, accounts, audit)
