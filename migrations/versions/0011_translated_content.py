"""Campaigns, pledges and articles in several languages.

Going back loses the translations; the originals, which are what was signed, stay as they are.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TRANSLATED = """
        language varchar NOT NULL,
        title varchar NOT NULL,
        summary varchar NOT NULL,
        picture_alt varchar NOT NULL,
        stale boolean NOT NULL DEFAULT false,
        revision integer NOT NULL DEFAULT 1,
        updated_by varchar NOT NULL DEFAULT '',
        updated_at timestamptz NOT NULL DEFAULT now()
"""

UP: tuple[str, ...] = (
    "ALTER TABLE campaign ADD COLUMN language varchar NOT NULL DEFAULT 'en'",
    "ALTER TABLE article ADD COLUMN language varchar NOT NULL DEFAULT 'en'",
    f"""
    CREATE TABLE campaign_translation (
        campaign_id bigint NOT NULL
            CONSTRAINT fk_campaign_translation_campaign_id_campaign REFERENCES campaign (id),
        ask varchar NOT NULL, {_TRANSLATED},
        CONSTRAINT pk_campaign_translation PRIMARY KEY (campaign_id, language)
    )
    """,
    """
    CREATE TABLE pledge_text_translation (
        pledge_text_id bigint NOT NULL
            CONSTRAINT fk_pledge_text_translation_pledge_text_id_pledge_text
            REFERENCES pledge_text (id),
        language varchar NOT NULL,
        markdown varchar NOT NULL,
        html varchar NOT NULL,
        sha256 varchar NOT NULL,
        CONSTRAINT pk_pledge_text_translation PRIMARY KEY (pledge_text_id, language)
    )
    """,
    f"""
    CREATE TABLE article_translation (
        article_id bigint NOT NULL
            CONSTRAINT fk_article_translation_article_id_article REFERENCES article (id),
        section varchar NOT NULL,
        topic varchar NOT NULL,
        markdown varchar NOT NULL,
        blocks jsonb NOT NULL, {_TRANSLATED},
        CONSTRAINT pk_article_translation PRIMARY KEY (article_id, language)
    )
    """,
)
DOWN: tuple[str, ...] = (
    "DROP TABLE article_translation",
    "DROP TABLE pledge_text_translation",
    "DROP TABLE campaign_translation",
    "ALTER TABLE article DROP language",
    "ALTER TABLE campaign DROP language",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
