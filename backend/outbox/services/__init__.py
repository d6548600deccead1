"""The outbox's verbs. Each runs inside its caller's transaction."""

from backend.outbox.services.leases import complete, fail, renew, take
from backend.outbox.services.queue import enqueue, plan_jobs, postpone, prune, replay

__all__ = ["complete", "enqueue", "fail", "plan_jobs", "postpone", "prune", "renew", "replay", "take"]
