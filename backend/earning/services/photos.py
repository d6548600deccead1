"""Photos as evidence: kept, looked at, used for one act, deleted when their time is over.

A file is not in the database's transaction. So its row comes after it and goes before it, and a nightly sweep deletes
files that no row names.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.accounts.types import Role
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.transactions import require_transaction, take_within
from backend.earning import errors, queries, rules
from backend.earning.models import (
    Award,
    CapUse,
    EvidenceDetail,
    EvidenceRecord,
    Photo,
    PhotoBand,
    evidence_storage,
)
from backend.earning.pictures import Picture
from backend.earning.queries import evidence as reads
from backend.earning.queries.evidence import photo_key
from backend.earning.rules.photos import bands
from backend.earning.services.awarding import DETAIL_KEPT, award
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade

PHOTOS_A_DAY = 20
UNUSED_KEPT = timedelta(days=1)


def store_file(picture: Picture, now: datetime) -> str:
    """Writes the file under a random name and returns that. Outside a transaction; `keep_photo` follows."""
    name = f"{clock.local(now):%Y%m%d}/{new_id().hex}.jpg"
    return evidence_storage().save(name, ContentFile(picture.jpeg))


def read_file(photo: Photo) -> bytes:
    """The picture. Raises PhotoGone where its file was deleted in this instant."""
    try:
        with photo.file.open() as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError:
        raise errors.PhotoGone from None


def drop_file(name: str) -> None:
    """Deletes a file that no row names, or none that does."""
    evidence_storage().delete(name)


def keep_photo(*, by: User, picture: Picture, name: str, now: datetime) -> Photo:
    """A resident's photo with its file `name`, kept for a day unless an act uses it.

    The same bytes again are the photo that is kept already, and the new file goes. Raises TooManyPhotos.
    """
    require_transaction()
    if not take_within(CapUse, limit=PHOTOS_A_DAY, key=_counter(by, now)):
        raise errors.TooManyPhotos(limit=PHOTOS_A_DAY)
    look = f"{picture.look:016x}"
    row = Photo(
        resident_id=by.pk, digest=picture.digest, look=look, file=name,
        width=picture.width, height=picture.height, keep_until=now + UNUSED_KEPT, at=now,
    )  # fmt: skip
    Photo.objects.bulk_create([row], ignore_conflicts=True)
    kept = Photo.objects.get(resident_id=by.pk, digest=picture.digest)
    if kept.pk == row.pk:
        PhotoBand.objects.bulk_create(PhotoBand(photo=kept, band=band) for band in bands(picture.look))
    elif kept.file or kept.award_id:
        transaction.on_commit(partial(drop_file, name))
    else:
        Photo.objects.filter(pk=kept.pk).update(file=name, keep_until=now + UNUSED_KEPT)
        kept.refresh_from_db()
    return kept


def expect_room(*, by: User, now: datetime) -> None:
    """Saves the work of opening a picture that `keep_photo` would refuse; no guard. Raises TooManyPhotos."""
    if CapUse.objects.filter(key=_counter(by, now), used__gte=PHOTOS_A_DAY).exists():
        raise errors.TooManyPhotos(limit=PHOTOS_A_DAY)


def look_at_photo(*, by: User, photo_id: UUID, now: datetime) -> Photo:
    """A photo for its owner, or for an operator, who leaves an audit row. Raises NotFound, PhotoGone."""
    require_transaction()
    photo = Photo.objects.filter(pk=photo_id).first()
    if photo is None or not (photo.resident_id == by.pk or by.has_role(Role.OPERATOR)):
        raise NotFound
    if not photo.file:
        raise errors.PhotoGone
    if photo.resident_id != by.pk:
        audit.record(by=by.pk, action="earning.look_at_photo", subject=photo_id, now=now)
    return photo


def act_by_photo(*, by: User, activity: Activity, photo_id: UUID, now: datetime) -> Awarded:
    """An act that a photo of one's own shows. It waits for review, with what the photo is like.

    One photo supports one act, whoever sends it. Raises NotFound, PhotoGone, EvidenceAlreadyUsed and those of `award`.
    """
    require_transaction()
    photo = reads.photo_of(by.pk, photo_id)
    if not photo.file:
        raise errors.PhotoGone
    alike = reads.alike(photo)
    act = Act(activity, 1, Grade.PHOTO, clock.local(now), doubts=(rules.PHOTO_REUSED,) if alike else ())
    detail: dict[str, object] = {"photo": str(photo.pk), "alike": [str(other) for other in alike]}
    made = award(resident_id=by.pk, act=act, evidence=Evidence(photo_key(photo.digest), photo.digest, detail), now=now)
    free = Photo.objects.filter(pk=photo.pk, award=None).exclude(file="")
    if not free.update(award=made.id, keep_until=now + DETAIL_KEPT):
        raise errors.PhotoGone
    return made


def add_photo(*, by: User, award_id: UUID, photo_id: UUID, now: datetime) -> Photo:
    """Puts a photo of one's own to an award that waits for a review or an appeal, for whoever decides; once.

    The photo is used up by that as by an act: its digest becomes a key of evidence. Raises NotFound, NotUnderReview,
    PhotoGone, EvidenceAlreadyUsed, AwardHasPhoto.
    """
    require_transaction()
    award = queries.award_of(by.pk, award_id)
    if not queries.is_under_review(award):
        raise errors.NotUnderReview
    photo = reads.photo_of(by.pk, photo_id)
    if not photo.file:
        raise errors.PhotoGone
    _take_digest(photo, award, now)
    free = Photo.objects.filter(pk=photo.pk, award=None).exclude(file="")
    try:
        with transaction.atomic():
            taken = free.update(award=award, keep_until=now + DETAIL_KEPT)
    except IntegrityError:
        raise errors.AwardHasPhoto from None
    if not taken:
        raise errors.PhotoGone
    audit.record(by=by.pk, action="earning.add_photo", subject=award_id, now=now, photo=str(photo.pk))
    return reads.photo_of(by.pk, photo_id)


def _take_digest(photo: Photo, award: Award, now: datetime) -> None:
    try:
        with transaction.atomic():
            EvidenceRecord.objects.create(key=photo_key(photo.digest), grade=award.grade, digest=photo.digest, at=now)
    except IntegrityError:
        raise errors.EvidenceAlreadyUsed from None


def drop_due_evidence(*, now: datetime, limit: int = 200) -> int:
    """Deletes particulars of evidence and files of photos whose time is over; how many were due. Hashes stay."""
    require_transaction()
    due = EvidenceDetail.objects.filter(keep_until__lte=now).order_by("keep_until")
    details, _ = EvidenceDetail.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:limit])).delete()
    return details + _drop_files(list(Photo.objects.filter(keep_until__lte=now).exclude(file="")[:limit]))


def sweep_files(*, now: datetime) -> int:
    """Deletes files of earlier days that no row names: what a crash left between a file and its row. Always 0."""
    storage, today = evidence_storage(), f"{clock.local(now):%Y%m%d}"
    folders = storage.listdir("")[0] if storage.exists("") else []
    for folder in folders:
        if folder < f"{clock.local(now - UNUSED_KEPT):%Y%m%d}" and folder != today:
            known = set(Photo.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
            for name in storage.listdir(folder)[1]:
                if f"{folder}/{name}" not in known:
                    storage.delete(f"{folder}/{name}")
    return 0


def forget_photos(*, by: User) -> None:
    """Deletes a person's photos and the particulars of their evidence, before their time; the hashes stay."""
    require_transaction()
    EvidenceDetail.objects.filter(evidence__award__resident_id=by.pk).delete()
    _drop_files(list(Photo.objects.filter(resident_id=by.pk).exclude(file="")))


def _counter(by: User, now: datetime) -> str:
    return f"photos:{by.pk}:{clock.local(now):%Y%m%d}"


def _drop_files(photos: list[Photo]) -> int:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(file="")
    for photo in photos:
        transaction.on_commit(partial(drop_file, str(photo.file)))
    return len(photos)
