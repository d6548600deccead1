"""What codes look like and when they are good. Pure: keys, times and lengths are arguments."""

from backend.tokens.rules.offline import (
    is_offline,
    open_offline,
    public_key_of,
    seal_offline,
    sign_text,
    signed_by,
)
from backend.tokens.rules.payloads import (
    MAX_CODE_CHARS,
    PATH,
    VERSION,
    burn_digest,
    seal,
    unseal,
    window_at,
    window_start,
)
from backend.tokens.rules.typed import ALPHABET, CHARS, derived, grouped, is_typed, normal_typed, with_check

__all__ = [
    "ALPHABET",
    "CHARS",
    "MAX_CODE_CHARS",
    "PATH",
    "VERSION",
    "burn_digest",
    "derived",
    "grouped",
    "is_offline",
    "is_typed",
    "normal_typed",
    "open_offline",
    "public_key_of",
    "seal",
    "seal_offline",
    "sign_text",
    "signed_by",
    "unseal",
    "window_at",
    "window_start",
    "with_check",
]
