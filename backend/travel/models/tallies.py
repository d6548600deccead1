from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id


class Tally(models.Model):
    """One person's day in one activity: `total` units reported, of which `credited` were put to an award.

    Points and carbon follow from `total` alone, in whatever order its parts came in (rules.tallies).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident_id = models.UUIDField()
    day = models.DateField()
    activity = models.CharField(max_length=40)
    total = models.PositiveBigIntegerField(default=0)
    credited = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident_id", "day", "activity"], name="one_tally_per_day_and_activity"),
            models.CheckConstraint(condition=Q(credited__lte=F("total")), name="tally_credits_what_was_reported"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.activity}: {self.credited} of {self.total}"
