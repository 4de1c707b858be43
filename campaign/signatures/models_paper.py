"""Signatures that were collected on paper: counted apart, delivered with the rest."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

STATES = ("counted", "undone", "superseded", "erased")
_TIME = TIMESTAMP(timezone=True)


class PaperBatch(Model):
    """The lines of one file: imported together, undone together."""

    __tablename__ = "paper_batch"
    __table_args__ = (
        Index(
            "uq_paper_batch_name",
            "campaign_id",
            "name",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    pledge_text_id: Mapped[int] = mapped_column(ForeignKey("pledge_text.id"))
    name: Mapped[str]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    added: Mapped[int] = mapped_column(BigInteger)
    duplicate: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)
    undone_at: Mapped[datetime | None] = mapped_column(_TIME)
    undone_by: Mapped[str | None]


class PaperSignature(Model):
    """One person's signature on paper.

    `superseded` is who has confirmed online since, with the same address: counted once, there.
    `erased` is of whom nothing is left, and who is counted no more.
    """

    __tablename__ = "paper_signature"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        UniqueConstraint("batch_id", "line"),
        Index(
            "uq_paper_signature_address",
            "campaign_id",
            "email_canonical",
            unique=True,
            postgresql_where=text("state = 'counted' AND email_canonical IS NOT NULL"),
        ),
        Index(
            "ix_paper_signature_recorded",
            "campaign_id",
            "recorded_at",
            "id",
            postgresql_where=text("state = 'counted'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id"))
    line: Mapped[int]
    name: Mapped[str]
    postcode: Mapped[str]
    country: Mapped[str]
    signed_on: Mapped[date]
    comment: Mapped[str]
    email: Mapped[str] = mapped_column(server_default="")
    email_canonical: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="counted")
    recorded_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    # Since when nothing here says who it was; it counts as before.
    anonymised_at: Mapped[datetime | None] = mapped_column(_TIME)
