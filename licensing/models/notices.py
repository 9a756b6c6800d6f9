"""Notices: which letters about licenses were written."""

from django.db import models

from licensing.models.licenses import License
from tenants.models import Customer


class Notice(models.Model):
    """That one letter about a license was written: each goes out once, however often the clock asks."""

    class Kind(models.TextChoices):
        ENDS = "ends", "Ends soon"
        ENDED = "ended", "Ended"
        LOW = "low", "Few seats left"
        FULL = "full", "No seat left"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    license = models.ForeignKey(License, models.PROTECT, related_name="notices", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=5, choices=Kind)
    days = models.PositiveSmallIntegerField(null=True)
    """Of an end: how many days before."""
    ends_at = models.DateTimeField(null=True)
    """Of an end: which one, because an extension brings another."""
    seats = models.PositiveIntegerField(null=True)
    """Of seats: how many there were, because more of them start anew."""
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "license", "kind", "days", "ends_at", "seats"],
                name="notice_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.days or self.seats or ''} of {self.license_id}"
