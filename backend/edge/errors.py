"""Refusals of the edge itself, before any domain is asked."""

from backend.core.errors import Refusal


class MalformedJSON(Refusal):
    code = "malformed_json"
    zh = "请求体不是有效的 JSON。"
    en = "The body is not valid JSON."


class UnsupportedMediaType(Refusal):
    code = "unsupported_media_type"
    status = 415
    zh = "请用 application/json 发送请求。"
    en = "Send the request as application/json."


class TooLarge(Refusal):
    code = "request_too_large"
    status = 413
    zh = "请求体超过 {limit_bytes} 字节的上限。"
    en = "The body is over the limit of {limit_bytes} bytes."


class MethodNotAllowed(Refusal):
    code = "method_not_allowed"
    status = 405
    zh = "此地址不支持这种请求方法。"
    en = "This address does not take that method."


class NotAcceptable(Refusal):
    code = "not_acceptable"
    status = 406
    zh = "本服务只提供 application/json。"
    en = "This service answers in application/json."


class Throttled(Refusal):
    code = "rate_limited"
    status = 429
    zh = "请求太频繁，请在 {retry_after_seconds} 秒后再试。"
    en = "Too many requests; try again in {retry_after_seconds} seconds."


class CSRFRefused(Refusal):
    code = "csrf_failed"
    status = 403
    zh = "页面已过期，请刷新后再试。"
    en = "The page has expired; reload it and try again."


class InternalError(Refusal):
    code = "internal_error"
    status = 500
    zh = "服务出了问题，您的请求没有生效。请稍后用同一个 Idempotency-Key 重试。"
    en = "Something went wrong here and nothing was done. Try again later with the same Idempotency-Key."


class Busy(Refusal):
    code = "busy"
    status = 503
    zh = "系统繁忙，您的请求没有生效，请稍后再试。"
    en = "The service is busy and nothing was done; try again shortly."


class IdempotencyKeyRequired(Refusal):
    code = "idempotency_key_required"
    zh = "请在请求头中提供 Idempotency-Key（1–80 个可见字符，每次操作一个新值）。"
    en = "Send an Idempotency-Key header: 1-80 visible characters, a new one for each act."


class IdempotencyKeyReused(Refusal):
    code = "idempotency_key_reused"
    status = 422
    zh = "这个 Idempotency-Key 已用于另一个请求，请换一个新的。"
    en = "This Idempotency-Key was used for another request; take a new one."


class IdempotencyInFlight(Refusal):
    code = "idempotency_in_flight"
    status = 409
    zh = "同一请求正在处理，请稍后用同一个 Idempotency-Key 再试。"
    en = "The same request is still running; try again shortly with the same Idempotency-Key."


class SignatureMissing(Refusal):
    code = "signature_missing"
    status = 401
    zh = "请用 X-Key-Id、X-Timestamp、X-Nonce、X-Signature 四个请求头签名。"
    en = "Sign the request with the headers X-Key-Id, X-Timestamp, X-Nonce and X-Signature."


class SignatureInvalid(Refusal):
    code = "signature_invalid"
    status = 401
    zh = "签名不符，或密钥未知、已停用。请核对密钥、路径与请求体。"
    en = "The signature does not fit, or its key is unknown or revoked. Check key, path and body."


class SignatureStale(Refusal):
    """Data: `window_seconds` to either side, `server_time` in Unix seconds to set a clock by."""

    code = "signature_stale"
    status = 401
    zh = "签名时间与服务器相差超过 {window_seconds} 秒，请校准时钟后重新签名。"
    en = "The signature's time is more than {window_seconds} s from ours: set the clock and sign anew."


class NonceUsed(Refusal):
    code = "nonce_used"
    status = 409
    zh = "这个签名请求已经处理过；重试请换新的随机数重新签名。"
    en = "This signed request was acted on before; to try again, sign anew with a new nonce."
