"""What is handed over: links for offices, their answers, and mails to supporters about both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

MAILINGS = ("delivered", "answered")
MAILING_STATES = ("waiting", "running", "done", "stopped")
_TIME = TIMESTAMP(timezone=True)


class OfficeLink(Model):
    """A link that was mailed to an office, by which its staff enter the page of its official."""

    __tablename__ = "office_link"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"), index=True)
    recipient: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(_TIME)
    seen_at: Mapped[datetime | None] = mapped_column(_TIME)
    revoked_at: Mapped[datetime | None] = mapped_column(_TIME)


class OfficeAnswer(Model):
    """What an office answered to a delivery: plain text, published unless an admin hides it."""

    __tablename__ = "office_answer"
    __table_args__ = (Index("ix_office_answer_delivery_id", "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    text: Mapped[str]
    written_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    hidden_at: Mapped[datetime | None] = mapped_column(_TIME)
    hidden_by: Mapped[str | None]


class SupporterMailing(Model):
    """That supporters are to be told of a delivery or an answer, and how far that is."""

    __tablename__ = "supporter_mailing"
    __table_args__ = (
        CheckConstraint(f"kind IN {MAILINGS}", name="kind"),
        CheckConstraint(f"state IN {MAILING_STATES}", name="state"),
        Index(
            "uq_supporter_mailing_once",
            "kind",
            "delivery_id",
            text("coalesce(answer_id, 0)"),
            unique=True,
        ),
        Index(
            "ix_supporter_mailing_due",
            "id",
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("office_answer.id"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    # How far it has come: written in the transaction of each batch of mails.
    after_number: Mapped[int] = mapped_column(BigInteger, server_default="0")
    mailed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)
