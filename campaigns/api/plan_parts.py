"""The parts of a campaign's plan as JSON, in and out: groups, windows, limits, shares, boost."""

from datetime import date, datetime
from typing import Any

from rest_framework import serializers

from backend.earning.models.rules import MOST_BOOST_BP
from backend.earning.types import Activity
from backend.edge.parsing import Text, WholeNumber
from campaigns.rules import MAX_WINDOWS, WHOLE_BP, group_of, windows_of
from campaigns.types import Boost, ClaimWindows, Funder, Group, Limits

FIRST_YEAR, LAST_YEAR = 2000, 2200
MAX_FEN = 10**13
MAX_PER_PERSON = 1000
GROUP_FIELDS = {
    "new_residents": {"days"},
    "households": set[str](),
    "streets": {"streets"},
    "age": {"from_years"},
    "tier": {"points"},
}


class Instant(serializers.DateTimeField):
    """A time in a year that calendars reckon with."""

    def to_internal_value(self, value: Any) -> datetime:
        found = super().to_internal_value(value)
        if not FIRST_YEAR <= found.year < LAST_YEAR:
            self.fail("overflow")
        return found


class Day(serializers.DateField):
    """A date in a year that calendars reckon with."""

    default_error_messages = {"overflow": "日期超出范围。The date is out of range."}

    def to_internal_value(self, value: Any) -> date:
        found = super().to_internal_value(value)
        if not FIRST_YEAR <= found.year < LAST_YEAR:
            self.fail("overflow")
        return found


class GroupShape(serializers.Serializer[Any]):
    """Whom a campaign is for; each kind has its own figures."""

    kind = serializers.ChoiceField(choices=list(GROUP_FIELDS))
    days = WholeNumber(min_value=1, max_value=3660, required=False)
    streets = serializers.ListField(child=Text(max_length=20), min_length=1, max_length=20, required=False)
    from_years = WholeNumber(min_value=1, max_value=120, required=False)
    points = WholeNumber(min_value=1, max_value=10_000_000, required=False)
    verified = serializers.BooleanField(required=False, help_text="A desk must have confirmed the street or the age.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = GROUP_FIELDS[attrs["kind"]]
        missing = wanted - attrs.keys()
        if missing:
            raise serializers.ValidationError({name: ["此人群需要该项。This group needs it."] for name in missing})
        return attrs


class HoursShape(serializers.Serializer[Any]):
    opens = serializers.RegexField(r"^([01]\d|2[0-3]):[0-5]\d$", max_length=5)
    closes = serializers.RegexField(r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", max_length=5, help_text="24:00 is midnight.")


class WeeklyShape(HoursShape):
    days = serializers.ListField(child=WholeNumber(min_value=1, max_value=7), min_length=1, max_length=7)


class ExtraDayShape(serializers.Serializer[Any]):
    day = Day()
    hours = serializers.ListField(child=HoursShape(), min_length=1, max_length=10)


class WindowsShape(serializers.Serializer[Any]):
    """When vouchers may be claimed, on the district's clock; nothing at all is always."""

    weekly = serializers.ListField(child=WeeklyShape(), required=False, max_length=MAX_WINDOWS)
    extra = serializers.ListField(child=ExtraDayShape(), required=False, max_length=MAX_WINDOWS)
    excluded = serializers.ListField(child=Day(), required=False, max_length=MAX_WINDOWS)


class LimitsShape(serializers.Serializer[Any]):
    """How many one person may claim; null is no limit."""

    per_day = WholeNumber(min_value=1, max_value=MAX_PER_PERSON, required=False, allow_null=True)
    per_week = WholeNumber(min_value=1, max_value=MAX_PER_PERSON, required=False, allow_null=True)
    per_month = WholeNumber(min_value=1, max_value=MAX_PER_PERSON, required=False, allow_null=True)
    in_all = WholeNumber(min_value=1, max_value=MAX_PER_PERSON, required=False, allow_null=True)


class SharesShape(serializers.Serializer[Any]):
    """Who pays, in basis points that add up to 10,000."""

    government = WholeNumber(min_value=0, max_value=WHOLE_BP, required=False)
    mall = WholeNumber(min_value=0, max_value=WHOLE_BP, required=False)
    shop = WholeNumber(min_value=0, max_value=WHOLE_BP, required=False)
    partner = WholeNumber(min_value=0, max_value=WHOLE_BP, required=False)


class BoostShape(serializers.Serializer[Any]):
    """More points for an activity, or for every one, for a while."""

    activity = serializers.ChoiceField(choices=[each.value for each in Activity], required=False, allow_null=True)
    factor_bp = WholeNumber(min_value=WHOLE_BP + 1, max_value=MOST_BOOST_BP, help_text="20000 doubles the points.")
    starts_at = Instant()
    ends_at = Instant()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return forward(attrs)


def forward(attrs: dict[str, Any]) -> dict[str, Any]:
    """The attributes, if their time runs forward."""
    if attrs["starts_at"] >= attrs["ends_at"]:
        raise serializers.ValidationError({"ends_at": ["结束时间须晚于开始时间。It must be later than the start."]})
    return attrs


def groups_in(data: list[dict[str, Any]]) -> tuple[Group, ...]:
    """The groups of a validated body."""
    return tuple(group_of({"verified": False, **each}) for each in data)


def windows_in(data: dict[str, Any] | None) -> ClaimWindows:
    """The windows of a validated body."""
    return windows_of(dict(WindowsShape(data).data)) if data else ClaimWindows()


def limits_in(data: dict[str, Any] | None) -> Limits:
    """The limits of a validated body."""
    return Limits(**(data or {}))


def shares_in(data: dict[str, int] | None) -> dict[Funder, int]:
    """The shares of a validated body; the government pays where nothing is said."""
    return {Funder(name): share for name, share in data.items()} if data else {Funder.GOVERNMENT: WHOLE_BP}


def boost_in(data: dict[str, Any] | None) -> Boost | None:
    """The boost of a validated body."""
    return Boost(**({"activity": None} | data)) if data else None
