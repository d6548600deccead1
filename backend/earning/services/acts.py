"""Check-ins: being at a recycling point, shown by a code."""

from datetime import datetime

from backend.accounts.models import User
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.earning import errors, queries, rules
from backend.earning.services.awarding import award
from backend.earning.types import Activity, Awarded, Evidence, Position, StationStatus
from backend.tokens import services as tokens
from backend.tokens.types import Purpose, Token

_ACTIVITY = {
    Purpose.STATION_SCREEN: Activity.CHECKIN_SCREEN,
    Purpose.STATION_PRINTED: Activity.CHECKIN_PRINTED,
}


def check_in(*, by: User, code: str, position: Position | None, now: datetime) -> Awarded:
    """Awards a resident for being at a recycling point, or says exactly why not.

    Raises the code's refusals (tokens), StationUnavailable, PositionRequired and those of `award`. A refusal burns
    nothing: the same code works again when its reason is gone.
    """
    require_transaction()
    token = tokens.verify(code=code, purpose=tuple(_ACTIVITY), now=now)
    station = queries.station(token.subject)
    if station.status == StationStatus.DOWN:
        raise errors.StationUnavailable(station=station.name)
    act = rules.check_in(
        _ACTIVITY[token.purpose],
        station=station.name,
        place=station.place,
        radius_m=station.radius_m,
        position=position,
        at=clock.local(now),
    )
    return award(resident_id=by.pk, act=act, evidence=_evidence(token, by, now), station=station, now=now)


def _evidence(token: Token, by: User, now: datetime) -> Evidence:
    """A rotating code is good once for each person; a printed one is bounded by its caps."""
    if token.purpose is Purpose.STATION_SCREEN:
        tokens.burn(token=token, burner=str(by.pk), now=now)
        return Evidence(f"code:{token.digest}:{by.pk}", token.digest)
    return Evidence(f"checkin:{new_id()}", token.digest)
