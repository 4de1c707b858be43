"""The pages of the workspace, in one list."""

from __future__ import annotations

from campaign.staff import accounts, audit, dashboard, deliveries, exports, me

PAGES = (dashboard, me, accounts, audit, exports, deliveries)
