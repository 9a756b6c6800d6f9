"""Licenses: what a customer may use, and what later keys added to it."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from licensing.models.keys import Key
from licensing.models.products import Product
from tenants.models import Customer, KnoxService


class LicenseQuerySet(models.QuerySet["License"]):
    def kept(self) -> Self:
        """Those that nobody deleted."""
        return self.filter(deleted_at=None)

    def in_state(self, state: "License.State", *, now: datetime | None = None) -> Self:
        now = now or timezone.now()
        return {
            License.State.REGISTERED: self.filter(starts_at__gt=now),
            License.State.ACTIVE: self.filter(starts_at__lte=now, ends_at__gt=now),
            License.State.EXPIRED: self.filter(ends_at__lte=now),
        }[state]


class License(models.Model):
    """The right of one customer to use a service for a number of seats and a time.

    Its state comes from its dates. PostgreSQL counts `used` and works out `ends_at`; both are read only here.
    """

    class State(models.TextChoices):
        REGISTERED = "registered", "Registered"
        ACTIVE = "active", "Active"
        EXPIRED = "expired", "Expired"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="licenses")
    product = models.ForeignKey(Product, models.PROTECT, related_name="licenses")
    # The product's, copied for the constraints here and on seats; a composite foreign key keeps them equal.
    service = models.CharField(max_length=3, choices=KnoxService)
    services = models.CharField(max_length=30)
    is_trial = models.BooleanField()
    key = models.OneToOneField(Key, models.PROTECT, null=True, blank=True, related_name="license")
    name = models.CharField(max_length=100)
    seats = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0, editable=False)
    """How many of its seats have a device. Written by the triggers on seats alone."""
    starts_at = models.DateTimeField()
    months = models.PositiveSmallIntegerField(default=0)
    """Bought time, in calendar months, with every extension."""
    days = models.PositiveSmallIntegerField(default=0)
    """Time of a trial, in days of 24 hours."""
    ends_at = models.GeneratedField(
        expression=Func(F("starts_at"), F("months"), F("days"), function="licensing_ends_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    dated_at = models.DateTimeField()
    """Since when the end is known: entering, or the last extension. Notices of an instant before it are not sent."""
    released_at = models.DateTimeField(null=True, blank=True)
    """When the seats were taken back after the end."""
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    deleted_at = models.DateTimeField(null=True, blank=True)
    """Deleted for people. The row stays, because its key and its trial are used up for ever."""

    full_on: datetime | None = None
    """Until when its seats last at this pace, where a list asked for it (licensing/ledger.py)."""

    objects = LicenseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "service"], condition=Q(is_trial=True), name="one_trial_a_customer_and_service"
            ),
            models.UniqueConstraint(
                fields=["customer", "name"], condition=Q(deleted_at=None), name="license_name_once_a_customer"
            ),
            # What seats, ledger and notices point at.
            models.UniqueConstraint(fields=["customer", "id"], name="license_of_its_customer"),
            models.UniqueConstraint(fields=["customer", "id", "product"], name="license_of_its_product"),
            models.UniqueConstraint(fields=["customer", "id", "services"], name="license_as_its_seats_copy_it"),
            models.CheckConstraint(name="license_is_not_oversold", condition=Q(used__lte=F("seats"))),
            models.CheckConstraint(name="license_has_seats", condition=Q(seats__gte=1)),
            models.CheckConstraint(
                name="license_is_bought_or_a_trial",
                condition=Q(is_trial=True, key=None, months=0, days__gte=1)
                | Q(is_trial=False, key__isnull=False, months__gte=1, days=0),
            ),
            models.CheckConstraint(name="license_deleted_serves_nobody", condition=Q(deleted_at=None) | Q(used=0)),
            models.CheckConstraint(name="license_does_not_replace_itself", condition=~Q(replaced_by=F("id"))),
        ]
        indexes = [
            models.Index(fields=["ends_at"], name="licenses_by_end"),
            models.Index(fields=["customer", "-id"], name="licenses_of_customer"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int:
        return self.seats - self.used

    @property
    def state(self) -> State:
        return self.state_at(timezone.now())

    def state_at(self, now: datetime) -> State:
        if now < self.starts_at:
            return self.State.REGISTERED
        return self.State.ACTIVE if now < self.ends_at else self.State.EXPIRED

    def days_left(self, now: datetime | None = None) -> int:
        """Days until the end, a begun one counted whole; 0 once it has ended."""
        left: timedelta = self.ends_at - (now or timezone.now())
        return max(0, -(-left // timedelta(days=1)))

    def leaves_at(self, grace_days: int) -> datetime | None:
        """When its devices leave the service: at the end, or so many days later where the product has grace.

        None where each device has a term of its own (Staggered).
        """
        if self.product.per_device_end:
            return None
        end: datetime = self.ends_at
        return end + timedelta(days=grace_days) if self.product.has_grace else end

    def copy_product(self, product: Product) -> Self:
        """Take over what the constraints compare."""
        self.product, self.is_trial = product, product.is_trial
        self.service, self.services = product.service, product.services
        return self


class Addition(models.Model):
    """A later key that made a license longer or larger."""

    class Kind(models.TextChoices):
        TIME = "time", "Extension"
        SEATS = "seats", "More seats"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    license = models.ForeignKey(License, models.PROTECT, related_name="additions")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    """Of license and key: two composite foreign keys keep them equal."""
    key = models.OneToOneField(Key, models.PROTECT, related_name="addition")
    kind = models.CharField(max_length=5, choices=Kind)
    seats = models.PositiveIntegerField(default=0)
    months = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="addition_is_time_or_seats",
                condition=Q(kind="time", months__gte=1, seats=0) | Q(kind="seats", seats__gte=1, months=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.license_id}"
