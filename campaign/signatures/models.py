"""Signature, what is derived from it, and the changes that still have to be counted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
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

STATES = ("pending", "confirmed", "withdrawn", "excluded", "erased")
DIMENSIONS = ("country", "source", "domain")
JOB_STATES = ("waiting", "running", "done", "cancelled")
ALERT_KINDS = ("domain", "network")

# A query must say these in the same words as the index that it wants to use.
DOMAIN = "split_part(email_canonical, '@', 2)"
WORDS = "signature_words(name, email_canonical)"
# The first wording said nothing of comments: who agreed to it agreed to their name alone.
_SHOWABLE = "state = 'confirmed' AND public AND consent_version >= 2"
WAITING = f"comment_approved IS NULL AND {_SHOWABLE} AND comment <> ''"
DECIDED = f"comment_approved IS NOT NULL AND {_SHOWABLE}"

_IN_ORDER = ("campaign_id", "created_at", "id")
_CONFIRMED = ("campaign_id", "confirmed_at", "id")
_APPROVED = ("campaign_id", "comment_approved", "confirmed_at", "id")
_REST = text("state <> 'confirmed'")
_TIME = TIMESTAMP(timezone=True)


class Signature(Model):
    """One person's signature under one campaign's pledge."""

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        # This constraint, not the application, decides that one address signs once.
        UniqueConstraint("campaign_id", "email_canonical"),
        Index(
            "ix_signature_confirmed",
            "campaign_id",
            "confirmed_at",
            "id",
            postgresql_where=text("state = 'confirmed'"),
        ),
        # What staff search by, each in the order in which they read.
        Index("ix_signature_created", *_IN_ORDER),
        Index("ix_signature_domain", "campaign_id", text(DOMAIN), "created_at", "id"),
        Index("ix_signature_network", "campaign_id", "network_key", "created_at", "id"),
        Index("ix_signature_country", "campaign_id", "country", "created_at", "id"),
        Index("ix_signature_state", "campaign_id", "state", *_IN_ORDER[1:], postgresql_where=_REST),
        Index("ix_signature_words", text(WORDS), postgresql_using="gin"),
        Index("ix_signature_comment_waiting", *_CONFIRMED, postgresql_where=text(WAITING)),
        Index("ix_signature_comment_decided", *_APPROVED, postgresql_where=text(DECIDED)),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    pledge_text_id: Mapped[int] = mapped_column(ForeignKey("pledge_text.id"))
    name: Mapped[str]
    email: Mapped[str]
    email_canonical: Mapped[str]
    country: Mapped[str]
    postcode: Mapped[str]
    comment: Mapped[str]
    updates: Mapped[bool]
    public: Mapped[bool]
    consent_version: Mapped[int]
    language: Mapped[str]
    source: Mapped[str]
    network_key: Mapped[bytes]
    state: Mapped[str] = mapped_column(server_default="pending")
    created_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    confirmed_at: Mapped[datetime | None] = mapped_column(_TIME)
    # When the row came here; what was signed on paper was signed before.
    recorded_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    # Whether the comment may be shown; nothing while nobody has decided.
    comment_approved: Mapped[bool | None]


class SignatureChange(Model):
    """A change of state that `counting` has not folded into the counts yet."""

    __tablename__ = "signature_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger)
    old_state: Mapped[str | None]
    new_state: Mapped[str | None]
    country: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(server_default="")
    domain: Mapped[str] = mapped_column(server_default="")
    signed_at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())
    confirmed_at: Mapped[datetime | None] = mapped_column(_TIME)


class CampaignCount(Model):
    """How many signatures of a campaign are in each state: derived, folded by the worker."""

    __tablename__ = "campaign_count"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    pending: Mapped[int] = mapped_column(BigInteger, server_default="0")
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    withdrawn: Mapped[int] = mapped_column(BigInteger, server_default="0")
    excluded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    erased: Mapped[int] = mapped_column(BigInteger, server_default="0")
    paper: Mapped[int] = mapped_column(BigInteger, server_default="0")
    folded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class SignatureHour(Model):
    """What came in one hour: signatures by when they were made, and by when confirmed."""

    __tablename__ = "signature_hour"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), primary_key=True)
    submitted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")


class SignatureTally(Model):
    """How the signatures of one day and one country, source or mail domain stand now.

    The day is that of signing; `-infinity` stands for all days, so that the largest values of a
    campaign are found by their index, whatever its size.
    """

    __tablename__ = "signature_tally"
    __table_args__ = (
        CheckConstraint(f"dimension IN {DIMENSIONS}", name="dimension"),
        Index(
            "ix_signature_tally_largest",
            "campaign_id",
            "dimension",
            text("submitted DESC"),
            "value",
            postgresql_where=text("day = '-infinity'"),
        ),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    pending: Mapped[int] = mapped_column(BigInteger, server_default="0")
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    withdrawn: Mapped[int] = mapped_column(BigInteger, server_default="0")
    excluded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    erased: Mapped[int] = mapped_column(BigInteger, server_default="0")
    bounced: Mapped[int] = mapped_column(BigInteger, server_default="0")
    submitted: Mapped[int] = mapped_column(BigInteger, Computed(" + ".join(STATES), persisted=True))


class SignatureMinutes(Model):
    """How many of a mail domain's signatures were confirmed within that many minutes."""

    __tablename__ = "signature_minutes"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed: Mapped[int] = mapped_column(BigInteger, server_default="0")


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
