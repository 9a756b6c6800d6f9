"""Licenses: where keys are bought, keys, what a customer may use, and which device uses which seat (FAQ Q8, Q9).

Counts are not kept by the code: triggers of PostgreSQL write the ledger and `License.used` with each seat that
comes or goes, and a constraint keeps `used` within `seats` (migration 0002).
"""

import re
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from devices.models import Device
from tenants.models import Customer, KnoxService, LicenseReseller, Msp
from tenants.regions import Region

TAX = (("without", "without tax"), ("with", "with tax"))
MASK = "•••••"
_SERVICE = "|".join(re.escape(one) for one in KnoxService.values)


def masked(prefix: str, last5: str) -> str:
    """`KLM09-•••••-•••••-•••••-•••••-NP90Q` (words.md 8)."""
    return "-".join([prefix, *[MASK] * 4, last5])


class Product(models.Model):
    """A kind of license that Samsung sells, with its rules as data (knox.md 5.2). Written by migrations alone."""

    class Family(models.TextChoices):
        SETUP = "setup", "Setup"
        SETUP_STAGGERED = "setup_staggered", "Setup (Staggered)"
        DYNAMIC = "dynamic", "Dynamic"
        DYNAMIC_PER_SEAT = "dynamic_per_seat", "Dynamic (Per seat)"
        STANDARD = "standard", "Standard"
        SUITE = "suite", "Knox Suite"
        CARE = "care", "Care plan"
        GUARD = "guard", "Knox Guard"
        TRIAL = "trial", "Trial"

    class Edition(models.TextChoices):
        DEVICE = "device", "Per device"
        SEAT = "seat", "Per seat"

    class SeatChange(models.TextChoices):
        GROW = "grow", "Increase only"
        BOTH = "both", "Both ways"
        NONE = "none", "No change"

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=100, unique=True)
    service = models.CharField(max_length=3, choices=KnoxService)
    """The service that the customer must have, and under which lists show the license."""
    services = models.CharField(max_length=30)
    """Every service that a seat opens, with spaces between: more than one for Knox Suite. One text, not an array,
    because composite foreign keys compare it."""
    family = models.CharField(max_length=20, choices=Family)
    edition = models.CharField(max_length=6, choices=Edition)
    transferable = models.BooleanField()
    extendable = models.BooleanField()
    seat_change = models.CharField(max_length=4, choices=SeatChange)
    per_device_end = models.BooleanField(default=False)
    """Each device has the term for itself, from the seat on (Staggered)."""
    is_trial = models.BooleanField(default=False)
    has_grace = models.BooleanField(default=False)
    """Devices keep their seat for the days of the setting `grace_days` after the end (knox.md 5.4)."""
    kept_to_end = models.BooleanField(default=False)
    """Nobody deletes its licenses before their end (knox.md 5.6)."""
    name_fixed = models.BooleanField(default=False)
    """Samsung names its licenses; nobody renames them (knox.md 5.1)."""
    key_prefix = models.CharField(max_length=5)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["id", "service", "services", "is_trial"], name="product_as_licenses_copy_it"
            ),
            models.UniqueConstraint(fields=["service"], condition=Q(is_trial=True), name="one_trial_product_a_service"),
            models.CheckConstraint(
                name="product_is_counted_under_its_first_service", condition=Q(services__startswith=F("service"))
            ),
            models.CheckConstraint(
                name="product_services_are_known", condition=Q(services__regex=rf"^({_SERVICE})( ({_SERVICE}))*$")
            ),
            models.CheckConstraint(name="product_key_prefix", condition=Q(key_prefix__regex=r"^KLM\d\d$")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def opens(self) -> list[KnoxService]:
        return [KnoxService(code) for code in self.services.split()]


class Listing(models.Model):
    """A license reseller in one region that Samsung authorized it for: what the MSPs of that region see (FAQ Q8)."""

    license_reseller = models.ForeignKey(LicenseReseller, models.PROTECT, related_name="listings")
    region = models.CharField(max_length=20, choices=Region)
    name = models.CharField(max_length=200)
    """Of the company, whose own row MSPs do not see."""
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    website = models.URLField(blank=True)
    products = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    """Codes of the products that it sells."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["license_reseller", "region"], name="listed_once_a_region"),
            # What orders and keys point at, so that none crosses regions.
            models.UniqueConstraint(fields=["id", "license_reseller", "region"], name="listing_of_its_region"),
            models.CheckConstraint(name="listing_region_is_known", condition=Q(region__in=Region.values)),
        ]
        indexes = [models.Index(fields=["region", "name", "id"], name="listings_of_region")]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """An MSP's wish to buy seats, for one customer or open, from a license reseller of its region.

    The reseller quotes, the MSP accepts, the reseller delivers a key. Its pk is the number that people read.
    `region` is the MSP's and the listing's at once: two composite foreign keys refuse an order across regions.
    """

    class State(models.TextChoices):
        SENT = "sent", "Sent"
        QUOTED = "quoted", "Quoted"
        ACCEPTED = "accepted", "Accepted"
        DELIVERED = "delivered", "Delivered"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN = (State.SENT, State.QUOTED, State.ACCEPTED)

    msp = models.ForeignKey(Msp, models.PROTECT, related_name="orders")
    msp_name = models.CharField(max_length=200)
    """As the license reseller reads it, who does not see the MSP's own row."""
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="orders")
    license_reseller = models.ForeignKey(LicenseReseller, models.PROTECT, related_name="orders")
    region = models.CharField(max_length=20, choices=Region)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="orders")
    """Whom the key will serve; None: open, the MSP decides when it enters the key."""
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.SENT)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    """For everything, in `currency`; read by the MSP and the license reseller only."""
    currency = models.CharField(max_length=3, blank=True)
    tax = models.CharField(max_length=7, choices=TAX, blank=True)
    reason = models.TextField(blank=True)
    """Why it was rejected."""
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField(null=True)
    """The newest move of its state."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "license_reseller", "region", "product", "seats", "months"],
                name="order_as_its_key_repeats_it",
            ),
            models.CheckConstraint(name="order_has_seats_and_months", condition=Q(seats__gte=1, months__gte=1)),
            models.CheckConstraint(
                name="order_quoted_has_a_price",
                condition=Q(state__in=["sent", "rejected", "withdrawn"])
                | Q(price__gte=0, tax__in=["without", "with"], currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(name="order_rejected_has_a_reason", condition=~Q(state="rejected") | ~Q(reason="")),
            models.CheckConstraint(
                name="order_moved_has_a_time",
                condition=Q(state="sent") | Q(moved_at__isnull=False, moved_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["msp", "-id"], name="orders_of_msp"),
            models.Index(fields=["license_reseller", "-id"], name="orders_of_license_reseller"),
        ]

    def __str__(self) -> str:
        return f"order {self.pk}"


class Key(models.Model):
    """A license key that Samsung issued for a license reseller. Serves one customer, ever: a trigger keeps it so.

    The code itself is sealed; it is found by a keyed hash (licensing/codes.py).
    """

    class Use(models.TextChoices):
        LICENSE = "license", "Opened a license"
        ADDITION = "addition", "Added to a license"

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="keys")
    license_reseller = models.ForeignKey(LicenseReseller, models.PROTECT, related_name="keys")
    region = models.CharField(max_length=20, choices=Region)
    """Where it serves: of the region's customers only (FAQ Q8)."""
    order = models.OneToOneField(Order, models.PROTECT, null=True, blank=True, related_name="key")
    """None: sold outside the portal."""
    code_hash = models.CharField(max_length=64, unique=True)
    code_sealed = models.TextField()
    last5 = models.CharField(max_length=5)
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    usable_until = models.DateTimeField()
    """It must be entered before this instant."""
    starts_at = models.DateTimeField(null=True, blank=True)
    """The license starts then, if that is later than its entering."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="keys")
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    use = models.CharField(max_length=8, choices=Use, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "id", "product"], name="key_of_its_customer"),
            models.CheckConstraint(name="key_has_seats_and_months", condition=Q(seats__gte=1, months__gte=1)),
            models.CheckConstraint(
                name="key_entered_all_at_once",
                condition=Q(customer=None, entered_at=None, use="")
                | Q(customer__isnull=False, entered_at__isnull=False, use__in=["license", "addition"]),
            ),
            models.CheckConstraint(
                name="key_withdrawn_serves_nobody", condition=Q(withdrawn_at=None) | Q(customer=None)
            ),
        ]
        indexes = [models.Index(fields=["license_reseller", "-id"], name="keys_of_license_reseller")]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        return masked(self.product.key_prefix, self.last5)


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


def _one_seat_a_device() -> list[models.BaseConstraint]:
    """A device has one seat for a service, whichever license it comes from."""
    return [
        models.UniqueConstraint(
            fields=["device"],
            condition=Q(services__regex=rf"(^| ){re.escape(one)}( |$)"),
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


class LedgerDifference(models.Model):
    """That the counts of a license were not one, from the check that found it to the one that found it gone.

    A fault of the portal. An alert can be opened from the rows without `ended_at`.
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
