"""What campaigns decide. Pure: no rows, no clock, no settings."""

from campaigns.rules.groups import MAX_GROUPS, TIER_DAYS, group_data, group_of, require_groups
from campaigns.rules.life import (
    EDGES,
    cost_of,
    midnight,
    require_shares,
    span_end,
    span_start,
    spans_of,
    state_at,
)
from campaigns.rules.lists import line_fault
from campaigns.rules.offers import MAX_VALID_DAYS, expiry_of, require_last_day, require_open, require_within
from campaigns.rules.refunds import points_for, refund
from campaigns.rules.shares import WHOLE_BP, split_shares
from campaigns.rules.use_times import is_open, next_opening
from campaigns.rules.vouchers import (
    MAX_BILL_FEN,
    MAX_BILL_ITEMS,
    MAX_NAME_CHARS,
    MAX_ORDER_NO_CHARS,
    MAX_PER_PAYMENT,
    quote,
    require_category,
    require_usable,
    stack_of,
    status_at,
)
from campaigns.rules.ways import (
    admitted_at,
    admitted_by,
    commitment,
    list_digest,
    number_of,
    period_end,
    period_start,
    ranked,
    seed_of,
)
from campaigns.rules.windows import MAX_WINDOWS, require_sound, require_window, windows_data, windows_of

__all__ = [
    "EDGES",
    "MAX_BILL_FEN",
    "MAX_BILL_ITEMS",
    "MAX_GROUPS",
    "MAX_NAME_CHARS",
    "MAX_ORDER_NO_CHARS",
    "MAX_PER_PAYMENT",
    "MAX_VALID_DAYS",
    "MAX_WINDOWS",
    "TIER_DAYS",
    "WHOLE_BP",
    "admitted_at",
    "admitted_by",
    "commitment",
    "cost_of",
    "expiry_of",
    "group_data",
    "group_of",
    "is_open",
    "line_fault",
    "list_digest",
    "midnight",
    "next_opening",
    "number_of",
    "period_end",
    "period_start",
    "points_for",
    "quote",
    "ranked",
    "refund",
    "require_category",
    "require_groups",
    "require_last_day",
    "require_open",
    "require_shares",
    "require_sound",
    "require_usable",
    "require_window",
    "require_within",
    "seed_of",
    "span_end",
    "span_start",
    "spans_of",
    "split_shares",
    "stack_of",
    "state_at",
    "status_at",
    "windows_data",
    "windows_of",
]
