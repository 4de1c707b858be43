"""Which e-mail addresses are accepted."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from campaign.languages import gettext as _

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, as corrected by erratum 1690.


def clean_address(text: str) -> str:
    """The address as mail will be sent to it: domain in ASCII (IDNA 2008), local part as typed.

    Raises ValueError with a sentence for the supporter. Never asks the DNS.
    """
    address = text.strip(" ")
    if not address:
        raise ValueError(_("Enter your email address."))
    if len(address) > MAX_LENGTH:
        raise ValueError(_("An email address has at most %(most)s characters.", most=MAX_LENGTH))
    if "," in address or ";" in address or address.count("@") > 1:
        raise ValueError(_("Enter one email address only."))
    try:
        found = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        raise ValueError(
            _("Enter an email address in the correct format, like name@example.org.")
        ) from None
    return f"{found.local_part}@{found.ascii_domain or found.domain}"
