"""Handing a package out to the office that it was sent to."""

from __future__ import annotations

from sqlalchemy import text

from campaign.accounts.audit import record
from campaign.delivery.fetching import Damaged, Fetched
from campaign.delivery.offices import enter, note_use
from campaign.delivery.outdated import refuse_to_office
from campaign.delivery.sending import packed_for
from campaign.errors import NotFound
from campaign.extensions import db
from campaign.languages import gettext as _

_DELIVERY = text(
    """
    SELECT d.id, d.state, d.number, d.file, d.sha256, c.slug, o.slug AS official, o.age_key
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
    WHERE o.id = :official AND c.slug = :slug AND d.number = :number
        AND d.state IN ('sent', 'acknowledged')
    """
)


def fetch_for_office(token: str, slug: str, number: int) -> Fetched:
    """Open the package of a delivery for the office that `token` was mailed to, on record.

    When the office has a public key, that is the encrypted one and no other: whoever reads its
    mail gets nothing that can be read. Raises NotFound, LinkExpired, NotNow when
    our copy is gone, or people have left who must not be handed out; Damaged, CannotWrite.
    """
    office = enter(token)
    values = {"official": office.id, "slug": slug, "number": number}
    with db.engine.connect() as connection:
        row = connection.execute(_DELIVERY, values).one_or_none()
        if row is None:
            raise NotFound
        refuse_to_office(connection, row.id, acknowledged=row.state == "acknowledged")
    packed = packed_for(row, office.actor)
    try:
        file = packed.path.open("rb")
    except OSError as error:
        raise Damaged(_("The file cannot be opened on this machine any more.")) from error
    with db.engine.begin() as connection:
        note_use(connection, office)
        details = {"encrypted": "yes" if packed.encrypted else "no"}
        record(connection, office.actor, "package downloaded", f"delivery:{slug}/{number}", details)
    return Fetched(packed.name, packed.size, file)
