from backend.core.errors import Refusal


class WebhookUrlRefused(Refusal):
    code = "webhook_url_refused"
    status = 422
    zh = "不接受这个地址：请使用公网可达的 https 地址，不含用户名、密码和 # 片段，最长 500 个字符。"
    en = "This address is not taken: use a public https URL without user, password or fragment, up to 500 characters."


class EndpointExists(Refusal):
    code = "endpoint_exists"
    status = 409
    zh = "已有名为“{name}”的接收端，请换一个名称。"
    en = "There is an endpoint named {name}; choose another name."


class EndpointDisabled(Refusal):
    code = "endpoint_disabled"
    status = 409
    zh = "该接收端已停用，请先启用再重发。"
    en = "The endpoint is disabled; enable it, then send again."


class SecretChanged(Refusal):
    code = "secret_changed"
    status = 409
    zh = "密钥刚刚被更换过，请核对后再试。"
    en = "The secret was rotated by somebody else just now; look again, then retry."


class UnfitEvent(ValueError):
    """An event's data is nested, too large or may name a person. A programming error."""
