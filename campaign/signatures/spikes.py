"""Spikes: mail domains and networks that sign a campaign far more than is usual there.

The rule, in docs/decisions/0012-moderating.md: in the last hour at least LEAST signatures, and at
least TIMES as many as usual. Usual for a domain is its rate in the week before, as much faster as
everybody else has become; usual for a network is the median of the networks of this hour, which
many attackers at once do not shift as they would a mean, or one where there are few networks.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, text

from campaign import jobs
from campaign.accounts.mailing import alert_admins
from campaign.extensions import db
from campaign.signatures.models import DOMAIN

LEAST = 30
TIMES = 5
# With fewer signatures in the week before, or networks in the hour, nothing is usual yet.
HISTORY = 100
NETWORKS = 20
QUIET_AFTER_DISMISSAL = "24 hours"

_COUNTED = "state IN ('pending', 'confirmed')"
_SPIKES = f"""
    recent AS MATERIALIZED (
        SELECT campaign_id, {DOMAIN} AS domain, network_key
        FROM campaign c CROSS JOIN LATERAL (
            SELECT campaign_id, email_canonical, network_key FROM signature
            WHERE campaign_id = c.id AND created_at > now() - interval '1 hour' AND {_COUNTED}
        ) AS latest
        WHERE c.state = 'open'
    ), hours AS (
        SELECT campaign_id, count(*) AS signatures FROM recent GROUP BY campaign_id
    ), networks AS (
        SELECT campaign_id, network_key, count(*) AS signatures FROM recent
        WHERE network_key <> '' GROUP BY campaign_id, network_key
    ), medians AS (
        SELECT campaign_id, CASE WHEN count(*) < :networks THEN 1
            ELSE percentile_disc(0.5) WITHIN GROUP (ORDER BY signatures) END AS usual
        FROM networks GROUP BY campaign_id
    ), domains AS (
        SELECT campaign_id, domain, count(*) AS signatures FROM recent WHERE domain <> ''
        GROUP BY campaign_id, domain HAVING count(*) >= :least
    ), week AS MATERIALIZED (
        SELECT busy.campaign_id, past.domain, count(*) AS signatures, min(past.created_at) AS first
        FROM (SELECT DISTINCT campaign_id FROM domains) AS busy CROSS JOIN LATERAL (
            SELECT {DOMAIN} AS domain, created_at FROM signature
            WHERE campaign_id = busy.campaign_id AND {_COUNTED}
                AND created_at > now() - interval '7 days 1 hour'
                AND created_at <= now() - interval '1 hour'
        ) AS past GROUP BY busy.campaign_id, past.domain
    ), weeks AS (
        SELECT campaign_id, sum(signatures) AS everybody, greatest(1, extract(epoch FROM
            now() - interval '1 hour' - min(first)) / 3600) AS hours
        FROM week GROUP BY campaign_id HAVING sum(signatures) >= :history
    ), before AS (
        SELECT d.*, w.everybody, w.hours, h.signatures - d.signatures AS others,
            coalesce(own.signatures, 0) AS own
        FROM domains d JOIN weeks w USING (campaign_id) JOIN hours h USING (campaign_id)
        LEFT JOIN week AS own USING (campaign_id, domain)
    ), found AS (
        SELECT campaign_id, 'domain' AS kind, domain AS subject, signatures,
            (own + 1) * greatest(1 / hours, (others + 1.0) / (everybody - own + 1)) AS usual
        FROM before
        UNION ALL
        SELECT campaign_id, 'network', encode(network_key, 'hex'), n.signatures, m.usual
        FROM networks n JOIN medians m USING (campaign_id) WHERE n.signatures >= :least
    )
"""
# One alert is open for each; what was dismissed keeps quiet for a while.
_RAISE = text(
    f"""
    WITH {_SPIKES}, raised AS (
        INSERT INTO alert (campaign_id, kind, subject, since, signatures, usual)
        SELECT campaign_id, kind, subject, date_trunc('minute', now() - interval '1 hour'),
            signatures, usual
        FROM found WHERE signatures >= :times * usual AND NOT EXISTS (
            SELECT FROM alert a WHERE a.campaign_id = found.campaign_id AND a.kind = found.kind
                AND a.subject = found.subject
                AND a.dismissed_at > now() - interval '{QUIET_AFTER_DISMISSAL}')
        ON CONFLICT (campaign_id, kind, subject) WHERE dismissed_at IS NULL DO UPDATE
            SET seen_at = now(), signatures = greatest(alert.signatures, excluded.signatures)
        RETURNING campaign_id, xmax = 0 AS new
    )
    SELECT c.title FROM raised JOIN campaign c ON c.id = raised.campaign_id WHERE new
    """
)


def watch() -> int:
    """Raise an alert for every new spike and mail the admins about it. Returns how many are new."""
    with db.engine.begin() as connection:
        values = {"least": LEAST, "times": TIMES, "history": HISTORY, "networks": NETWORKS}
        titles = Counter(connection.execute(_RAISE, values).scalars())
        _tell(connection, titles)
    if titles:
        jobs.ring(jobs.SEND_MAIL)
    return titles.total()


def _tell(connection: Connection, titles: Counter[str]) -> None:
    # One mail for all that is new in a campaign: an attack from many networks is one event.
    for title, number in sorted(titles.items()):
        places = "one place" if number == 1 else f"{number} places"
        alert_admins(connection, {"campaign": title, "places": places})
