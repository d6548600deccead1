"""Writing the audit trail, in the transaction of the act it tells of."""

from datetime import datetime
from typing import Any

from backend.audit.models import AuditRow
from backend.core.transactions import require_transaction


def record(*, by: object, action: str, subject: object, now: datetime, **data: Any) -> None:
    """One row: who (`by`, an id or a process name), what (`app.verb`), on what, with named JSON data."""
    require_transaction()
    AuditRow.objects.create(at=now, by=str(by), action=action, subject=str(subject), data=data)
