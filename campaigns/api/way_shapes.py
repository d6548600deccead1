"""Shapes of drops, draws, lists and challenges."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.earning.types import Activity
from backend.edge.pagination import listing
from backend.edge.parsing import Text, WholeNumber
from campaigns.api.plan_parts import Instant
from campaigns.models import Challenge, Draw, Drop, Entry, Grant, Offer, Ticket
from campaigns.queries import ways
from campaigns.rules import seed_of
from campaigns.types import (
    DrawStatus,
    GrantStatus,
    LineState,
    NewChallenge,
    NewDraw,
    NewDrop,
    NewGrant,
    Period,
    Plan,
    Way,
)

MAX_GOAL = 10**9
STATES = [state.value for state in LineState]
_WANTS = {
    "grant": set[str](),
    "drop": {"per_second"},
    "draw": {"closes_at"},
    "challenge": {"activities", "goal", "period"},
}


class WayRequest(serializers.Serializer[Any]):
    """How the offer's vouchers reach people; each way has its own words."""

    way = serializers.ChoiceField(choices=list(_WANTS))
    per_second = WholeNumber(min_value=1, max_value=10_000, required=False, help_text="A drop: people let in a second.")
    closes_at = Instant(required=False, help_text="A draw: the end of sign-up.")
    activities = serializers.ListField(
        child=serializers.ChoiceField(choices=[each.value for each in Activity]),
        min_length=1,
        max_length=len(Activity),
        required=False,
        help_text="A challenge: which acts count.",
    )
    goal = WholeNumber(min_value=1, max_value=MAX_GOAL, required=False, help_text="A challenge: how many.")
    counts_units = serializers.BooleanField(required=False, help_text="A challenge: units of the acts, not times.")
    period = serializers.ChoiceField(choices=[each.value for each in Period], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = _WANTS[attrs["way"]] - attrs.keys()
        if missing:
            raise serializers.ValidationError({name: ["此方式需要该项。This way needs it."] for name in missing})
        return attrs


class WayAnswer(serializers.Serializer[Any]):
    offer = serializers.UUIDField(source="pk")
    way = serializers.ChoiceField(choices=[way.value for way in Way])
    points_price = serializers.IntegerField()
    per_person_limit = serializers.IntegerField()


class DropAnswer(serializers.Serializer[Any]):
    """A drop as everybody sees it."""

    offer = serializers.UUIDField(source="pk")
    opens_at = serializers.DateTimeField(source="offer.starts_at")
    per_second = serializers.IntegerField()
    tickets = serializers.IntegerField(source="taken")
    remaining = serializers.SerializerMethodField()
    drawn_at = serializers.DateTimeField(allow_null=True)
    seed_sha256 = serializers.CharField(help_text="Published with the offer.")
    seed = serializers.SerializerMethodField(help_text="Null until the order is drawn.")

    @extend_schema_field(serializers.IntegerField())
    def get_remaining(self, drop: Drop) -> int:
        """Vouchers that are left."""
        return drop.offer.stock - drop.offer.claimed

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_seed(self, drop: Drop) -> str | None:
        """The secret of before, once it decides nothing any more."""
        return drop.seed if drop.status == DrawStatus.DRAWN else None


class QueuedAnswer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    number = serializers.CharField()
    at = serializers.DateTimeField()


QueueAnswer = listing(QueuedAnswer)


class PlaceAnswer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="One's own in the published order.")
    position = serializers.IntegerField(allow_null=True, help_text="Null until the order is drawn.")
    admitted_at = serializers.DateTimeField(allow_null=True)
    wait_seconds = serializers.IntegerField(allow_null=True, help_text="0 when it is one's turn.")
    claimed = serializers.BooleanField(help_text="Whether the ticket's voucher was taken.")


class DrawAnswer(serializers.Serializer[Any]):
    """Everything out of which anybody can compute the winners. Rendered by `draw_body`."""

    offer = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[status.value for status in DrawStatus])
    closes_at = serializers.DateTimeField()
    entries = serializers.IntegerField()
    places = serializers.IntegerField(allow_null=True, help_text="Fixed when the list is published.")
    list_sha256 = serializers.CharField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    journal_size = serializers.IntegerField(allow_null=True, help_text="The seed's checkpoint is of a larger one.")
    checkpoint = serializers.CharField(allow_null=True, help_text="The signed note, whole.")
    seed = serializers.CharField(allow_null=True)
    numbers = serializers.ListField(child=serializers.CharField(), help_text="Sorted; empty until it closes.")
    winners = serializers.ListField(child=serializers.CharField(), help_text="Best first.")


class EntryAnswer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="One's own in the published list.")
    at = serializers.DateTimeField()
    rank = serializers.SerializerMethodField(help_text="Of a won place, else null.")

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_rank(self, entry: Entry) -> int | None:
        """The place, once it is drawn."""
        win = getattr(entry, "win", None)
        return win.rank if win else None


class MyTicketAnswer(PlaceAnswer):
    offer = serializers.UUIDField(help_text="The drop's.")


class MyEntryAnswer(EntryAnswer):
    offer = serializers.UUIDField(source="draw_id", help_text="The draw's.")


class MyWaysAnswer(serializers.Serializer[Any]):
    tickets = MyTicketAnswer(many=True)
    entries = MyEntryAnswer(many=True)


class FaultAnswer(serializers.Serializer[Any]):
    line = serializers.IntegerField(source="number")
    shown = serializers.CharField(allow_blank=True)
    fault = serializers.CharField()


class GrantAnswer(serializers.Serializer[Any]):
    """A list as operators see it."""

    id = serializers.UUIDField()
    offer = serializers.UUIDField(source="offer_id")
    status = serializers.ChoiceField(choices=[status.value for status in GrantStatus])
    file_sha256 = serializers.CharField()
    preview_sha256 = serializers.CharField(allow_blank=True, help_text="What the approval names.")
    lines = serializers.IntegerField()
    read = serializers.IntegerField(help_text="Lines that have been read.")
    good = serializers.IntegerField()
    needed_fen = serializers.SerializerMethodField()
    drafted_by = serializers.CharField()
    decided_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()

    def get_needed_fen(self, grant: Grant) -> int:
        """What the good lines cost if every voucher is used."""
        return grant.good * grant.offer.face_value_fen


class GrantPreviewAnswer(GrantAnswer):
    counts = serializers.SerializerMethodField()
    faults = serializers.SerializerMethodField(help_text="The first hundred; all of them stand in the report.")

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_counts(self, grant: Grant) -> dict[str, int]:
        """Lines by what became of them."""
        return ways.counts_of(grant)

    @extend_schema_field(FaultAnswer(many=True))
    def get_faults(self, grant: Grant) -> Any:
        """Lines for which nothing is handed out."""
        return FaultAnswer(ways.faults_of(grant), many=True).data


GrantsAnswer = listing(GrantAnswer)


class GrantDecisionRequest(serializers.Serializer[Any]):
    approve = serializers.BooleanField()
    preview_sha256 = Text(max_length=64, required=False, help_text="Needed to approve: the preview that was read.")
    reason = Text(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["approve"] and "preview_sha256" not in attrs:
            raise serializers.ValidationError({"preview_sha256": ["批准时需要该项。An approval needs it."]})
        return attrs


class ChallengeAnswer(serializers.Serializer[Any]):
    offer = serializers.UUIDField(source="pk")
    title = serializers.CharField(source="offer.title")
    title_en = serializers.CharField(source="offer.title_en", allow_blank=True)
    activities = serializers.ListField(child=serializers.CharField())
    goal = serializers.IntegerField()
    counts_units = serializers.BooleanField()
    period = serializers.ChoiceField(choices=[each.value for each in Period])
    starts_at = serializers.DateTimeField(source="offer.starts_at")
    ends_at = serializers.DateTimeField(source="offer.ends_at")


ChallengesAnswer = listing(ChallengeAnswer)


class ProgressAnswer(serializers.Serializer[Any]):
    offer = serializers.UUIDField(source="offer_id")
    done = serializers.IntegerField()
    goal = serializers.IntegerField()
    starts_at = serializers.DateTimeField(help_text="Of the period that runs.")
    ends_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=STATES, allow_null=True, help_text="Of the reward, once it is earned.")


class ProgressesAnswer(serializers.Serializer[Any]):
    results = ProgressAnswer(many=True)


def plan_of(body: dict[str, Any]) -> Plan:
    """The way of a validated body."""
    match body["way"]:
        case "drop":
            return NewDrop(per_second=body["per_second"])
        case "draw":
            return NewDraw(closes_at=body["closes_at"])
        case "challenge":
            return NewChallenge(
                activities=sorted(set(body["activities"])),
                goal=body["goal"],
                period=Period(body["period"]),
                counts_units=body.get("counts_units", False),
            )
        case _:
            return NewGrant()


def way_body(offer: Offer) -> dict[str, Any]:
    return dict(WayAnswer(offer).data)


def drop_body(drop: Drop) -> dict[str, Any]:
    return dict(DropAnswer(drop).data)


def draw_body(draw: Draw) -> dict[str, Any]:
    """A draw as everybody sees it: nothing that does not exist yet."""
    closed, drawn = draw.status != DrawStatus.OPEN, draw.status == DrawStatus.DRAWN
    found = {
        "offer": draw.pk,
        "status": draw.status,
        "closes_at": draw.closes_at,
        "entries": draw.entries,
        "places": draw.places if closed else None,
        "list_sha256": draw.list_sha256 or None,
        "closed_at": draw.closed_at,
        "journal_size": draw.journal_size if closed else None,
        "checkpoint": draw.checkpoint or None,
        "seed": seed_of(draw.list_sha256, draw.checkpoint) if drawn else None,
        "numbers": ways.numbers_of(draw),
        "winners": ways.winners_of(draw),
    }
    return dict(DrawAnswer(found).data)


def grant_body(grant: Grant) -> dict[str, Any]:
    return dict(GrantPreviewAnswer(grant).data)


def challenge_body(challenge: Challenge) -> dict[str, Any]:
    return dict(ChallengeAnswer(challenge).data)


def place_body(place: Any) -> dict[str, Any]:
    return dict(PlaceAnswer(place).data)


def my_ways_body(tickets: Iterable[Ticket], entries: Iterable[Entry], now: datetime) -> dict[str, Any]:
    shown = [place_body(ways.standing_of(each, now)) | {"offer": each.drop_id} for each in tickets]
    return {"tickets": shown, "entries": MyEntryAnswer(list(entries), many=True).data}


def progress_body(rows: Any) -> dict[str, Any]:
    return {"results": ProgressAnswer(list(rows), many=True).data}
