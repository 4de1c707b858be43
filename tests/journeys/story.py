"""What the people of the main job do, each step as they do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.journeys.content import OFFICIAL, SLUG
from tests.journeys.crowd import link_in
from tests.journeys.reading import Page
from tests.local.processes import until
from tests.support.site import Answer, Site

CAMPAIGN = f"/campaigns/{SLUG}"


@dataclass
class Story:
    """The site, a folder for its files, and who has signed under which address so far."""

    site: Site
    folder: Path
    addresses: dict[str, str] = field(default_factory=dict)

    def sign(self, name: str, *, as_json: bool = False) -> Answer:
        """Open the campaign page, fill in the form, send it."""
        address = self.addresses.setdefault(name, f"reader.{len(self.addresses)}@example.org")
        page = Page(self.site.get(CAMPAIGN).text)
        ((action, given),) = page.forms.items()
        fields = {**given, "name": name, "email": address, "country": "IE", "consent": "y"}
        if as_json:
            return self.site.post_json(action, fields)
        return self.site.post(action, fields)

    def link_for(self, name: str) -> str:
        """The link in the one mail that this person has got."""

        def mails() -> list[str]:
            to = self.addresses[name]
            return [link_in(mail) for mail in self.site.office.accepted if mail["To"] == to]

        (link,) = until(mails)
        return link

    def confirm(self, name: str) -> None:
        assert self.site.post(self.link_for(name)).status == 303

    def count(self) -> int:
        return int(self.site.get(f"{CAMPAIGN}/count.json").json["count"])

    def states(self) -> dict[str, str]:
        query = "SELECT s.name, s.state FROM signature s JOIN campaign c ON c.id = s.campaign_id"
        return dict(self.site.rows(f"{query} WHERE c.slug = %s", SLUG))

    def package(self, number: int) -> Path:
        return self.folder / f"{SLUG}-{OFFICIAL}-{number}.zip"

    def compile(self, number: int) -> str:
        path = self.package(number)
        return self.site.command(
            "deliveries", "compile", SLUG, "--official", OFFICIAL, "-o", path
        ).stdout
