"""Writing in the workspace: images, schedules, who saved what.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REVISED = """
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_by varchar NOT NULL DEFAULT ''
"""
_PICTURED = """
    ADD COLUMN picture_sha256 bytea CONSTRAINT fk_{0}_picture_sha256_picture
        REFERENCES picture (sha256),
    ADD COLUMN picture_alt varchar NOT NULL DEFAULT '',
    ADD CONSTRAINT ck_{0}_picture_alt CHECK (picture_sha256 IS NULL OR picture_alt <> '')
"""

UP: tuple[str, ...] = (
    """
    CREATE TABLE picture (
        sha256 bytea CONSTRAINT pk_picture PRIMARY KEY,
        width integer NOT NULL,
        height integer NOT NULL,
        large bytea NOT NULL,
        small bytea NOT NULL,
        created_by varchar NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE content_revision (
        subject varchar NOT NULL,
        revision integer NOT NULL,
        saved_by varchar NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT now(),
        content jsonb NOT NULL,
        CONSTRAINT pk_content_revision PRIMARY KEY (subject, revision)
    )
    """,
    f"""
    ALTER TABLE article {_REVISED}, {_PICTURED.format("article")},
        ADD COLUMN state varchar NOT NULL DEFAULT 'published'
            CONSTRAINT ck_article_state CHECK (state IN ('draft', 'published')),
        ADD COLUMN related varchar[] NOT NULL DEFAULT '{{}}',
        ALTER COLUMN updated_at SET DEFAULT now(),
        ALTER COLUMN published TYPE timestamptz USING published::timestamp AT TIME ZONE 'UTC',
        ALTER COLUMN published DROP NOT NULL,
        ADD CONSTRAINT ck_article_published CHECK (state = 'draft' OR published IS NOT NULL)
    """,
    "CREATE INDEX ix_article_published ON article (published)",
    f"""
    ALTER TABLE campaign {_REVISED}, {_PICTURED.format("campaign")},
        ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now()
    """,
    f"ALTER TABLE official {_REVISED}, ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now()",
)
DOWN: tuple[str, ...] = (
    "ALTER TABLE official DROP revision, DROP updated_by, DROP updated_at",
    "ALTER TABLE campaign DROP revision, DROP updated_by, DROP updated_at,"
    " DROP picture_sha256, DROP picture_alt",
    # Before this, whatever was there was public: what is not must not become so.
    "DELETE FROM article WHERE state = 'draft' OR published > now()",
    """
    ALTER TABLE article DROP revision, DROP updated_by, DROP picture_sha256, DROP picture_alt,
        DROP state, DROP related, ALTER COLUMN updated_at DROP DEFAULT,
        ALTER COLUMN published TYPE date USING (published AT TIME ZONE 'UTC')::date,
        ALTER COLUMN published SET NOT NULL
    """,
    "DROP INDEX ix_article_published",
    "DROP TABLE content_revision",
    "DROP TABLE picture",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
