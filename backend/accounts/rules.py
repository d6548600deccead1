"""Pure decisions about telephones and one-time codes. Figures: docs/security.md, from the field's conventions."""

import re
import unicodedata
from datetime import datetime, timedelta

from backend.accounts.errors import PhoneInvalid

OTP_LIFETIME = timedelta(minutes=5)
OTP_RESEND_AFTER = timedelta(seconds=60)
OTP_TRIES = 3
OTP_PER_NUMBER_AND_DAY = 10
OTP_PER_ADDRESS_AND_DAY = 200  # a community centre shares one address
OTP_PER_DAY = 100_000

REFRESH_LEEWAY = timedelta(seconds=10)

_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def normal_phone(text: str) -> str:
    """Eleven ASCII digits, after full-width digits, blanks, hyphens and +86 or 0086 are taken away.

    Raises PhoneInvalid for anything that is not a mainland mobile number.
    """
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+86|0086)", "", digits)
    if not _MOBILE.fullmatch(digits):
        raise PhoneInvalid
    return digits


def masked(phone: str) -> str:
    """`138****5678`: enough to recognise one's own number."""
    return f"{phone[:3]}****{phone[-4:]}"


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds from `now` to `instant`, rounded up, at least 1."""
    return max(1, -int((now - instant).total_seconds() // 1))
