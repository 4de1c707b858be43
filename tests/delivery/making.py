"""Makes campaigns with confirmed signatures, and reads what is exported of them."""

from __future__ import annotations

import csv
import io
import re
import secrets
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import text

from campaign.campaigns.models import Campaign, CampaignOfficial, Official
from campaign.delivery.compiling import Compiled, compile_delivery
from campaign.delivery.exporting import Format, export_signatures
from campaign.delivery.wishing import Wish
from campaign.extensions import db
from campaign.signatures.generating import generate
from tests.support.making import make_campaign

SLUG = "night-buses"
MAYOR = "official-of-night-buses"
MINISTER = "minister"

_SIGN = text(
    """
    INSERT INTO signature (campaign_id, pledge_text_id, name, email, email_canonical, country,
        postcode, comment, updates, public, consent_version, language, source, network_key,
        state, created_at, confirmed_at)
    SELECT c.id, max(t.id), :name, :email, :email, :country, :postcode, :comment, false, false, 1,
        'en', '', '\\x00', :state, timestamptz '2026-03-01 23:30+00', now()
    FROM campaign c JOIN pledge_text t ON t.campaign_id = c.id WHERE c.slug = :slug GROUP BY c.id
    RETURNING id
    """
)


def petition(slug: str = SLUG) -> Campaign:
    """A campaign to a mayor and a minister."""
    campaign = make_campaign(slug)
    minister = Official(
        slug=MINISTER if slug == SLUG else f"minister-of-{slug}",
        name="李 Zoë",
        title="Minister of Transport",
        body="Government",
        email="minister@example.org",
    )
    campaign.addressed.append(CampaignOfficial(official=minister, position=2))
    db.session.commit()
    return campaign


def sign(
    name: str = "Zoë",
    comment: str = "",
    *,
    postcode: str = "N1 9GU",
    country: str = "GB",
    state: str = "confirmed",
    slug: str = SLUG,
) -> int:
    """One signature; returns its id."""
    with db.engine.begin() as connection:
        count = connection.execute(text("SELECT count(*) FROM signature")).scalar_one()
        values = {
            "name": name,
            "comment": comment,
            "postcode": postcode,
            "country": country,
            "state": state,
            "slug": slug,
        }
        values["email"] = f"p{count}@example.org"
        return int(connection.execute(_SIGN, values).scalar_one())


# What there is once the mail server has taken the mail of each delivery that was sent.
TAKEN = """
    WITH link AS (
        INSERT INTO office_link (official_id, recipient, expires_at)
        SELECT official_id, 'office@example.org', now() FROM delivery WHERE state = 'sent'
        RETURNING id, official_id
    )
    INSERT INTO outgoing_mail
        (kind, recipient, language, shared, office_link_id, state, sent_at)
    SELECT 'delivery', 'office@example.org', 'en', jsonb_build_object('delivery_id', d.id::text),
        link.id, 'sent', now()
    FROM link JOIN delivery d ON d.official_id = link.official_id AND d.state = 'sent'
"""
_BATCH = text(
    """
    INSERT INTO paper_batch (campaign_id, pledge_text_id, name, made_by, added, duplicate, refused)
    SELECT c.id, max(t.id), :name, 'Ada', 0, 0, 0 FROM campaign c
    JOIN pledge_text t ON t.campaign_id = c.id WHERE c.slug = :slug GROUP BY c.id
    RETURNING id
    """
)
_ON_PAPER = text(
    """
    INSERT INTO paper_signature
        (campaign_id, batch_id, line, name, postcode, country, signed_on, comment)
    SELECT b.campaign_id, b.id, 1 + count(p.id), :name, :postcode, :country, '2026-02-01', ''
    FROM paper_batch b LEFT JOIN paper_signature p ON p.batch_id = b.id
    WHERE b.id = :batch GROUP BY b.id
    RETURNING id
    """
)


def paper_batch(name: str = "", slug: str = SLUG) -> int:
    """A batch of paper under the newest text; returns its id."""
    with db.engine.begin() as connection:
        values = {"slug": slug, "name": name or secrets.token_hex(4)}
        return int(connection.execute(_BATCH, values).scalar_one())


def sign_on_paper(
    name: str = "Jo", *, postcode: str = "N1 9GU", country: str = "GB", batch: int = 0
) -> int:
    """One signature on paper, in a batch of its own unless one is given; returns its id."""
    values = {"name": name, "postcode": postcode, "country": country}
    values["batch"] = batch or paper_batch()
    with db.engine.begin() as connection:
        return int(connection.execute(_ON_PAPER, values).scalar_one())


def sign_many(count: int) -> None:
    """`count` signatures by invented people."""
    generate(SLUG, count)


def change(sql: str, **values: object) -> None:
    """Change the database by hand."""
    with db.engine.begin() as connection:
        connection.execute(text(sql), values)


def compiled(
    folder: Path, official: str = MAYOR, *, everything: bool = False, **wish: Any
) -> Compiled:
    """A delivery into `folder`."""
    return compile_delivery(SLUG, Wish(official, everything, **wish), folder, made_by="Ada")


def csv_table(data: bytes) -> list[list[str]]:
    """All rows of a CSV file, by a reader that is not ours."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def xlsx_table(data: bytes) -> list[list[str]]:
    """All rows of all sheets of a workbook, headings once, by a reader that is not ours."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    tables = [[[_plain(cell) for cell in row] for row in sheet.values] for sheet in book]
    book.close()
    return tables[0] + [row for table in tables[1:] for row in table[1:]]


def _plain(cell: object) -> str:
    # openpyxl leaves the escapes of ECMA-376 (22.9.2.19) as they are; Excel undoes them.
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), str(cell or ""))


def exported(folder: Path, form: Format) -> bytes:
    """What an export of the campaign holds."""
    path = folder / f"out.{form}"
    export_signatures(SLUG, form, path)
    return path.read_bytes()


def tables(folder: Path) -> list[list[str]]:
    """The rows, which must be the same in both forms."""
    table = csv_table(exported(folder, "csv"))
    assert table == xlsx_table(exported(folder, "xlsx"))
    return table


def packed(path: Path) -> dict[str, bytes]:
    """The files of a package."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def numbers(path: Path) -> list[int]:
    """The numbers in a package, which both tables must agree on."""
    files = packed(path)
    table = csv_table(files["signatures.csv"])
    assert table == xlsx_table(files["signatures.xlsx"])
    return [int(row[0]) for row in table[1:]]
