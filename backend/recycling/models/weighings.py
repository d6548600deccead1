"""Weighings: one event on the scale, a line for each material, and what was corrected of it."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.earning.models import Award, Station
from backend.recycling.rules.weighing import MOST_GRAMS
from backend.recycling.types import Material, WeighedBy


class Weighing(models.Model):
    """What one resident brought once. `by` is the attendant, the collector or the device."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident_id = models.UUIDField()
    station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True)
    weighed_by = models.CharField(max_length=12, choices=[(w, w) for w in WeighedBy])
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["station", "at"], name="weighing_by_station"),
            models.Index(fields=["resident_id", "at"], name="weighing_by_resident"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(resident_id=models.F("by")), name="nobody_weighs_for_themselves"),
            models.CheckConstraint(
                condition=Q(station__isnull=False) | Q(weighed_by=WeighedBy.COLLECTOR), name="weighing_has_its_station"
            ),
        ]

    def __str__(self) -> str:
        return f"weighing of {self.resident_id} at {self.at:%F %T}"


class WeighingLine(models.Model):
    """One material of a weighing, in grams, and the award that it brought.

    What a correction adds to line n stands at position `MOST_LINES` + n.
    """

    append_only = True

    weighing = models.ForeignKey(Weighing, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    material = models.CharField(max_length=16, choices=[(m, m) for m in Material])
    grams = models.PositiveIntegerField()
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="+")
    refused = models.CharField(max_length=40, blank=True)  # the code of the refusal where the line earned nothing

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["weighing", "position"], name="one_line_per_position"),
            models.CheckConstraint(condition=Q(grams__range=(1, MOST_GRAMS)), name="line_grams_bounded"),
            models.CheckConstraint(condition=Q(material__in=list(Material)), name="line_material_known"),
            models.CheckConstraint(
                condition=Q(award__isnull=True, refused__gt="") | Q(award__isnull=False, refused=""),
                name="line_earns_or_says_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grams} g of {self.material}"


class Correction(models.Model):
    """What a line should have been. What was too much went back; what was missing is a line of its own."""

    append_only = True

    line = models.OneToOneField(WeighingLine, on_delete=models.PROTECT, primary_key=True, related_name="correction")
    material = models.CharField(max_length=16, choices=[(m, m) for m in Material])
    grams = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grams__range=(0, MOST_GRAMS)), name="correction_grams_bounded"),
        ]

    def __str__(self) -> str:
        return f"corrected to {self.grams} g: {self.reason}"
