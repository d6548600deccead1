"""Who is told when a partner is told nothing any more."""

from datetime import datetime

from backend.accounts import queries as accounts
from backend.core import clock
from backend.inbox import services as inbox
from backend.inbox.types import Kind
from backend.webhooks.models import Endpoint


def tell_disabled(endpoint: Endpoint, *, since: datetime, told: str, now: datetime) -> None:
    """A message to every operator: an endpoint belongs to the service, and one of them mends it with the partner."""
    failing = f"{clock.local(since):%F %H:%M}"
    for operator in accounts.operators():
        inbox.tell(
            to=operator.pk,
            kind=Kind.DUTY,
            title_zh=f"推送端点“{endpoint.name}”已停用",
            title_en=f"Webhook endpoint {endpoint.name} is disabled",
            why_zh=f"自 {failing} 起没有一次推送成功（{told}）。请与合作方核对后，在控制台启用，再重新推送。",
            why_en=f"Nothing arrived since {failing} ({told}). Settle it with the partner, enable it, then send again.",
            data={"endpoint": str(endpoint.pk)},
            now=now,
        )
