"""What staff decided about signatures, and what they were alerted to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

JOB_STATES = ("waiting", "running", "done", "cancelled")
ALERT_KINDS = ("domain", "network")
_TIME = TIMESTAMP(timezone=True)


class SignatureDecision(Model):
    """That staff changed the state of a signature, why, and by which job if by one."""

    __tablename__ = "signature_decision"
    __table_args__ = (
        Index("ix_signature_decision_signature_id", "signature_id", "id"),
        Index("ix_signature_decision_job_id", "job_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    old_state: Mapped[str]
    new_state: Mapped[str]
    reason: Mapped[str]
    actor: Mapped[str]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("exclusion_job.id"))
    at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())


class ExclusionJob(Model):
    """Signatures to be excluded by a condition, or a job `undoes` whose work is to be undone."""

    __tablename__ = "exclusion_job"
    __table_args__ = (
        CheckConstraint(f"state IN {JOB_STATES}", name="state"),
        # A preview is started once, however often its form is sent.
        UniqueConstraint("campaign_id", "maker", "cut_off"),
        Index(
            "ix_exclusion_job_due", "id", postgresql_where=text("state IN ('waiting', 'running')")
        ),
        Index(
            "uq_exclusion_job_undoes",
            "undoes",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("exclusion_job.id"))
    condition: Mapped[dict[str, str]] = mapped_column(JSONB)
    reason: Mapped[str]
    maker: Mapped[str]
    cut_off: Mapped[datetime] = mapped_column(_TIME)
    counted: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    state: Mapped[str] = mapped_column(server_default="waiting")
    # How far it has come: written in the transaction of each batch.
    after_at: Mapped[datetime | None] = mapped_column(_TIME)
    after_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)


class Alert(Model):
    """That a mail domain or a network signs a campaign far more than is usual there."""

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint(f"kind IN {ALERT_KINDS}", name="kind"),
        Index(
            "uq_alert_open",
            "campaign_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("dismissed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    since: Mapped[datetime] = mapped_column(_TIME)
    signatures: Mapped[int] = mapped_column(BigInteger)
    usual: Mapped[float] = mapped_column(Double)
    raised_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    dismissed_at: Mapped[datetime | None] = mapped_column(_TIME)
    dismissed_by: Mapped[str | None]
