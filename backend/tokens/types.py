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

    @property
    def rotates(self) -> bool:
        """Whether its codes change with time. Paper cannot."""
        return self is not Purpose.STATION_PRINTED


class Algorithm(IntEnum):
    """How a payload proves where it comes from. Four bits of every payload.

    1 is reserved for a kind that is verified offline by a public key; until it exists it is refused by name.
    """

    HMAC_SHA256 = 0


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
class IssuedCode:
    """A new code. From `expires_at` on it is refused; a screen shows the next one from `refresh_at` on.

    Both are None for a code that does not rotate.
    """

    payload: str
    url: str
    expires_at: datetime | None
    refresh_at: datetime | None
