"""The ledger of seats, and where its counts are not one."""

from django.db import models
from django.db.models import Q

from licensing.models.licenses import License
from tenants.models import Customer


class SeatEntry(models.Model):
    """The ledger: one row for each seat taken or released. Written by triggers; a trigger refuses changes.

    Without foreign keys to device and person: it outlives both.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    license = models.ForeignKey(License, models.PROTECT, related_name="entries", db_constraint=False, db_index=False)
    device_id = models.BigIntegerField()
    change = models.SmallIntegerField()
    """1 for taken, -1 for released."""
    reason = models.CharField(max_length=20)
    """What the verb named (licensing/seats.py); `device deleted` where a seat went without one."""
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="entry_is_one_seat", condition=Q(change__in=[1, -1]))]
        indexes = [models.Index(fields=["license", "at"], name="entries_of_license")]

    def __str__(self) -> str:
        return f"{self.change:+d} {self.license_id}"


class LedgerDifference(models.Model):
    """That the counts of a license were not one, from the check that found it to the one that found it gone.

    A fault of the portal: as long as there is no `ended_at`, an alert stands (alerts/facts.py).
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    license = models.ForeignKey(License, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    used = models.BigIntegerField()
    """As the license says."""
    seats = models.BigIntegerField()
    """Rows of `Seat`."""
    entries = models.BigIntegerField()
    """Sum of `SeatEntry`."""
    found_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "license"], condition=Q(ended_at=None), name="difference_once_while_it_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used}, {self.seats}, {self.entries} of {self.license_id}"
