"""Staff accounts: who may enter the workspace, with which role, and what they did there."""
