"""What merchants speak of."""

from enum import StrEnum


class MerchantStatus(StrEnum):
    """A suspended merchant keeps its rows and its dues; its counters redeem nothing."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


STORE_SCOPE = "store"  # the scope_kind of a counter's grant
