"""What compiling and exporting refuse."""

from __future__ import annotations

from campaign.errors import GroundswellError


class NothingNew(GroundswellError):
    """There is no confirmed signature that this official does not have already."""

    status = 409


class CannotWrite(GroundswellError):
    """A file cannot be written; the message names it and says why."""

    status = 507


class Gone(GroundswellError):
    """The delivery was cancelled meanwhile."""

    status = 409


class DatabaseFailed(GroundswellError):
    """The database failed while signatures were being read."""

    status = 500


class KeyUnusable(GroundswellError):
    """The key that seals deliveries cannot be read."""

    status = 503


class BadPackage(GroundswellError):
    """A package is not what was sealed; the message says what is wrong with it."""
