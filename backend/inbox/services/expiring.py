"""Points that expire soon are told once, whoever runs this how often."""

from datetime import datetime

from backend.accounts.models import User
from backend.accounts.queries import resident_of
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.inbox import queries
from backend.inbox.models import LotNotice
from backend.inbox.services.telling import tell
from backend.inbox.types import Kind


def tell_expiring_lots(*, now: datetime, limit: int = 200) -> int:
    """Tells residents of points that expire within a week, all that end at one instant in one message.

    Returns how many were due, 0 when none is left. The notice's row is taken first: of two that run side by side, one
    tells.
    """
    require_transaction()
    LotNotice.objects.filter(expires_at__lte=now).delete()
    due = queries.expiring_untold(now, limit)
    there = {resident for _, owner, _, _ in due if (resident := resident_of(owner))}
    active = set(User.objects.filter(pk__in=there, is_active=True).values_list("pk", flat=True))
    for account, owner, expires_at, units in due:
        _, fresh = LotNotice.objects.get_or_create(account_id=account, expires_at=expires_at)
        resident = resident_of(owner)
        if not fresh or resident not in active:
            continue
        day = clock.local(expires_at)
        tell(
            to=resident,
            kind=Kind.LOT_EXPIRING,
            title_zh=f"{units} 积分即将到期",
            title_en=f"{units} points expire soon",
            why_zh=f"这些积分在 {day:%Y-%m-%d %H:%M} 到期，到期前可以兑换消费券或捐给公益项目。",
            why_en=f"They expire at {day:%Y-%m-%d %H:%M}; until then they buy vouchers or go to a project.",
            data={"points": units, "expires_at": day.isoformat()},
            now=now,
        )
    return len(due)
