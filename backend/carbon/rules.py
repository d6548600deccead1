"""How much an act avoids. Rounded down: what is not sure is not claimed."""

from datetime import datetime

from backend.carbon.errors import BadMethod
from backend.carbon.types import Factor, NewMethod

MOST_FACTORS, MOST_MG = 60, 10**9


def require_sound(method: NewMethod) -> None:
    """Raises BadMethod for a method without a source or factors, or with a figure out of range."""
    if not (method.source and 1 <= len(method.factors) <= MOST_FACTORS and 0 <= method.uncertainty_percent <= 100):
        raise BadMethod(reason="source, factors, uncertainty")
    if method.per_day_mg is not None and not 1 <= method.per_day_mg <= MOST_MG:
        raise BadMethod(reason="per_day_mg")
    for name, factor in method.factors.items():
        if not (1 <= factor.mg <= MOST_MG and 1 <= factor.per <= MOST_MG and len(name) <= 40):
            raise BadMethod(reason=name)


def avoided_mg(factor: Factor | None, amount: int) -> int:
    """Milligrams for `amount` units; none where the method has no factor for the variant."""
    return amount * factor.mg // factor.per if factor else 0


def day_of(at: datetime) -> str:
    """The calendar day of `at`'s own zone; callers give the district's."""
    return at.date().isoformat()


def remaining_mg(mg: int, *, left: int, whole: int) -> int:
    """What an entry keeps when only `left` of its `whole` units still count."""
    return mg * left // whole


def rebooked_mg(mg: int, units: int, *, old: Factor | None, new: Factor | None) -> int:
    """What an entry of `mg` comes to under a new factor. One that a daily bound had cut is scaled, not counted anew."""
    if new is None or old is None:
        return avoided_mg(new, units)
    if mg == avoided_mg(old, units):
        return avoided_mg(new, units)
    return mg * new.mg * old.per // (new.per * old.mg)
