from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a grant allows. Everyone who logs in is a resident; the others need a grant with a scope."""

    ATTENDANT = "attendant"  # of a station
    COUNTER = "counter"  # of a store
    OPERATOR = "operator"  # of the whole service


@dataclass(frozen=True)
class Tokens:
    """What a login or a refresh hands out. `access` is short-lived; `refresh` works once."""

    access: str
    refresh: str
    user_id: UUID
    roles: list[str]


@dataclass(frozen=True)
class OtpSent:
    """`code` goes to the sender (and, in demo mode, to the page); it is never stored or logged."""

    expires_in_seconds: int
    resend_after_seconds: int
    code: str
