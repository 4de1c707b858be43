"""The error family: what an act refuses, and how each refusal becomes HTTP or an exit status."""

from __future__ import annotations

import datetime as dt


class GroundswellError(Exception):
    """Something was refused or failed for a reason that can be told in one clear line."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class SettingsError(GroundswellError):
    """The settings are incomplete or wrong."""

    status = 500


class NotFound(GroundswellError):
    """There is nothing here."""

    status = 404


class NotAccepting(GroundswellError):
    """This campaign is not taking signatures at the moment."""

    status = 409


class LinkExpired(GroundswellError):
    """This link has expired."""

    status = 410


class Invalid(GroundswellError):
    """What was sent needs correcting; `fields` says where and why."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in fields.items()))
        self.fields = fields


class Stale(GroundswellError):
    """Somebody else has saved this meanwhile; `who` and `when` say who did."""

    status = 409

    def __init__(self, who: str, when: dt.datetime) -> None:
        super().__init__()
        self.who, self.when = who, when


class ContentError(GroundswellError):
    """A content file has mistakes; each is a line `FILE:LINE: what is wrong`."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes
