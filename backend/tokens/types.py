"""What a code says, and what issuing one returns."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID


class Purpose(IntEnum):
    """What a code is for. One byte of every payload: a number is never given a new meaning.

    A code of one purpose is worth nothing where another is wanted, even when both are about the same subject.
    """

    STATION_PRINTED = 1  # on a poster at a station; does not rotate
    STATION_SCREEN = 2  # on a station's screen
    RESIDENT = 3  # a resident's personal code, shown to an attendant or a device
    VOUCHER = 4  # a voucher in a resident's wallet, shown to a counter
    VOUCHER_PRINTED = 5  # a voucher on paper from a desk; the subject is the slip, so that a new print ends the old
    VOUCHER_OFFLINE = 6  # a voucher that a counter without a network verifies by a public key
    TRAIL_HEAD = 8  # on a post at the head of a trail or riding route; does not rotate
    RECEIPT = 9  # a green order, printed or shown by a till; does not rotate, and its row says when it ends
    OCCASION = 10  # on the organiser's screen at a class, a challenge or a volunteering day

    @property
    def rotates(self) -> bool:
        """Whether its codes come in windows. Paper cannot, and an offline code carries its own times."""
        return self not in _FIXED


_FIXED = (
    Purpose.STATION_PRINTED,
    Purpose.VOUCHER_PRINTED,
    Purpose.VOUCHER_OFFLINE,
    Purpose.TRAIL_HEAD,
    Purpose.RECEIPT,
)


class Algorithm(IntEnum):
    """How a payload proves where it comes from. Four bits of every payload."""

    HMAC_SHA256 = 0
    ECDSA_P256 = 1  # verified by a public key, without a network: see `rules.offline`


@dataclass(frozen=True)
class Token:
    """A code whose origin, purpose and time have been proved.

    `digest` is the SHA-256 of the payload's bytes in hex: the same for every spelling of one code.
    """

    purpose: Purpose
    key_id: int
    subject: UUID
    window: int
    digest: str


@dataclass(frozen=True)
class OfflineVoucher:
    """What an offline code says of a voucher; good within [issued_at, expires_at), in whole seconds.

    `terms` is 16 hex digits that name the rules of its use, `kind` the caller's number of how it takes off. `holder`
    is 0 to 99: two digits that the resident's own page shows beside the code. `digest` as in `Token`.
    """

    key_id: int
    voucher: UUID
    terms: str
    value_fen: int
    min_spend_fen: int
    kind: int
    holder: int
    issued_at: datetime
    expires_at: datetime
    digest: str = ""


@dataclass(frozen=True)
class SignedText:
    """A document for devices without a network: `signature` is base64 of r and s over the UTF-8 of `text`."""

    key_id: int
    text: str
    signature: str


@dataclass(frozen=True)
class IssuedCode:
    """A new code. From `expires_at` on it is refused; a screen shows the next one from `refresh_at` on.

    Both are None for a code that does not rotate.
    """

    payload: str
    url: str
    expires_at: datetime | None
    refresh_at: datetime | None


@dataclass(frozen=True)
class TypedCode:
    """A short code to be typed, in capitals without dashes. From `expires_at` on it is refused."""

    code: str
    expires_at: datetime
