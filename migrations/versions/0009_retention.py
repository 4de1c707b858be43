"""Reminders to confirm, and the clock after which personal data goes.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_UP = (
    """
    ALTER TABLE signature ADD reminders smallint NOT NULL DEFAULT 0,
        ADD reminded_at timestamptz,
        ADD anonymised_at timestamptz
    """,
    # Who is reminded, and who never confirmed: both are looked for by the hour.
    "CREATE INDEX ix_signature_pending ON signature (created_at, id) WHERE state = 'pending'",
    "ALTER TABLE paper_signature ADD anonymised_at timestamptz",
    """
    ALTER TABLE campaign ADD keep_months integer
            CONSTRAINT ck_campaign_keep_months CHECK (keep_months BETWEEN 1 AND 120),
        ADD ended_at timestamptz
    """,
    # Nobody knows any more when these ended; nothing may go earlier than was ever said.
    "UPDATE campaign SET ended_at = now() WHERE state IN ('closed', 'delivered')",
    # Forms, files, deliveries and whoever corrects a row by hand: all of them end a campaign here.
    """
    CREATE FUNCTION campaign_ends() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.ended_at := CASE WHEN NEW.state IN ('closed', 'delivered') THEN now() END;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER campaign_starts_ended BEFORE INSERT ON campaign
    FOR EACH ROW EXECUTE FUNCTION campaign_ends()
    """,
    """
    CREATE TRIGGER campaign_ends BEFORE UPDATE OF state ON campaign
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION campaign_ends()
    """,
    """
    CREATE TABLE retention (
        campaign_id bigint NOT NULL CONSTRAINT pk_retention PRIMARY KEY
            CONSTRAINT fk_retention_campaign_id_campaign REFERENCES campaign (id),
        due_at timestamptz NOT NULL,
        announced_at timestamptz NOT NULL DEFAULT now(),
        began_at timestamptz,
        after_at timestamptz,
        after_id bigint NOT NULL DEFAULT 0,
        signatures bigint NOT NULL DEFAULT 0,
        ended_at timestamptz
    )
    """,
)
_DOWN = (
    "DROP TABLE retention",
    "DROP TRIGGER campaign_ends ON campaign",
    "DROP TRIGGER campaign_starts_ended ON campaign",
    "DROP FUNCTION campaign_ends",
    "ALTER TABLE campaign DROP keep_months, DROP ended_at",
    "ALTER TABLE paper_signature DROP anonymised_at",
    "DROP INDEX ix_signature_pending",
    "ALTER TABLE signature DROP reminders, DROP reminded_at, DROP anonymised_at",
    "DELETE FROM outgoing_mail WHERE kind = 'reminder'",
)


def upgrade() -> None:
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in _DOWN:
        op.execute(statement)
