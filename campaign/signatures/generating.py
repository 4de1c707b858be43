"""Signatures of invented people, in bulk, for trials and benchmarks."""

from __future__ import annotations

import secrets
from itertools import product

from sqlalchemy import Connection, text

from campaign.errors import GroundswellError, NotFound
from campaign.extensions import db
from campaign.links import settings
from campaign.signatures.changes import NEEDED, note_change
from campaign.signatures.consents import CURRENT
from campaign.signatures.counting import fold
from campaign.signatures.invented import COMMENTS, DOMAINS, PEOPLES, SOURCES

MOST = 5_000_000
SPREAD_DAYS = 60
_CHUNK = 200_000

_CAMPAIGN = text(
    """
    SELECT c.id AS campaign_id, max(t.id) AS pledge_text_id,
        greatest(now() - make_interval(days => :days),
            (SELECT max(confirmed_at) FROM signature
             WHERE campaign_id = c.id AND state = 'confirmed')) AS since, now() AS until
    FROM campaign c JOIN pledge_text t ON t.campaign_id = c.id
    WHERE c.slug = :slug GROUP BY c.id
    """
)
# Time moves on with n, so that the table lies in the order in which it is read, as it does
# when real people sign; the square root makes the campaign grow faster towards its end, and the
# sine makes nights of it. Addresses ascend too, which is kind to their index. One in ten takes
# long to confirm, at some mail domains longer than at others.
_INSERT = text(
    f"""
    WITH drawn AS MATERIALIZED (
        SELECT n, 1 + floor(random() * :people)::int AS person, random() AS luck,
            1 + floor(random() * :comments)::int AS words, sqrt((n - random()) / :total) AS gone,
            1 + floor(power(random(), 2) * cardinality(CAST(:domains AS text[])))::int AS at,
            1 + floor(power(random(), 3) * cardinality(CAST(:sources AS text[])))::int AS via
        FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
    ), timed AS (
        SELECT *, CAST(:since AS timestamptz) + (CAST(:until AS timestamptz)
            - CAST(:since AS timestamptz)) * gone
                * (1 - (1 + sin(gone * :days * 2 * pi())) / (12 * :days)) AS moment,
            CASE WHEN luck < 0.9 THEN 2 + luck * 12 * (1 + at % 3)
                ELSE 6000 * power(luck - 0.9, 1.2) * (1 + at % 4) END AS minutes
        FROM drawn
    ), signed AS (
        INSERT INTO signature (campaign_id, pledge_text_id, name, email, email_canonical, country,
            postcode, comment, updates, public, consent_version, language, source, network_key,
            state, created_at, confirmed_at)
        SELECT :campaign_id, :pledge_text_id, name, address, address, country,
            postcode, CASE WHEN luck < 0.2 THEN (CAST(:texts AS text[]))[words] ELSE '' END,
            luck < 0.4, luck > 0.6, :consent_version, 'en', (CAST(:sources AS text[]))[via],
            decode(md5(:run || n), 'hex'), 'confirmed',
            greatest(CAST(:since AS timestamptz), moment - minutes * interval '1 minute'), moment
        FROM timed
        JOIN unnest(CAST(:names AS text[]), CAST(:countries AS text[]), CAST(:postcodes AS text[]))
            WITH ORDINALITY AS people (name, country, postcode, person) USING (person)
        CROSS JOIN LATERAL (SELECT 'supporter.' || :run || to_char(n, 'FM0000000') || '@'
            || (CAST(:domains AS text[]))[at] AS address) AS addresses
        ORDER BY n
        RETURNING {NEEDED}
    )
    {note_change("signed", "NULL", "'confirmed'")}
    """
)
_ARTICLES = text("SELECT slug FROM article WHERE campaign_id = :campaign_id ORDER BY slug")


def generate(slug: str, number: int) -> int:
    """Put `number` confirmed signatures of invented people under the campaign, and count them.

    All of them or none. They follow in time what is there, and no mail is written. Returns how
    many there are. Raises NotFound, or GroundswellError in production and for a number out of
    bounds.
    """
    if settings().production:
        raise GroundswellError("signatures are never invented when ENVIRONMENT=production")
    if not 1 <= number <= MOST:
        raise GroundswellError(f"N must be a whole number from 1 to {MOST:,}, not {number:,}")
    with db.engine.begin() as connection:
        found = connection.execute(_CAMPAIGN, {"slug": slug, "days": SPREAD_DAYS}).one_or_none()
        if found is None:
            raise NotFound(f"there is no campaign {slug!r}")
        _insert(connection, number, found._asdict())
    fold()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE signature"))
    return number


def _insert(connection: Connection, number: int, values: dict[str, object]) -> None:
    people = [
        (people.between.join(name), people.country, people.postcode)
        for people in PEOPLES
        for name in product(people.first, people.second)
    ]
    names, countries, postcodes = (list(column) for column in zip(*people, strict=True))
    articles = connection.scalars(_ARTICLES, {"campaign_id": values["campaign_id"]})
    values |= {
        "domains": list(DOMAINS),
        "sources": [*SOURCES, *(f"from={slug}" for slug in articles)],
        "days": SPREAD_DAYS,
        "names": names,
        "countries": countries,
        "postcodes": postcodes,
        "people": len(people),
        "texts": list(COMMENTS),
        "comments": len(COMMENTS),
        "consent_version": CURRENT.version,
        "run": secrets.token_hex(5) + ".",
        "total": number,
    }
    for first in range(1, number + 1, _CHUNK):
        last = min(number, first + _CHUNK - 1)
        connection.execute(_INSERT, {**values, "first": first, "last": last})
