"""Campaigns, the versions of their pledge text, and the officials they address."""
