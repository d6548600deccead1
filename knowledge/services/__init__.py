"""The knowledge app's verbs: building versions, bringing documents in, trying them out."""

from knowledge.services import synonyms
from knowledge.services.building import (
    Built,
    activate,
    build,
    fingerprint_of,
    point_to,
    prepare,
    prune,
)
from knowledge.services.documents import REBUILD, check, discard, draft, publish, withdraw
from knowledge.services.rows import Prepared
from knowledge.services.trials import TRIAL, Compared, ask_trial, keep_trial, try_out
from knowledge.services.vectors import content_hash, embedded_text

__all__ = [
    "REBUILD",
    "TRIAL",
    "Built",
    "Compared",
    "Prepared",
    "activate",
    "ask_trial",
    "build",
    "check",
    "content_hash",
    "discard",
    "draft",
    "embedded_text",
    "fingerprint_of",
    "keep_trial",
    "point_to",
    "prepare",
    "prune",
    "publish",
    "synonyms",
    "try_out",
    "withdraw",
]
