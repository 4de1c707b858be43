"""OutgoingMail, the outbox; and MailAllowance, how much mail one person may be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

# `held` is what waits for its signature to be put back.
STATES = ("queued", "sending", "sent", "failed", "held")


class OutgoingMail(Model):
    """A mail that must be sent. Its row is written in the transaction that makes it necessary."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index(
            "ix_outgoing_mail_due",
            "due_at",
            "id",
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        Index(
            "ix_outgoing_mail_uncounted",
            "id",
            postgresql_where=text("state = 'failed' AND NOT counted"),
        ),
        Index(
            "ix_outgoing_mail_mailing",
            "mailing_id",
            postgresql_where=text("mailing_id IS NOT NULL AND state IN ('queued', 'sending')"),
        ),
        Index(
            "ix_outgoing_mail_office_link_id",
            "office_link_id",
            postgresql_where=text("office_link_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    language: Mapped[str]
    # What the template says, the same for every mail of one batch.
    shared: Mapped[dict[str, str]] = mapped_column(JSONB)
    # Who or what the mail's own link is about; links are signed when the mail is composed.
    signature_id: Mapped[int | None] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
    # When to try next; while sending, when the lease runs out and another worker may take over.
    due_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
    # The database session that holds the lease. When it is gone, so is its worker.
    leased_by: Mapped[int | None]
    sent_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    error: Mapped[str | None]
    # Whether a mail that failed is in the figures of who could not be reached.
    counted: Mapped[bool] = mapped_column(server_default="false")
    office_link_id: Mapped[int | None] = mapped_column(
        ForeignKey("office_link.id", ondelete="CASCADE")
    )
    # The mailing that it belongs to, and the number that it tells its supporter.
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("supporter_mailing.id"))
    number: Mapped[int | None] = mapped_column(BigInteger)
    # A file under DATA_DIR that goes along, and what it is called there.
    attachment: Mapped[str | None]
    attachment_name: Mapped[str | None]


class MailAllowance(Model):
    """When one person (a keyed hash of the canonical address) was last granted a mail."""

    __tablename__ = "mail_allowance"

    person: Mapped[bytes] = mapped_column(primary_key=True)
    granted: Mapped[list[datetime]] = mapped_column(ARRAY(TIMESTAMP(timezone=True)))
    allowed: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
