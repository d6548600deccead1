"""Sealing by the calendar: the same as `manage.py seal`, in pieces that the scheduler commits one by one."""

from datetime import datetime

from backend.core import clock
from backend.seal import queries, services
from backend.seal.models import Checkpoint

BY = "sealer"


def seal(now: datetime) -> int:
    """One piece; when nothing waits, the horizon and the day's checkpoint. How many transfers were sealed."""
    tree = queries.tree()
    waits = queries.unsealed(tree.horizon).exists()
    if waits or tree.horizon < tree.seen:
        done = services.seal_pending(by=BY, now=now)
        if waits:
            return done
    if queries.tree().size and not Checkpoint.objects.filter(day=clock.local(now).date()).exists():
        services.publish_checkpoint(by=BY, now=now)
    return 0
