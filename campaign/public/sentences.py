"""The words of refusals and failures, for whoever reads our pages."""

from __future__ import annotations

from campaign.errors import GroundswellError, LinkExpired, NotAccepting, NotFound
from campaign.languages import gettext as _


def words(code: int) -> tuple[str, str]:
    """The heading and the sentence for a status of HTTP."""
    found = {**_of_the_request(), **_of_the_place(), **_of_our_side()}
    return found.get(code, (_("That did not work"), _("Please try again.")))


def said(error: GroundswellError) -> str:
    """What an error says: in our reader's language also where it says what its kind does."""
    usual: dict[type[GroundswellError], str] = {
        NotFound: _("There is nothing here."),
        NotAccepting: _("This campaign is not taking signatures at the moment."),
        LinkExpired: _("This link has expired."),
    }
    kind = type(error)
    # Some say more than that, in words of their own.
    if kind in usual and str(error) == str(kind()):
        return usual[kind]
    return str(error)


def _of_the_request() -> dict[int, tuple[str, str]]:
    return {
        400: (
            _("That could not be read"),
            _("Something in the request was not as it should be."),
        ),
        403: (
            _("That was refused"),
            _("This form can only be sent from its own page. Go there, and try again."),
        ),
        405: (
            _("That does not work here"),
            _("This address does not take that kind of request."),
        ),
        413: (_("That was too much"), _("What was sent is larger than any form of ours.")),
        415: (
            _("That format is not understood"),
            _("Send the form as a browser does, or JSON."),
        ),
        429: (
            _("That was too many at once"),
            _(
                "Many requests came from your network. Wait a minute, then try again; nothing is"
                " lost."
            ),
        ),
    }


def _of_the_place() -> dict[int, tuple[str, str]]:
    return {
        404: (
            _("There is nothing here"),
            _("The address may be mistyped, or the page has gone."),
        ),
        409: (
            _("This campaign is not taking signatures"),
            _("It may be paused, closed or already delivered. Nothing that you typed was kept."),
        ),
        410: (
            _("This link has expired"),
            _("Confirmation links work for two weeks. Sign again, and we will send you a new one."),
        ),
    }


def _of_our_side() -> dict[int, tuple[str, str]]:
    return {
        500: (
            _("Something went wrong on our side"),
            _("It has been noted. Please try again in a moment."),
        ),
        503: (
            _("We will be right back"),
            _(
                "We could not do that just now, and nothing was saved. Please try again in a"
                " minute."
            ),
        ),
        507: (
            _("That file cannot be made just now"),
            _("We could not write it on our side. It has been noted. Please try again later."),
        ),
    }
