"""Pictures as AVIF, too, which most browsers read and which weighs less.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was uploaded before stays WebP alone until it is uploaded again. The pages ask which it
    # is for each picture that they show, and must not read its bytes for that.
    op.execute(
        """
        ALTER TABLE picture
            ADD COLUMN large_avif bytea,
            ADD COLUMN small_avif bytea,
            ADD COLUMN has_avif boolean NOT NULL
                GENERATED ALWAYS AS (large_avif IS NOT NULL AND small_avif IS NOT NULL) STORED
        """
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE picture DROP COLUMN has_avif, DROP COLUMN large_avif, DROP COLUMN small_avif"
    )
