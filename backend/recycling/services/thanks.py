"""A drop that failed because the bin was full: whoever shows that they came is thanked, once a day."""

from datetime import datetime
from uuid import UUID

from backend.accounts.queries import person_of
from backend.core import clock
from backend.earning.models import Station
from backend.earning.services import award
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade


def thank_for_full_bin(
    *, resident_id: UUID, station: Station, grade: Grade, sure: bool, at: datetime, now: datetime
) -> Awarded:
    """The award. Its evidence is the person's day, so that a second one, at any station, is EvidenceAlreadyUsed.

    Where nobody but the resident says that the bin is full (`sure` is false), it waits for a review.
    """
    day = clock.day_bounds(at)[0].date()
    act = Act(
        Activity.BIN_FULL,
        1,
        grade,
        at,
        label_zh=f"到「{station.name}」投放时已满",
        label_en=f"“{station.name}” was full",
        doubts=() if sure else ("bin_not_known_full",),
    )
    evidence = Evidence(key=f"bin_full:{person_of(resident_id)}:{day}")
    return award(resident_id=resident_id, act=act, evidence=evidence, station=station, now=now)
