"""A device's life in a Knox service: enrollments, things that are assigned, commands and answers, agents.

Every table carries the customer, and each reference to something of a customer is a composite foreign key (migrations
0002 and 0010). States change by a verb, a device's report or a clock; a trigger writes each change into `Move`.
"""

from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from devices.models import Device
from tenants.models import Customer, KnoxService, Reseller


def _customer() -> Any:
    """The composite foreign keys of migration 0002 check customer and the rest at once."""
    return models.ForeignKey(Customer, models.PROTECT, related_name="+", db_constraint=False, db_index=False)


def _device(name: str, **more: Any) -> Any:
    """PostgreSQL deletes what belongs to a device together with it."""
    return models.ForeignKey(Device, models.DO_NOTHING, related_name=name, db_constraint=False, db_index=False, **more)


class Thing(models.Model):
    """Something that a customer has in a service: a profile, campaign, group, plan or user. `kind` is declared by the
    service's module, and so is the form that checks `settings`."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="things")
    service = models.CharField(max_length=3, choices=KnoxService)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=400, editable=False)
    """What lists sort by, and what is unique: case and accents make no difference."""
    settings = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)
    is_copyable = models.BooleanField(default=False)
    origin = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, blank=True, related_name="copies", db_constraint=False
    )
    """What it is a copy of, at another customer of the same MSP. PostgreSQL empties it when that is deleted, because
    the person who deletes it may not see the copies."""
    origin_version = models.PositiveIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When a person cancelled it (campaigns)."""
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "service", "kind", "name_key"], name="thing_name_once_a_customer"
            ),
            models.UniqueConstraint(fields=["customer", "service", "id"], name="thing_of_its_customer"),
            models.UniqueConstraint(fields=["customer", "id"], name="thing_of_its_customer_in_any_service"),
        ]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """The default of a registered reseller in one service (knox.md 4.4): what its devices get when they are approved.

    It goes with the thing.
    """

    customer = _customer()
    reseller = models.ForeignKey(Reseller, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    service = models.CharField(max_length=3, choices=KnoxService)
    thing = models.ForeignKey(Thing, models.DO_NOTHING, related_name="preferences", db_constraint=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "reseller", "service"], name="one_default_a_reseller_and_service"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thing} for {self.reseller_id}"


class ThingVersion(models.Model):
    """What a thing's settings were, from one change to the next."""

    customer = _customer()
    thing = models.ForeignKey(Thing, models.DO_NOTHING, related_name="versions", db_constraint=False)
    version = models.PositiveIntegerField()
    settings = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thing", "version"], name="version_once_a_thing")]

    def __str__(self) -> str:
        return f"version {self.version} of {self.thing_id}"


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def of(self, customer: Customer, service: KnoxService) -> Self:
        return self.filter(customer=customer, service=service)


class Enrollment(models.Model):
    """A device in a service. A device without one is in the service's first state (Unassigned, Pending …)."""

    customer = _customer()
    device = _device("enrollments")
    service = models.CharField(max_length=3, choices=KnoxService)
    state = models.CharField(max_length=24)
    since = models.DateTimeField(db_default=Now())
    """The newest change of state; written by the trigger."""
    thing = models.ForeignKey(
        Thing, models.DO_NOTHING, null=True, blank=True, related_name="enrollments", db_constraint=False, db_index=False
    )
    thing_version = models.PositiveIntegerField(null=True, blank=True)
    """The version that the device has, as far as it reported."""
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What this service knows of this device: approval ID, message, firmware, coverage."""
    added_at = models.DateTimeField(db_default=Now())

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "service"], name="device_is_in_a_service_once"),
            models.CheckConstraint(name="enrollment_service_is_known", condition=Q(service__in=KnoxService.values)),
        ]
        indexes = [
            models.Index(fields=["customer", "service", "state", "device"], name="enrollments_by_state"),
            models.Index(fields=["customer", "service", "thing"], name="enrollments_of_thing"),
            models.Index(fields=["service", "state", "since"], name="enrollments_by_clock"),
            models.Index(fields=["customer", "added_at"], name="enrollments_by_week"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} in {self.service}"


class Move(models.Model):
    """One change of a device's state in a service. Written by a trigger; nobody changes it."""

    customer = _customer()
    device = _device("moves")
    service = models.CharField(max_length=3, choices=KnoxService)
    before = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=24)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    """The person; None: a device's report or a clock. Without a foreign key: it outlives the person."""
    reason = models.CharField(max_length=200, blank=True)
    """What the verb named: the action, the report, the clock."""

    class Meta:
        indexes = [
            models.Index(fields=["customer", "device", "-id"], name="moves_of_device"),
            models.Index(fields=["customer", "service", "-id"], name="moves_of_service"),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.state}"


class CommandQuerySet(models.QuerySet["Command"]):
    def cancel(self, why: str) -> int:
        """They are over, and their history says why."""
        return self.update(state=Command.State.CANCELLED, answered_at=timezone.now(), detail=why)


class Command(models.Model):
    """What a device shall do. It fetches it at its next check-in and reports once how it went."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for the device"
        SENT = "sent", "Sent"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (State.WAITING, State.SENT)

    customer = _customer()
    device = _device("commands")
    service = models.CharField(max_length=3, choices=KnoxService)
    action = models.CharField(max_length=24)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    detail = models.CharField(max_length=400, blank=True)
    """What the device said about it."""
    made_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CommandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="command_ended_has_a_time",
                condition=Q(state__in=["waiting", "sent"], answered_at=None)
                | Q(state__in=["done", "failed", "cancelled"], answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["device", "id"], condition=Q(state__in=["waiting", "sent"]), name="commands_open"),
            models.Index(fields=["customer", "device", "-id"], name="commands_of_device"),
            models.Index(fields=["customer", "service", "-id"], name="commands_of_service"),
        ]

    def __str__(self) -> str:
        return f"{self.action} of {self.device_id}"


class Agent(models.Model):
    """The program on a device that speaks to the portal (docs/agent-v1.md). One a device."""

    customer = _customer()
    device = models.OneToOneField(Device, models.DO_NOTHING, related_name="agent", db_constraint=False)
    secret = models.BinaryField(max_length=32, unique=True)
    """SHA-256 of what the device made up and sends with each request."""
    firmware = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=20, blank=True)
    may_replace = models.BooleanField(default=False)
    """The next enroll may bring another secret: after a factory reset, or when a person allowed it."""
    made_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["customer", "seen_at"], name="agents_by_silence")]

    def __str__(self) -> str:
        return f"agent of {self.device_id}"


class Claim(models.Model):
    """A repair or replacement under a Care+ plan (knox.md 6.5)."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        COMPLETED = "completed", "Completed"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="claims")
    device = _device("claims", null=True)
    """None: the device was deleted. The claim stays, because it counts against the plan's limit."""
    identifier = models.CharField(max_length=15)
    """The device's number when the claim was opened."""
    plan = models.ForeignKey(Thing, models.DO_NOTHING, related_name="claims", db_constraint=False)
    reference = models.CharField(max_length=60)
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "reference"], name="claim_reference_once_a_customer"),
            models.UniqueConstraint(fields=["device"], condition=Q(state="open"), name="one_open_claim_a_device"),
            models.CheckConstraint(
                name="claim_completed_has_a_time",
                condition=Q(state="open", closed_at=None) | Q(state="completed", closed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["customer", "state", "-id"], name="claims_of_customer")]

    def __str__(self) -> str:
        return f"claim {self.reference}"


class Report(models.Model):
    """Something that a device said unasked, so that it counts once however often it is sent."""

    customer = _customer()
    device = _device("reports")
    key = models.UUIDField()
    """Made by the device."""
    service = models.CharField(max_length=3, choices=KnoxService)
    code = models.CharField(max_length=24)
    at = models.DateTimeField()
    """By the device's clock."""
    reported_at = models.DateTimeField(db_default=Now())
    """By the portal's: that of a device may be wrong."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "key"], name="report_counts_once")]
        indexes = [models.Index(fields=["customer", "device", "-id"], name="reports_of_device")]

    def __str__(self) -> str:
        return f"{self.code} of {self.device_id}"
