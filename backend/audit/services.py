"""Writing the audit trail, in the transaction of the act it tells of."""

from datetime import datetime
from typing import Any

from backend.audit.models import AuditRow
from backend.core.batch import Batch


def record(*, by: object, action: str, subject: object, now: datetime, **data: Any) -> None:
    """One row: who (`by`, an id or a process name), what (`app.verb`), on what, with named JSON data."""
    batch = Batch()
    enter(batch, by=by, action=action, subject=subject, now=now, **data)
    batch.send()


def enter(batch: Batch, *, by: object, action: str, subject: object, now: datetime, **data: Any) -> None:
    """The same as `record`, with the row left in `batch`."""
    batch.insert(AuditRow, at=now, by=str(by), action=action, subject=str(subject), data=data)
