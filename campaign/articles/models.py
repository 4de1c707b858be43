"""Article."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.campaigns.models import Campaign
from campaign.extensions import Model


class Article(Model):
    """A published piece. `blocks` is its body as safe HTML, call-outs and links to read on."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    section: Mapped[str]
    topic: Mapped[str]
    author: Mapped[str]
    published: Mapped[dt.date]
    summary: Mapped[str]
    markdown: Mapped[str]
    blocks: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    updated_at: Mapped[dt.datetime] = mapped_column(TIMESTAMP(timezone=True))

    campaign: Mapped[Campaign | None] = relationship()
