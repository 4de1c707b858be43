"""What the charts of the workspace are made of.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UP: tuple[str, ...] = (
    """
    ALTER TABLE signature_change
        ADD country varchar NOT NULL DEFAULT '',
        ADD source varchar NOT NULL DEFAULT '',
        ADD domain varchar NOT NULL DEFAULT '',
        ADD signed_at timestamptz NOT NULL DEFAULT now(),
        ADD confirmed_at timestamptz
    """,
)
DOWN: tuple[str, ...] = (
    """
    ALTER TABLE signature_change DROP country, DROP source, DROP domain, DROP signed_at,
        DROP confirmed_at
    """,
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
