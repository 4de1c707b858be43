"""Proving: which deliveries hold somebody's signature, and the receipt that each of them gives."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from campaign.delivery import leaves, merkle, receipts
from campaign.delivery.arriving import ARRIVED
from campaign.delivery.exporting import cells, write_rows
from campaign.delivery.rows import BODY, NAME, TITLE
from campaign.delivery.session import session
from campaign.errors import GroundswellError, NotFound
from campaign.extensions import db
from campaign.languages import gettext as _
from campaign.signatures.own import iso

# Only what has reached its office: what is merely ready, or came back, may never do so.
_HELD = f"""
    SELECT d.id, d.number AS delivery, n.number, d.row_count, d.statement,
        concat_ws(', ', nullif({NAME}, ''), nullif({TITLE}, ''), nullif({BODY}, '')) AS official,
        upper(d.numbers) = d.row_count + 1 AS gapless, d.sent_at, d.acknowledged_at,
        coalesce(n.number <@ d.paper_numbers, false) AS on_paper, s.state, s.anonymised_at, c.slug
    FROM delivery_number n JOIN signature s ON s.id = n.signature_id
    JOIN campaign c ON c.id = n.campaign_id
    JOIN delivery d ON d.campaign_id = n.campaign_id AND d.numbers @> n.number
    JOIN official o ON o.id = d.official_id
    WHERE s.id = :id AND {ARRIVED}
"""
_ALL = text(f"{_HELD} ORDER BY d.number")
_ONE = text(f"{_HELD} AND d.number = :delivery")
# As it stands, and as it was before each correction: what was delivered is one of these.
_ROWS = f"""
SELECT {cells("n.number")} FROM delivery_number n JOIN (
    SELECT id, name, postcode, country, created_at, comment FROM signature
    UNION ALL
    SELECT o.id, c.name, c.postcode, c.country, o.created_at, c.comment
    FROM signature_correction c JOIN signature o ON o.id = c.signature_id
) AS s ON s.id = n.signature_id WHERE s.id = %(id)s
"""


@dataclass(frozen=True)
class HandedOver:
    """A delivery that holds the signature: under `number`, as one of `count`.

    When it is `gapless`, its numbers go from 1 to `count`. `on_paper` is one that was delivered as
    it was signed on paper, before it was confirmed online: there is no receipt of that.
    """

    delivery: int
    official: str
    number: int
    count: int
    gapless: bool
    on_paper: bool
    sent_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    provable: bool

    def as_data(self) -> dict[str, Any]:
        """All of it as plain values for JSON."""
        times = {"sent_at": iso(self.sent_at), "acknowledged_at": iso(self.acknowledged_at)}
        return {**asdict(self), **times}


@dataclass(frozen=True)
class Receipt:
    """A receipt as a file, and the campaign that it is about."""

    slug: str
    data: bytes


class NotProvable(GroundswellError):
    """There is no receipt for this delivery."""

    status = 409


def handed_over(signature_id: int) -> list[HandedOver]:
    """The deliveries that hold the signature and are in the hands of their officials."""
    with db.engine.connect() as connection:
        rows = connection.execute(_ALL, {"id": signature_id}).all()
    return [
        HandedOver(
            delivery=row.delivery,
            official=row.official,
            number=row.number,
            count=row.row_count,
            gapless=row.gapless,
            on_paper=row.on_paper,
            sent_at=row.sent_at,
            acknowledged_at=row.acknowledged_at,
            provable=_is_provable(row),
        )
        for row in rows
    ]


def receipt(signature_id: int, delivery: int) -> Receipt:
    """What proves that the signature is in that delivery, and says nothing of anybody else.

    Raises NotFound when it is not in one that was handed over, and NotProvable when a receipt
    would be wrong or cannot be made.
    """
    with db.engine.connect() as connection:
        values = {"id": signature_id, "delivery": delivery}
        row = connection.execute(_ONE, values).one_or_none()
        if row is None:
            raise NotFound
        if row.on_paper:
            raise NotProvable(
                _(
                    "What was delivered is your signature on paper, and there are receipts only "
                    "for what was signed online."
                )
            )
        if not _is_provable(row):
            raise NotProvable(_("There is no receipt for this delivery."))
        index = leaves.index_of(connection, row.id, row.number)
        proof = leaves.proof(connection, row.id, index)
    kept = _rows(signature_id)
    found = next((one for one in kept if merkle.leaf(proof.salt, one) == proof.leaf), None)
    if found is None:
        raise NotProvable(
            _(
                "Your details have changed since they were handed over, so a receipt made now "
                "would not match what was delivered."
            )
        )
    data = receipts.make(row.statement, found, proof.salt, index, proof.path)
    return Receipt(row.slug, data)


def _is_provable(row: Any) -> bool:
    held = row.state != "erased" and row.anonymised_at is None
    return row.statement is not None and held and not row.on_paper


def _rows(signature_id: int) -> list[list[str]]:
    """The rows of the signature, exactly as packages hold them."""
    table = io.BytesIO()
    with session() as pg:
        write_rows(pg, _ROWS, {"id": signature_id}, table)
    return list(csv.reader(io.StringIO(table.getvalue().decode(), newline="")))
