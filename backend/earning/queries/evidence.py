"""Reads of photos, appeals and the queue of reviews."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from backend.core.errors import NotFound
from backend.earning.models import Appeal, Award, EvidenceRecord, Photo, PhotoBand
from backend.earning.queries import issue_reference
from backend.earning.rules.photos import ALIKE_BITS, distance, probes
from backend.earning.types import AppealKind, AppealState, AwardStatus
from backend.ledger import queries as ledger

MOST_COMPARED = 2000  # candidates of one picture; a picture so common among them is doubted anyway
MOST_ALIKE = 10


def photo_of(resident_id: UUID, photo_id: UUID) -> Photo:
    """One of a resident's photos. Raises NotFound."""
    found = Photo.objects.filter(pk=photo_id, resident_id=resident_id).first()
    if found is None:
        raise NotFound
    return found


def photo_key(digest: str) -> str:
    """The key of evidence that a photo uses up, whatever it supports and whoever sends it."""
    return f"photo:{digest}"


def alike(photo: Photo) -> list[UUID]:
    """Other photos, anybody's, that look like this one: 10 at most, the likest first."""
    look = int(photo.look, 16)
    near = PhotoBand.objects.filter(band__in=probes(look)).exclude(photo=photo)
    candidates = near.values_list("photo_id", "photo__look")[:MOST_COMPARED]
    found = {pk: distance(look, int(other, 16)) for pk, other in candidates}
    close = sorted((bits, pk) for pk, bits in found.items() if bits <= ALIKE_BITS)
    return [pk for _, pk in close[:MOST_ALIKE]]


def to_review(*, activity: str = "", doubt: str = "") -> "QuerySet[Award]":
    """Awards that wait for a decision with what there is to judge them by; order and page them by `-id`."""
    rows = Award.objects.filter(status=AwardStatus.PENDING_REVIEW, review=None)
    if activity:
        rows = rows.filter(activity=activity)
    if doubt:
        rows = rows.annotate(doubts_text=Cast("doubts", TextField())).filter(doubts_text__contains=f'"{doubt}"')
    return rows.select_related("station", "rule", "evidence__detail", "photo")


def appeals(state: str = "") -> "QuerySet[Appeal]":
    """Everybody's appeals, for operators; order and page them by `-id`."""
    rows = Appeal.objects.select_related("award__review", "award__restored")
    return rows.filter(state=state) if state else rows


def appeals_of(resident_id: UUID) -> "QuerySet[Appeal]":
    """A resident's own appeals."""
    return appeals().filter(resident_id=resident_id)


def disagreements() -> Iterator[str]:
    """One sentence for each appeal, restored award or used photo that does not fit the books."""
    for award in Award.objects.filter(restores__isnull=False).select_related("restores__review", "restores__appeal"):
        if not _stands_in(award):
            yield f"award {award.pk} does not stand in for the rejected award {award.restores_id}"
    upheld = Appeal.objects.filter(kind=AppealKind.REJECTION.value, state=AppealState.UPHELD.value)
    for appeal in upheld.filter(award__restored=None, award__unitsback__used__lt=F("award__amount")):
        yield f"appeal {appeal.pk} was upheld and nothing was restored"
    key = Concat(Value("photo:"), OuterRef("digest"))
    used_up = Exists(EvidenceRecord.objects.filter(key=key, digest=OuterRef("digest")))
    for photo in Photo.objects.exclude(award=None).exclude(used_up):
        yield f"photo {photo.pk} supports an award and was not used up"


def _stands_in(award: Award) -> bool:
    old = award.restores
    if old is None or not hasattr(old, "appeal") or not hasattr(old, "review"):
        return False
    issued = ledger.find(issue_reference(award))
    same = (award.resident_id, award.rule_id, award.event_id) == (old.resident_id, old.rule_id, old.event_id)
    upheld = old.appeal.state == AppealState.UPHELD.value and not old.review.approved
    return issued is not None and same and upheld and award.points <= old.points
