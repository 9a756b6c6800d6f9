"""Seats: which device uses which license."""

from django.db import models
from django.db.models import F, Func, Q

from devices.models import Device
from licensing.models.licenses import License
from licensing.models.products import opening
from tenants.models import Customer, KnoxService


def _one_seat_a_device() -> list[models.BaseConstraint]:
    """A device has one seat for a service, whichever license it comes from."""
    return [
        models.UniqueConstraint(
            fields=["device"],
            condition=opening(one),
            name=f"one_{one.name.lower()}_seat_a_device",
        )
        for one in KnoxService
    ]


class Seat(models.Model):
    """A device uses a seat of a license. Comes and goes, never changes: a trigger refuses.

    Inserting or deleting one writes the ledger and the license's count, also in bulk and when a device is deleted.
    """

    # The composite foreign keys of migration 0002 check both columns at once, so these need none of their own. The one
    # to the device cascades: whoever deletes a device frees its seats, in PostgreSQL itself.
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="seats", db_constraint=False, db_index=False)
    license = models.ForeignKey(License, models.PROTECT, related_name="seats_in_use", db_constraint=False)
    device = models.ForeignKey(Device, models.DO_NOTHING, related_name="seats", db_constraint=False)
    services = models.CharField(max_length=30)
    """The license's, copied for the constraints."""
    taken_at = models.DateTimeField()
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    """The term of this device alone, where the product counts from the seat on (Staggered)."""
    ends_at = models.GeneratedField(
        expression=Func(F("taken_at"), F("months"), 0, function="licensing_ends_at"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = _one_seat_a_device()
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(months__isnull=False), name="seats_by_end"),
            models.Index(fields=["customer", "license", "device"], name="seats_of_license"),
        ]

    def __str__(self) -> str:
        return f"seat of {self.device_id} in {self.license_id}"
