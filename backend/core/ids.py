"""Public identifiers: UUID version 7 (RFC 9562), so that new rows land at the end of an index."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, 12 of the millisecond's fraction, 62 random bits.

    The fraction (RFC 9562, method 3) keeps ids in order that one process makes within a millisecond.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance)
