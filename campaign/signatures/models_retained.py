"""When the personal data of a campaign goes, and how far that is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

_TIME = TIMESTAMP(timezone=True)


class Retention(Model):
    """That admins were told when the data of a campaign goes; and once it does, how far that is."""

    __tablename__ = "retention"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(_TIME)
    announced_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    began_at: Mapped[datetime | None] = mapped_column(_TIME)
    # The last signature that is done: written in the transaction of each batch.
    after_at: Mapped[datetime | None] = mapped_column(_TIME)
    after_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    signatures: Mapped[int] = mapped_column(BigInteger, server_default="0")
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)
