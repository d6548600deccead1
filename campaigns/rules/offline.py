"""What a device may accept without a network, and what its lines are worth. Pure."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from backend.tokens.types import OfflineVoucher
from campaigns.types import UseTerms, UseTimes, VoucherKind
from campaigns.types.offline import AllowanceTerms, OfflineLine

MAX_COUNT = 50
MAX_EACH_FEN = 20_000
MAX_TOTAL_FEN = 200_000
MAX_MINUTES = 12 * 60
MAX_TERMS = 200  # offers that one allowance names
MAX_REVOKED = 5000  # vouchers that one revocation list names
CODE_LIFETIME = timedelta(minutes=30)  # to walk from a place with a network to the counter
GRACE = timedelta(hours=48)  # to upload after an allowance's end, before its escrow goes back
SKEW = timedelta(minutes=5)  # a device's clock may be wrong by so much
MARKS_MATTER = timedelta(days=180)
MAX_MARKS = 2  # double spends of a person, after which no offline codes are given for a while
FIRST_PREV = "0" * 64
TEXT_KIND = "green-points offline line 1"
# The numbers of kinds in a code. Others need what the device cannot judge: items, a share, what an earlier bill left.
KINDS = {VoucherKind.THRESHOLD: 1, VoucherKind.FIXED: 2}


def fits_offline(terms: UseTerms) -> bool:
    """Whether a code can carry all that decides over a voucher's use."""
    return terms.kind in KINDS and not terms.categories and terms.times == UseTimes()


def terms_digest(offer: object, use_terms: object) -> str:
    """16 hex digits that name an offer's vouchers with one set of terms; an allowance lists those that it takes."""
    return hashlib.sha256(f"{offer}:{use_terms or 0}".encode()).hexdigest()[:16]


def revocation_id(voucher: object) -> str:
    """How a revocation list names a voucher: 16 hex digits, too few to be mistaken for its id."""
    return hashlib.sha256(f"revoked:{voucher}".encode()).hexdigest()[:16]


def holder_digits(digest: str) -> int:
    """Two digits of a keyed digest of the resident, for the cashier to compare with the resident's own page."""
    return int(digest[:8], 16) % 100


def signed_text(line: OfflineLine) -> str:
    """What the device signs: byte for byte the `JSON.stringify` of the same list."""
    parts = [
        TEXT_KIND, str(line.allowance), line.seq, line.prev, line.code, line.order_no,
        line.bill_fen, line.discount_fen, line.accepted_at, line.revocations_at,
    ]  # fmt: skip
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def instant(text: str) -> datetime:
    """A device's instant. Raises ValueError for what is none."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def discount_of(code: OfflineVoucher, bill_fen: int) -> int:
    """What the voucher of a code takes off a bill, 0 for one below its minimum."""
    return min(code.value_fen, bill_fen) if bill_fen >= code.min_spend_fen else 0


def fault(line: OfflineLine, code: OfflineVoucher, allowance: AllowanceTerms, last: datetime, now: datetime) -> str:
    """Which rule that the device knew a line breaks, as a code; empty for a sound line.

    `last` is when the line before it was accepted: a log does not go back in time.
    """
    at = instant(line.accepted_at)
    broken = {
        "offline_not_then": not allowance.issued_at - SKEW <= at < allowance.expires_at + SKEW,
        "offline_clock_wrong": at > now + SKEW or at < last - SKEW,
        "code_expired": not code.issued_at - SKEW <= at < code.expires_at + SKEW,
        "wrong_store": code.terms not in allowance.terms,
        "offline_too_much": line.discount_fen > allowance.each_fen,
        "below_minimum_spend": discount_of(code, line.bill_fen) == 0,
        "offline_wrong_discount": line.discount_fen != discount_of(code, line.bill_fen),
    }
    return next((name for name, is_so in broken.items() if is_so), "")
