"""Sheets to sign on paper: a PDF to print, which says exactly what is signed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from campaign.delivery.typesetting.codes import qr_code
from campaign.delivery.typesetting.engine import Document, spoken, typeset
from campaign.delivery.typesetting.legible import breakable, legible, named, sentence
from campaign.delivery.typesetting.prose import Block, prose
from campaign.errors import Invalid, NotFound
from campaign.extensions import db
from campaign.languages import NAMES, speaking
from campaign.languages import gettext as _
from campaign.links import absolute
from campaign.signatures.consents import CURRENT

MOST_PAGES = 100
MAX_BATCH = 80
ROWS = 9
# A longer text goes overleaf, and its beginning stands above the table.
_SHORT_TEXT = 700

_QUERY = text(
    """
    SELECT c.title, c.ask, c.language, t.version, t.markdown, t.sha256, t.created_at, (
        SELECT array_agg(concat_ws(', ', o.name, nullif(o.title, ''), nullif(o.body, ''))
            ORDER BY a.position)
        FROM campaign_official a JOIN official o ON o.id = a.official_id
        WHERE a.campaign_id = c.id) AS officials
    FROM campaign c JOIN pledge_text t ON t.campaign_id = c.id
    WHERE c.slug = :slug ORDER BY t.version DESC LIMIT 1
    """
)


def blank_sheet(slug: str, *, batch: str, pages: int = 1, language: str = "") -> bytes:
    """A PDF of `pages` tables to fill in, for the batch of that name.

    A long text follows each table, to be printed on its back. The same campaign gives the same
    bytes. What is signed stays as it was written; around it the sheet speaks `language`, or else
    that of the campaign. Raises NotFound; Invalid with `batch`, `pages` and `language`;
    CannotWrite.
    """
    batch = " ".join(batch.split())
    _refuse_wrong(batch, pages, language)
    with db.engine.connect() as connection:
        row = connection.execute(_QUERY, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound(f"there is no campaign {slug!r}")
    address = absolute(f"/campaigns/{slug}")
    with speaking(language or row.language):
        data = {**_said(row, address, batch), "copies": pages, "rows": ROWS}
    return typeset(Document("sheet.typ", data, row.created_at))


def _refuse_wrong(batch: str, pages: int, language: str) -> None:
    wrong = {}
    if not batch or len(batch) > MAX_BATCH or not batch.isprintable():
        wrong["batch"] = f"Give the batch a name of at most {MAX_BATCH} characters."
    if not 1 <= pages <= MOST_PAGES:
        wrong["pages"] = f"Give a number of pages from 1 to {MOST_PAGES}."
    if language and language not in NAMES:
        wrong["language"] = f"Choose one of these languages: {', '.join(NAMES)}."
    if wrong:
        raise Invalid(wrong)


def _said(row: Any, address: str, batch: str) -> dict[str, Any]:
    blocks = prose(row.markdown, address)
    is_short = len(row.markdown) <= _SHORT_TEXT
    which = _("This is version %(version)s of the text.", version=row.version)
    if not is_short:
        which += " " + _("The full text is overleaf and at %(address)s.", address=address)
    return {
        **spoken(),
        **_heads(),
        "title": _("%(campaign)s: sheet to sign on paper", campaign=row.title),
        "site": "Groundswell",
        "campaign": legible(row.title),
        "to": sentence(_("To %(officials)s", officials="; ".join(map(named, row.officials or ())))),
        "ask": legible(row.ask),
        "excerpt": blocks if is_short else _beginning(blocks),
        "which": sentence(which),
        "consent": sentence(
            _("I sign this text, and agree to this: %(consent)s", consent=CURRENT.spoken().consent)
        ),
        "email": sentence(
            _(
                "An email address is used to find out who has signed online as well, so that"
                " nobody is counted twice. Nothing is sent to it."
            )
        ),
        "address": address,
        "qr": qr_code(address),
        "footer": sentence(
            _("Batch: %(batch)s · %(address)s", batch=named(batch), address=address)
        ),
        "text": [] if is_short else blocks,
        "text-heading": sentence(
            _(
                "%(campaign)s: the full text, version %(version)s",
                campaign=named(row.title),
                version=row.version,
            )
        ),
        "sha256": _("SHA-256 of its Markdown: %(sha256)s", sha256=breakable(row.sha256)),
    }


def _heads() -> dict[str, Any]:
    return {
        "online": _("or sign online"),
        "heads": [
            "",
            _("Name"),
            _("Postcode"),
            _("Country"),
            _("Date"),
            _("Email (optional)"),
            _("Comment (optional)"),
        ],
    }


def _beginning(blocks: list[Block]) -> list[Block]:
    """The first paragraph, or as much of it as there is room for."""
    first = next((block for block in blocks if block["kind"] == "paragraph"), None)
    if first is None:
        return []
    runs, room = [], _SHORT_TEXT // 2
    for run in first["runs"]:
        plain = {"text": run["text"][:room]}
        room -= len(plain["text"])
        runs.append(plain)
    return [{**first, "runs": [*runs, {"text": " …"}]}]
