"""The attended scale: the resident's code once, a line for each material, and ten minutes to set a line right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound, Refusal
from backend.core.transactions import require_transaction
from backend.earning.models import Station
from backend.earning.services import award, take_back
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade
from backend.recycling import errors, queries
from backend.recycling.models import Correction, Weighing, WeighingLine
from backend.recycling.rules import materials
from backend.recycling.rules.weighing import CORRECTION_TIME, MOST_LINES, may_correct, set_right
from backend.recycling.types import Line, Material, Weighed, WeighedBy
from backend.tokens import services as tokens
from backend.tokens.types import Purpose


@dataclass(frozen=True)
class Scale:
    """Who weighs, for which activity, how good the evidence is, and when it happened."""

    kind: WeighedBy
    by: UUID
    activity: Activity
    grade: Grade
    at: datetime


def weigh(
    *, by: User, resident_code: str, lines: Sequence[Line], station_id: UUID | None = None, now: datetime
) -> Weighed:
    """Books what a resident brought to the attendant `by`: one weighing, one award for each line.

    A line that meets a cap is kept without points; when no line earns, the first line's refusal is raised. Raises the
    code's refusals, Forbidden, StationRequired, OwnWeighing and those of `earning.services.award`.
    """
    require_transaction()
    station = queries.attendant_station(by, station_id)
    resident = resident_of(resident_code, at=now, now=now)
    scale = Scale(WeighedBy.ATTENDANT, by.pk, Activity.WEIGHING, Grade.ATTENDED, now)
    done = put_on_scale(scale, resident_id=resident, station=station, lines=lines, now=now)
    audit.record(by=by.pk, action="recycling.weigh", subject=done.id, now=now, lines=len(lines))
    return done


def resident_of(code: str, *, at: datetime, now: datetime) -> UUID:
    """Who shows a personal code, which is then used up for everybody: two scales cannot both take it."""
    token = tokens.verify(code=code, purpose=Purpose.RESIDENT, now=at)
    tokens.burn(token=token, now=now)
    return token.subject


def put_on_scale(
    scale: Scale, *, resident_id: UUID, station: Station | None, lines: Sequence[Line], now: datetime
) -> Weighed:
    """One weighing with its lines and awards. Raises OwnWeighing and what `award` raises when no line earns."""
    require_transaction()
    if resident_id == scale.by:
        raise errors.OwnWeighing
    weighing = Weighing.objects.create(
        resident_id=resident_id, station=station, weighed_by=scale.kind, by=scale.by, at=scale.at
    )
    earned = [_add_line(weighing, scale, position, line, now) for position, line in enumerate(lines)]
    awards = [each for each in earned if isinstance(each, Awarded)]
    if not awards:
        raise next(each for each in earned if isinstance(each, Refusal))
    return Weighed(weighing.pk, sum(each.points for each in awards), sum(each.carbon_mg for each in awards))


def _add_line(weighing: Weighing, scale: Scale, position: int, line: Line, now: datetime) -> Awarded | Refusal:
    earned = _award_or_refusal(weighing, scale, line, position, now)
    WeighingLine.objects.create(
        weighing=weighing,
        position=position,
        material=line.material,
        grams=line.grams,
        award_id=earned.id if isinstance(earned, Awarded) else None,
        refused=earned.code if isinstance(earned, Refusal) else "",
    )
    return earned


def _award_or_refusal(weighing: Weighing, scale: Scale, line: Line, position: int, now: datetime) -> Awarded | Refusal:
    """A refused line leaves nothing of its award behind, because of the savepoint; the other lines stand."""
    try:
        with transaction.atomic():
            return _award(weighing, scale, line, position, now)
    except Refusal as refusal:
        return refusal


def _award(weighing: Weighing, scale: Scale, line: Line, position: int, now: datetime) -> Awarded:
    zh, en = materials.told(line, weighing.station.name if weighing.station else "")
    act = Act(scale.activity, line.grams, scale.grade, scale.at, variant=line.material, label_zh=zh, label_en=en)
    return award(
        resident_id=weighing.resident_id,
        act=act,
        evidence=Evidence(key=f"weighing:{weighing.pk}:{position}", detail={"grams": line.grams}, witness=scale.by),
        station=weighing.station,
        now=now,
    )


def correct(*, by: User, weighing_id: UUID, position: int, right: Line, reason: str, now: datetime) -> Correction:
    """Sets one line of one's own weighing right, once, by an entry that takes back and one that adds.

    Raises NotFound, CorrectionTooLate, NothingToCorrect, AlreadyCorrected, and those of `take_back`.
    """
    require_transaction()
    line = _own_line(by, weighing_id, position)
    if not may_correct(line.weighing.at, now):
        raise errors.CorrectionTooLate(minutes=int(CORRECTION_TIME.total_seconds() // 60))
    grams_back, added = set_right(Line(Material(line.material), line.grams), right)
    made = _correct_once(line, right, reason=reason, by=by.pk, now=now)
    if grams_back and line.award_id:
        reference = f"weighing:{weighing_id}:{position}:corrected"
        take_back(by=by.pk, award_id=line.award_id, units=grams_back, reference=reference, reason=reason, now=now)
    if added:
        scale = Scale(WeighedBy.ATTENDANT, by.pk, Activity.WEIGHING, Grade.ATTENDED, line.weighing.at)
        _add_line(line.weighing, scale, MOST_LINES + position, added, now)
    audit.record(by=by.pk, action="recycling.correct", subject=weighing_id, now=now, line=position, grams=right.grams)
    return made


def _own_line(by: User, weighing_id: UUID, position: int) -> WeighingLine:
    mine = WeighingLine.objects.select_related("weighing__station").filter(
        weighing=weighing_id, weighing__by=by.pk, weighing__weighed_by=WeighedBy.ATTENDANT, position__lt=MOST_LINES
    )
    found = mine.filter(position=position).first()
    if found is None:
        raise NotFound
    return found


def _correct_once(line: WeighingLine, right: Line, *, reason: str, by: UUID, now: datetime) -> Correction:
    """The unique row comes first, so that of two at once one takes nothing back."""
    try:
        with transaction.atomic():
            return Correction.objects.create(
                line=line, material=right.material, grams=right.grams, reason=reason, by=by, at=now
            )
    except IntegrityError:
        raise errors.AlreadyCorrected from None
