"""Photos as evidence. The file is private and goes when its time is over; the hashes stay, so that it cannot return."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.earning.models.awards import Award


def evidence_storage() -> Storage:
    """Where the files of evidence are; never under an address."""
    return storages["evidence"]


class Photo(models.Model):
    """A picture that a resident sent: re-encoded, without its metadata.

    `digest` is of the bytes that were sent, `look` its perceptual hash (16 hexadecimal digits). `award` is the one act
    that it supports. `file` is empty once it was deleted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    look = models.CharField(max_length=16)
    file = models.FileField(storage=evidence_storage, max_length=80, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    award = models.OneToOneField(Award, on_delete=models.PROTECT, null=True, related_name="photo")
    keep_until = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident_id", "digest"], name="one_photo_per_resident")]
        indexes = [models.Index(fields=["keep_until"], name="photo_due", condition=~Q(file=""))]

    def __str__(self) -> str:
        return f"photo {self.pk}"


class PhotoBand(models.Model):
    """A quarter of a photo's perceptual hash: the index by which pictures that look alike are found."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="bands")
    band = models.PositiveIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.band:05x} of {self.photo_id}"
