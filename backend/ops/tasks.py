"""The jobs of apps that know nothing of the scheduler, and those that look at everything."""

from datetime import datetime, time

from backend.ops import trials, upkeep
from backend.outbox import services as outbox
from backend.outbox.registry import register as handle
from backend.outbox.registry import schedule
from backend.outbox.types import Daily, Every
from backend.seal.tasks import seal
from knowledge.services import TRIAL, synonyms
from knowledge.tasks import SLOW


def register() -> None:
    for name, step in upkeep.STEPS.items():
        schedule(name, Every(seconds=15), step)
    schedule("transfers sealed", Every(seconds=15), seal)  # the last that writes to the journal comes before it
    schedule("alarms told", Every(seconds=60), upkeep.tell_alarms)
    schedule("ended tasks forgotten", Daily(at=time(3, 30)), _prune)
    handle(TRIAL, trials.run, SLOW)
    handle(trials.CURVE, trials.run_curve, SLOW)
    handle(synonyms.TRIAL, trials.run_synonym, SLOW)


def _prune(now: datetime) -> int:
    return outbox.prune(now=now)
