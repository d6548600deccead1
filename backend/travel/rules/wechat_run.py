"""WeChat Run: `encryptedData` of wx.getWeRunData, AES-128-CBC with PKCS#7 under the session key.

The watermark inside says which mini-program it was made for, and when. Pure: key, appid and time are arguments.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from backend.travel.errors import WeChatDataInvalid, WeChatDataStale
from backend.travel.types import Steps

FRESH = timedelta(minutes=10)  # between WeChat's watermark and its arrival here
MOST_STEPS = 200_000  # of one day; more is a fault of the data
MOST_DAYS = 31


def decrypt(*, encrypted: str, iv: str, session_key: str, appid: str, now: datetime) -> dict[str, Any]:
    """The clear data. Raises WeChatDataInvalid (also for another mini-program's data) and WeChatDataStale."""
    try:
        data = json.loads(_plain(_decoded(encrypted), _decoded(session_key), _decoded(iv)))
        mark = data["watermark"]
        made_for, made_at = mark["appid"], datetime.fromtimestamp(int(mark["timestamp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        raise WeChatDataInvalid from None
    if not appid or made_for != appid:
        raise WeChatDataInvalid
    if abs(now - made_at) >= FRESH:
        raise WeChatDataStale
    return dict(data)


def steps_of(data: dict[str, Any], *, zone: Any) -> list[Steps]:
    """Steps by day of the district's calendar, from `stepInfoList`. Raises WeChatDataInvalid."""
    try:
        rows = data["stepInfoList"][:MOST_DAYS]
        found = [Steps(datetime.fromtimestamp(int(row["timestamp"]), zone).date(), int(row["step"])) for row in rows]
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise WeChatDataInvalid from None
    if any(not 0 <= each.count <= MOST_STEPS for each in found):
        raise WeChatDataInvalid
    return found


def _plain(sealed: bytes, key: bytes, iv: bytes) -> bytes:
    if len(key) != 16 or len(iv) != 16:
        raise ValueError("AES-128-CBC wants 16 bytes of key and of iv")
    opener = Cipher(algorithms.AES128(key), modes.CBC(iv)).decryptor()
    padded = opener.update(sealed) + opener.finalize()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
