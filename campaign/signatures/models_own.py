"""What supporters changed themselves: their mind about a choice, and their details."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    String,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model

QUESTIONS = ("passing_on", "updates", "public")
WAYS = ("own page", "unsubscribe link", "not recorded")
DETAILS = ("name", "country", "postcode", "comment")
_TIME = TIMESTAMP(timezone=True)


class ConsentChange(Model):
    """That somebody agreed to a question from now on, or no more, and how it was worded.

    What was said on signing is no change: it is the opposite of the first one, or what the
    signature says now when there is none.
    """

    __tablename__ = "consent_change"
    __table_args__ = (
        CheckConstraint(f"what IN {QUESTIONS}", name="what"),
        CheckConstraint(f"how IN {WAYS}", name="how"),
        Index("ix_consent_change_signature_id", "signature_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    what: Mapped[str]
    given: Mapped[bool]
    version: Mapped[int]
    # That of the page on which it was said.
    language: Mapped[str]
    how: Mapped[str]
    at: Mapped[datetime] = mapped_column(_TIME, server_default=func.now())


class SignatureCorrection(Model):
    """That somebody put their details right: which of them, and what all were before.

    Without these no receipt could be made of what was delivered before, and no export would have
    the same rows again.
    """

    __tablename__ = "signature_correction"
    __table_args__ = (
        CheckConstraint(
            f"changed <> '{{}}' AND changed <@ ARRAY[{', '.join(map(repr, DETAILS))}]::varchar[]",
            name="changed",
        ),
        Index("ix_signature_correction_signature_id", "signature_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    # The moment itself, not the beginning of the transaction: after any cut-off from before.
    at: Mapped[datetime] = mapped_column(_TIME, server_default=func.clock_timestamp())
    changed: Mapped[list[str]] = mapped_column(ARRAY(String))
    name: Mapped[str]
    country: Mapped[str]
    postcode: Mapped[str]
    comment: Mapped[str]
