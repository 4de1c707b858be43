"""The language in which an office is written to.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE official ADD COLUMN language varchar NOT NULL DEFAULT 'en'")


def downgrade() -> None:
    op.execute("ALTER TABLE official DROP COLUMN language")
