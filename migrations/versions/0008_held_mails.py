"""Mails that are held back because their signature is out.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATE = """
    ALTER TABLE outgoing_mail DROP CONSTRAINT ck_outgoing_mail_state,
        ADD CONSTRAINT ck_outgoing_mail_state CHECK (state IN ({}))
"""


def upgrade() -> None:
    op.execute(_STATE.format("'queued', 'sending', 'sent', 'failed', 'held'"))


def downgrade() -> None:
    op.execute("DELETE FROM outgoing_mail WHERE state = 'held'")
    op.execute(_STATE.format("'queued', 'sending', 'sent', 'failed'"))
