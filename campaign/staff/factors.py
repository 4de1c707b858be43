"""What Flask-Security leaves to the application: passwords, codes and passkeys by our rules."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_security import MfRecoveryCodesUtil, PasswordUtil, Totp, UserMixin, WebauthnUtil
from passlib.exc import UsedTokenError
from passlib.totp import TotpMatch
from sqlalchemy import text
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from campaign.accounts.models import Account
from campaign.accounts.passwords import weakness
from campaign.extensions import db
from campaign.links import settings
from campaign.staff.noting import note_change

_USE = text(
    "UPDATE account SET tf_last_counter = :counter WHERE id = :id"
    " AND (tf_last_counter IS NULL OR tf_last_counter < :counter) RETURNING id"
)


class Passwords(PasswordUtil):
    """The same rules for a password wherever it is chosen."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        user = kwargs.get("user")
        wrong = weakness(password, email=user.email if user else "")
        return ([wrong], password) if wrong else (None, self.normalize(password))


class Codes(Totp):
    """Codes of an authenticator app, each good for one sign-in (RFC 6238, 5.2)."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        found: int | None = getattr(user, "tf_last_counter", None)
        return found

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        # The database decides, so that of two browsers with one code only one gets in.
        used = db.session.scalar(_USE, {"counter": tmatch.counter, "id": user.id})
        db.session.commit()
        if used is None:
            raise UsedTokenError


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes, each good for one sign-in, however many browsers try it at once."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        made = super().create_recovery_codes(user)
        # No signal tells of it, and whoever has the codes can do without the second factor.
        note_change(user, "recovery codes made")
        return made

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        db.session.get(Account, user.id, with_for_update=True, populate_existing=True)
        return super().check_recovery_code(user, code)

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        deleted = super().delete_recovery_code(user, code)
        # Now, not with the sign-in that follows: the row is locked until then.
        db.session.commit()
        return deleted


class Passkeys(WebauthnUtil):
    """Passkeys that name their owner and ask for a PIN or finger: two factors in one."""

    def origin(self) -> str:
        parts = urlsplit(settings().base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(
        self, user: UserMixin | None, usage: list[str]
    ) -> UserVerificationRequirement:
        return UserVerificationRequirement.REQUIRED
