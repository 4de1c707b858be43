"""What the charts of the workspace are made of, from what has been signed so far.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = ("pending", "confirmed", "withdrawn", "excluded", "erased")
_CHANGED = ", ".join(
    f"count(*) FILTER (WHERE new_state = '{s}') - count(*) FILTER (WHERE old_state = '{s}') AS {s}"
    for s in STATES
)
_ADDED = ", ".join(f"{s} = campaign_count.{s} + excluded.{s}" for s in STATES)
_BY_STATE = ", ".join(f"count(*) FILTER (WHERE state = '{s}')" for s in STATES)
_COUNTS = ", ".join(f"{s} bigint NOT NULL DEFAULT 0" for s in STATES)

UP: tuple[str, ...] = (
    """
    ALTER TABLE signature_change
        ADD country varchar NOT NULL DEFAULT '',
        ADD source varchar NOT NULL DEFAULT '',
        ADD domain varchar NOT NULL DEFAULT '',
        ADD signed_at timestamptz NOT NULL DEFAULT now(),
        ADD confirmed_at timestamptz,
        ALTER new_state DROP NOT NULL
    """,
    # What waits does not say yet what the tables below need: it is counted here, the tables are
    # filled from the signatures.
    f"""
    WITH taken AS (DELETE FROM signature_change RETURNING campaign_id, old_state, new_state)
    INSERT INTO campaign_count (campaign_id, {", ".join(STATES)})
    SELECT campaign_id, {_CHANGED} FROM taken GROUP BY campaign_id
    ON CONFLICT (campaign_id) DO UPDATE SET {_ADDED}, folded_at = now()
    """,
    # Mails that failed before count like those that will: the next folding finds them.
    "ALTER TABLE outgoing_mail ADD counted boolean NOT NULL DEFAULT false",
    """
    CREATE INDEX ix_outgoing_mail_uncounted ON outgoing_mail (id)
        WHERE state = 'failed' AND NOT counted
    """,
    """
    CREATE TABLE signature_hour (
        campaign_id bigint NOT NULL
            CONSTRAINT fk_signature_hour_campaign_id_campaign REFERENCES campaign (id),
        hour timestamptz NOT NULL,
        submitted bigint NOT NULL DEFAULT 0,
        confirmed bigint NOT NULL DEFAULT 0,
        CONSTRAINT pk_signature_hour PRIMARY KEY (campaign_id, hour)
    )
    """,
    f"""
    CREATE TABLE signature_tally (
        campaign_id bigint NOT NULL
            CONSTRAINT fk_signature_tally_campaign_id_campaign REFERENCES campaign (id),
        dimension varchar NOT NULL CONSTRAINT ck_signature_tally_dimension
            CHECK (dimension IN ('country', 'source', 'domain')),
        day date NOT NULL,
        value varchar NOT NULL,
        {_COUNTS},
        bounced bigint NOT NULL DEFAULT 0,
        submitted bigint NOT NULL
            GENERATED ALWAYS AS (pending + confirmed + withdrawn + excluded + erased) STORED,
        CONSTRAINT pk_signature_tally PRIMARY KEY (campaign_id, dimension, day, value)
    )
    """,
    """
    CREATE INDEX ix_signature_tally_largest
        ON signature_tally (campaign_id, dimension, submitted DESC, value)
        WHERE day = '-infinity'
    """,
    """
    CREATE TABLE signature_minutes (
        campaign_id bigint NOT NULL
            CONSTRAINT fk_signature_minutes_campaign_id_campaign REFERENCES campaign (id),
        domain varchar NOT NULL,
        day date NOT NULL,
        minutes integer NOT NULL,
        confirmed bigint NOT NULL DEFAULT 0,
        CONSTRAINT pk_signature_minutes PRIMARY KEY (campaign_id, domain, day, minutes)
    )
    """,
    """
    INSERT INTO signature_hour (campaign_id, hour, submitted, confirmed)
    SELECT campaign_id, date_trunc('hour', at, 'UTC'), sum(submitted), sum(confirmed)
    FROM signature CROSS JOIN LATERAL (VALUES (created_at, 1, 0),
        (coalesce(confirmed_at, created_at), 0, (state = 'confirmed')::int)
    ) AS seen (at, submitted, confirmed) WHERE submitted + confirmed > 0 GROUP BY 1, 2
    """,
    f"""
    INSERT INTO signature_tally (campaign_id, dimension, day, value, {", ".join(STATES)})
    SELECT campaign_id, dimension, coalesce(day, '-infinity'), value, {_BY_STATE}
    FROM (SELECT campaign_id, state, dimension, value, (created_at AT TIME ZONE 'UTC')::date AS day
        FROM signature CROSS JOIN LATERAL (VALUES ('country', country), ('source', source),
            ('domain', split_part(email_canonical, '@', 2))) AS known (dimension, value)) AS seen
    GROUP BY GROUPING SETS ((1, 2, 4), (1, 2, 4, day))
    """,
    """
    INSERT INTO signature_minutes (campaign_id, domain, day, minutes, confirmed)
    SELECT campaign_id, domain, coalesce(day, '-infinity'), minutes, count(*)
    FROM (SELECT campaign_id, split_part(email_canonical, '@', 2) AS domain,
            (created_at AT TIME ZONE 'UTC')::date AS day,
            CASE WHEN m < 10 THEN m WHEN m < 60 THEN m / 5 * 5 WHEN m < 1440 THEN m / 60 * 60
                ELSE m / 1440 * 1440 END AS minutes
        FROM signature CROSS JOIN LATERAL (SELECT greatest(0,
            floor(extract(epoch FROM confirmed_at - created_at) / 60))::int AS m) AS took
        WHERE state = 'confirmed' AND confirmed_at IS NOT NULL) AS seen
    GROUP BY GROUPING SETS ((1, 2, 4), (1, 2, 4, day))
    """,
)
DOWN: tuple[str, ...] = (
    "DROP TABLE signature_minutes",
    "DROP TABLE signature_tally",
    "DROP TABLE signature_hour",
    "DROP INDEX ix_outgoing_mail_uncounted",
    "ALTER TABLE outgoing_mail DROP counted",
    """
    ALTER TABLE signature_change DROP country, DROP source, DROP domain, DROP signed_at,
        DROP confirmed_at, ALTER new_state SET NOT NULL
    """,
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
