"""WeChat's own server: who a login code belongs to. A network call, so never inside a transaction.

It answers HTTP 200 even where it refuses; what counts is `errcode`. The address holds the secret, so neither it nor an
exception that names it may reach a log: httpx tells its addresses at INFO, which the settings switch off.
"""

import logging
from collections.abc import Callable
from functools import partial

import httpx
from django.conf import settings

from backend.accounts import errors
from backend.accounts.types import WechatIdentity
from backend.core.errors import Refusal

log = logging.getLogger("backend.accounts")
TIMEOUT = httpx.Timeout(5.0, connect=3.0)
PAUSE_SECONDS = 60
LONGEST = 128  # characters of an openid or a session key; WeChat's have 28 and 24
_REFUSALS: dict[str, Callable[[], Refusal]] = {
    "40029": errors.WechatCodeInvalid,  # wrong or expired
    "40163": errors.WechatCodeInvalid,  # used before
    "45011": partial(errors.WechatTooOften, retry_after_seconds=PAUSE_SECONDS),
    "40226": errors.WechatBlocked,
}  # anything else, -1 ("busy") among it, is WechatUnavailable


def identity_of(js_code: str) -> WechatIdentity:
    """Whom `wx.login()`'s code belongs to; a code works once, within five minutes.

    Raises WechatNotConfigured, WechatCodeInvalid, WechatTooOften, WechatBlocked, WechatUnavailable.
    """
    if not (settings.WECHAT_APPID and settings.WECHAT_SECRET):
        raise errors.WechatNotConfigured
    body = _asked(js_code)
    number = body.get("errcode", 0)
    if number != 0:
        log.warning("code2Session refused: errcode %.20s", number)
        raise _REFUSALS.get(str(number), errors.WechatUnavailable)()
    openid, session_key = body.get("openid"), body.get("session_key")
    if not all(isinstance(each, str) and 0 < len(each) <= LONGEST for each in (openid, session_key)):
        raise errors.WechatUnavailable
    return WechatIdentity(openid=str(openid), session_key=str(session_key))


def _asked(js_code: str) -> dict[str, object]:
    asked = {
        "appid": settings.WECHAT_APPID,
        "secret": settings.WECHAT_SECRET,
        "js_code": js_code,
        "grant_type": "authorization_code",
    }
    try:
        answer = httpx.get(f"{settings.WECHAT_BASE_URL}/sns/jscode2session", params=asked, timeout=TIMEOUT)
        body = answer.json()
    except (httpx.HTTPError, ValueError) as wrong:
        log.warning("code2Session failed: %s", type(wrong).__name__)
        raise errors.WechatUnavailable from None
    return body if answer.status_code == httpx.codes.OK and isinstance(body, dict) else {}
