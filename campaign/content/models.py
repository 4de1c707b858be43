"""What articles, campaigns and officials share: pictures, translations, and every revision kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Computed, ForeignKey, Integer, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model


class Picture(Model):
    """An uploaded picture as it was made anew, in two sizes. `sha256` is that of `large`.

    The width and height are those of `large`. The bytes lie in the database because every web
    machine must be able to serve what one of them took in. As AVIF there is what was uploaded
    since we make it.
    """

    __tablename__ = "picture"

    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    large: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    large_avif: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    small_avif: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    has_avif: Mapped[bool] = mapped_column(
        Computed("large_avif IS NOT NULL AND small_avif IS NOT NULL", persisted=True)
    )
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )


class ContentRevision(Model):
    """What was saved each time, as the form shows it: whoever saves over it loses nothing."""

    __tablename__ = "content_revision"

    subject: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    saved_by: Mapped[str]
    saved_at: Mapped[dt.datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Revised:
    """A row that people edit: `revision` rises with every save that changes something."""

    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    updated_by: Mapped[str] = mapped_column(default="", server_default="")
    updated_at: Mapped[dt.datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )


class Pictured:
    """A row that may have a lead picture, which then has words for those who do not see it."""

    picture_sha256: Mapped[bytes | None] = mapped_column(ForeignKey("picture.sha256"))
    picture_alt: Mapped[str] = mapped_column(default="", server_default="")


class Written:
    """A row that people wrote in a language, of which there may be translations."""

    language: Mapped[str] = mapped_column(default="en", server_default="en")


class Translated(Revised):
    """The words of such a row in another language.

    It is `stale` once the original says something else, until somebody has looked at it again.
    """

    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    picture_alt: Mapped[str]
    stale: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
