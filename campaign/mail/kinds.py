"""The mails that we send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A mail we send: its template folder, and the page that its own link leads to, if any.

    `own_page` is whether it leads to the supporter's own page besides, `numbered` whether it tells
    its number, `updates` whether it goes only to those who asked
    for updates, and can be ended with one click (RFC 8058).
    """

    name: str
    purpose: str | None = None
    numbered: bool = False
    updates: bool = False
    own_page: bool = False

    @property
    def marks(self) -> set[str]:
        """What must be filled in for each mail, in both of its parts."""
        wanted = {"link": self.purpose, "number": self.numbered, "unsubscribe": self.updates}
        wanted["own"] = self.own_page
        return {name for name, needed in wanted.items() if needed}


KINDS = {
    kind.name: kind
    for kind in (
        Kind("confirm", purpose="confirm"),
        Kind("reminder", purpose="confirm", own_page=True),
        Kind("already-signed", purpose="mine"),
        Kind("delivery", purpose="office"),
        Kind("delivery-link", purpose="office"),
        Kind("office-link", purpose="office"),
        Kind("delivered", purpose="mine", numbered=True, updates=True),
        Kind("answered", purpose="mine", numbered=True, updates=True),
        Kind("staff-invitation"),
        Kind("staff-reset"),
        Kind("staff-notice"),
        Kind("staff-alert"),
        Kind("staff-delivery"),
    )
}
