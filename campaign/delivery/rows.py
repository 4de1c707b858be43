"""The rows of packages in SQL: who confirmed online, and who signed on paper.

A row has its moment, at which it was confirmed or came here on paper; its kind, 0 for online and 1
for paper; its number, when it has one; and what its cells are made of.
"""

from __future__ import annotations

from campaign.delivery.exporting import cells
from campaign.delivery.slicing import matching

# Values: campaign_id, cut_off, and those of a slice.
ROWS = f"""(
    SELECT n.number, s.confirmed_at AS moment, 0 AS kind, s.id, s.pledge_text_id, s.name,
        s.postcode, s.country, s.created_at::date AS signed_on, s.comment
    FROM signature s LEFT JOIN delivery_number n
        ON n.signature_id = s.id AND n.campaign_id = %(campaign_id)s
    WHERE s.campaign_id = %(campaign_id)s AND s.state = 'confirmed'
        AND s.confirmed_at <= %(cut_off)s AND s.anonymised_at IS NULL AND {matching("s")}
    UNION ALL
    SELECT n.number, p.recorded_at, 1, p.id, b.pledge_text_id, p.name,
        p.postcode, p.country, p.signed_on, p.comment
    FROM paper_signature p JOIN paper_batch b ON b.id = p.batch_id LEFT JOIN delivery_number n
        ON n.paper_signature_id = p.id AND n.campaign_id = %(campaign_id)s
    WHERE p.campaign_id = %(campaign_id)s AND p.state = 'counted'
        AND p.recorded_at <= %(cut_off)s AND p.anonymised_at IS NULL AND {matching("p")}
) AS s"""
IN_ORDER = "s.moment, s.kind, s.id"
# How many rows of the delivery `d` were signed on paper.
ON_PAPER = (
    "(SELECT coalesce(sum(upper(r) - lower(r)), 0)::bigint FROM unnest(d.paper_numbers) AS r)"
)


def _as_sealed(part: str) -> str:
    statement = "CAST(d.statement AS jsonb) -> 'statement' -> 'official'"
    return f"coalesce({statement} ->> '{part}', o.{part})"


# Whom the delivery `d` to the official `o` was made for, as was sealed then: who holds the office
# by now, or is called otherwise, was given nothing.
NAME, TITLE, BODY = (_as_sealed(part) for part in ("name", "title", "body"))


def row_cells(number: str = "s.number") -> str:
    """SQL of the columns of a package for the row `s`."""
    return cells(number, signed_on="s.signed_on")


def before(number: str) -> str:
    """SQL of how many numbers of the delivery `d` come before this one."""
    return f"""
    (SELECT coalesce(sum(greatest(0, least(upper(r), {number}) - lower(r))), 0)::bigint
        FROM unnest(d.numbers) AS r)
    """
