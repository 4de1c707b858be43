"""A site with the demo content, a campaign in every state, and mails that were answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import time_machine
from flask import Flask

from campaign.links import make_token
from campaign.settings import from_environment
from tests.delivery.making import TAKEN
from tests.local.processes import until
from tests.support.making import form
from tests.support.site import ROOT, Site

CONTENT = Path(__file__).with_name("content")
CAMPAIGN = "/campaigns/night-buses"
# What becomes of the signer of that name, through whose link the page is then opened.
SIGNERS = ("pending", "confirmed", "withdrawn", "excluded")
OWN = (*SIGNERS, "erased")


@dataclass(frozen=True)
class Stage:
    """The site, and the addresses of the pages that only a mail leads to."""

    site: Site
    links: dict[str, str]
    mails: dict[str, str]
    own: dict[str, str]


def prepare(site: Site, folder: Path) -> Stage:
    """Fill `site`. `folder` may be written to."""
    _import(site, "campaigns", [*_demo("campaigns"), *sorted(CONTENT.glob("campaign-*.md"))])
    _import(site, "articles", [*_demo("articles"), *CONTENT.glob("article-*.md"), *_fill(folder)])
    site.command("signatures", "generate", "reached", 7)
    for name in OWN:
        sign(site, f"{name}@example.org")
    links = {name: link_in(mail_to(site, f"{name}@example.org")[1]) for name in OWN}
    for name in OWN[1:]:
        assert site.post(links[name]).status == 303
    own = {name: _own_page(site, f"{name}@example.org") for name in OWN}
    _hand_over(site, folder)
    _change_their_mind(site, own["confirmed"])
    assert site.post(f"{own['erased']}/erase").status == 303
    for state in ("withdrawn", "excluded"):
        site.rows("UPDATE signature SET state = %s WHERE email = %s", state, f"{state}@example.org")
    site.rows("UPDATE campaign SET state = 'delivered' WHERE slug = 'delivered'")
    mails = {"confirm": mail_to(site, "pending@example.org")[0]}
    site.rows("DELETE FROM mail_allowance")  # As if ten minutes had passed.
    sign(site, "confirmed@example.org")
    mails["already-signed"] = mail_to(site, "confirmed@example.org", which=2)[0]
    return Stage(site, {**links, "expired": _expired(site)}, mails, own)


def sign(site: Site, email: str) -> None:
    """Sign as a browser does, without one."""
    assert site.post(f"{CAMPAIGN}/sign", form(email=email)).status == 303


def mail_to(site: Site, email: str, which: int = 1) -> tuple[str, EmailMessage]:
    """The name and the content of the mail number `which` to `email`, as soon as it is there."""

    def look() -> list[tuple[str, EmailMessage]]:
        files = sorted((site.data_dir / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        read = [(f.stem, message_from_bytes(f.read_bytes(), policy=default)) for f in files]
        found = [(name, mail) for name, mail in read if mail["To"] == email]
        return found if len(found) >= which else []

    return until(look)[which - 1]


def link_in(mail: EmailMessage) -> str:
    """The confirmation link in the text part."""
    text = mail.get_body(("plain",))
    found = re.search(r"http\S+/confirm/\S+", text.get_content() if text else "")
    assert found, mail
    return found[0]


@contextmanager
def emptied(site: Site) -> Iterator[None]:
    """Without campaigns, articles and mails, as a new site is; everything is put back."""
    letters, aside = site.data_dir / "mail", site.data_dir / "mail aside"
    states = site.rows("SELECT state, id FROM campaign")
    tables = ("article", "article_translation")
    for table in tables:
        site.rows(f"CREATE TABLE {table}_aside AS TABLE {table}")
    for table in reversed(tables):
        site.rows(f"DELETE FROM {table}")
    site.rows("UPDATE campaign SET state = 'draft'")
    letters.rename(aside)
    try:
        # Pages are kept for two seconds.
        until(lambda: not any(_has_content(site)))
        yield
    finally:
        aside.rename(letters)
        for table in tables:
            site.rows(f"INSERT INTO {table} SELECT * FROM {table}_aside")
            site.rows(f"DROP TABLE {table}_aside")
        for state, number in states:
            site.rows("UPDATE campaign SET state = %s WHERE id = %s", state, number)
        until(lambda: all(_has_content(site)))


def _has_content(site: Site) -> list[bool]:
    shown = {"/": "Night buses", "/campaigns": "Night buses", "/articles": "The Last Bus"}
    return [words in site.get(path).text for path, words in shown.items()]


def _expired(site: Site) -> str:
    number = site.value("SELECT id FROM signature WHERE email = 'pending@example.org'")
    with time_machine.travel("2026-01-01T12:00Z"):
        return f"/confirm/{_token(site, 'confirm', number)}"


def _own_page(site: Site, email: str) -> str:
    number = site.value("SELECT id FROM signature WHERE email = %s", email)
    return f"/mine/{_token(site, 'mine', number)}"


def _token(site: Site, purpose: str, number: int) -> str:
    app = Flask("site")
    app.extensions["groundswell"] = from_environment(site.env)
    with app.app_context():
        return make_token(purpose, number)


def _change_their_mind(site: Site, own: str) -> None:
    """Correct what was delivered already, and be shown publicly for a moment."""
    right = {"name": "Zoë Nguyễn-Ward", "country": "IE", "postcode": "D02 X285"}
    for path, data in (
        ("correct", {**right, "comment": "I walk home at two."}),
        ("public", {"wanted": "y"}),
        ("public", {"wanted": "n"}),
    ):
        assert site.post(f"{own}/{path}", data).status == 303


def _hand_over(site: Site, folder: Path) -> None:
    """Deliver to both officials, one of whom acknowledges it."""
    slugs = site.rows(
        "SELECT o.slug FROM official o JOIN campaign_official a ON a.official_id = o.id"
        " JOIN campaign c ON c.id = a.campaign_id WHERE c.slug = 'night-buses' ORDER BY o.id"
    )
    for (slug,) in slugs[:2]:
        path = folder / f"{slug}.zip"
        site.command("deliveries", "compile", "night-buses", "--official", slug, "-o", path)
    site.rows("UPDATE delivery SET state = 'sent', sent_at = now()")
    site.rows(TAKEN)
    site.rows(
        "UPDATE delivery SET state = 'acknowledged', acknowledged_at = now() WHERE number = 1"
    )


def _import(site: Site, what: str, files: list[Path]) -> None:
    site.command(what, "import", *files)


def _demo(what: str) -> list[Path]:
    return sorted((ROOT / "demo" / what).glob("*.md"))


def _fill(folder: Path) -> list[Path]:
    """Enough articles for a second page of the list."""
    pattern = (CONTENT / "filler.md").read_text()
    files = [folder / f"filler-{number}.md" for number in range(10)]
    for number, file in enumerate(files):
        file.write_text(pattern.replace("NUMBER", str(number)))
    return files
