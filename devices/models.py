"""Devices and how they come in: models with their region, uploads with their lines, approvals, resellers.

A device belongs to a customer, never to an MSP (FAQ Q10). An upload is one file of its sender; what it brings to
one customer is an approval, which that customer's side decides (FAQ Q6).
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from tenants import names
from tenants.models import Customer, Reseller
from tenants.regions import Region

TAC_DIGITS = 8


class DeviceModel(models.Model):
    """A model that Samsung makes for one region. Kept by Samsung admins (devices/catalog.py)."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=400, editable=False)
    region = models.CharField(max_length=20, choices=Region)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="model_code_in_capitals", condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9/-]{1,29}$")
            ),
            models.CheckConstraint(name="model_region_is_known", condition=Q(region__in=Region.values)),
        ]
        indexes = [models.Index(fields=["name_key", "id"], name="model_by_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = names.key(self.name)
        super().save(*args, **kwargs)


class Tac(models.Model):
    """The first eight digits of an IMEI: they tell the model."""

    tac = models.CharField(max_length=TAC_DIGITS, primary_key=True)
    model = models.ForeignKey(DeviceModel, models.CASCADE, related_name="tacs")

    class Meta:
        constraints = [models.CheckConstraint(name="tac_has_eight_digits", condition=Q(tac__regex=r"^\d{8}$"))]

    def __str__(self) -> str:
        return self.tac


class ResellerCustomer(models.Model):
    """That a reseller uploads for a customer (knox.md 4.2, 4.4): added by the reseller, or registered by the customer.

    The reseller reads the customer's name once it is active; until then only the KCS Customer ID that it typed.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending customer verification"
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="resellers")
    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="customers")
    kcs_id = models.CharField(max_length=10)
    reseller_name = models.CharField(max_length=200)
    internal_reference = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    auto_approve = models.BooleanField(default=False)
    """Uploads of this reseller for this customer need no click."""
    added_at = models.DateTimeField(auto_now_add=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    last_uploaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "reseller"], name="reseller_once_a_customer"),
            models.CheckConstraint(
                name="only_an_active_reseller_is_auto_approved",
                condition=Q(auto_approve=False) | Q(state="active"),
            ),
        ]
        indexes = [models.Index(fields=["reseller", "kcs_id"], name="customers_of_reseller")]

    def __str__(self) -> str:
        return f"{self.reseller_name} for {self.kcs_id}"


class Upload(models.Model):
    """Device lines sent together: a file of one sender, and how far it is.

    Sent by a customer's side (`customer`, also the target) or by a reseller (`reseller`; `target` where the whole
    file is for one customer, else each line names its own). Its pk is the Upload ID that people read.
    """

    class Channel(models.TextChoices):
        MSP = "msp", "MSP Portal"
        RESELLER = "reseller", "Reseller Portal"
        APP = "app", "Knox Deployment App"

    class State(models.TextChoices):
        """Moves: waiting → checking → checked → adding → done; failed and cancelled end it from any but done."""

        WAITING = "waiting", "Waiting"
        CHECKING = "checking", "Checking"
        CHECKED = "checked", "Checked"
        ADDING = "adding", "Adding"
        DONE = "done", "Done"
        FAILED = "failed", "Error"
        CANCELLED = "cancelled", "Cancelled"

    RUNNING = (State.WAITING, State.CHECKING, State.ADDING)
    ENDED = (State.DONE, State.FAILED, State.CANCELLED)

    channel = models.CharField(max_length=8, choices=Channel)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="uploads")
    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, blank=True, related_name="uploads")
    target = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="uploads")
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    """SHA-256 of the bytes, in hex: the same file sent twice is recognised."""
    size = models.PositiveBigIntegerField()
    """Bytes."""
    default_model = models.CharField(max_length=30, blank=True)
    """The model code of lines that name none and whose identifier tells none (serial numbers, MEIDs)."""
    order_number = models.CharField(max_length=60, blank=True)
    order_date = models.DateField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    add_at_once = models.BooleanField(default=False)
    """Add the good lines after the check without asking: what a reseller sends, and what the Deployment App does."""
    all_or_nothing = models.BooleanField(default=False)

    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    refusal = models.TextField(blank=True)
    """Why the file as a whole was refused (failed)."""
    bytes_read = models.PositiveBigIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    """Lines read and checked so far; all of them from `checked` on."""
    errors = models.PositiveIntegerField(default=0)
    """Lines with a problem. Once it is done, added + errors = lines."""
    added = models.PositiveIntegerField(default=0)
    added_to = models.PositiveIntegerField(default=0)
    """The last line number that the adding has passed: a worker goes on from here."""
    tries = models.PositiveSmallIntegerField(default=0)
    """How often a worker broke down over it."""
    sent_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upload_has_one_sender",
                condition=Q(channel="reseller", reseller__isnull=False, customer=None)
                | Q(channel__in=["msp", "app"], reseller=None, customer__isnull=False),
            ),
            models.CheckConstraint(name="upload_tags_at_most_20", condition=Q(tags__len__lte=20)),
            models.CheckConstraint(
                name="upload_done_adds_up",
                condition=~Q(state="done") | Q(lines=models.F("added") + models.F("errors")),
            ),
            models.CheckConstraint(
                name="upload_ended_has_a_time",
                condition=Q(state__in=["done", "failed", "cancelled"], ended_at__isnull=False)
                | Q(state__in=["waiting", "checking", "checked", "adding"], ended_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="uploads_of_customer"),
            models.Index(fields=["reseller", "-id"], name="uploads_of_reseller"),
            models.Index(
                fields=["touched_at"], condition=Q(state__in=["waiting", "checking", "adding"]), name="uploads_running"
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"

    @property
    def left_out(self) -> int:
        """Lines that brought no device, also where the upload ended early."""
        return self.lines - self.added

    @property
    def status(self) -> str:
        """As lists show it (knox.md 4.2)."""
        if self.state == self.State.FAILED:
            return "Error"
        if self.state != self.State.DONE:
            return "Cancelled" if self.state == self.State.CANCELLED else "In progress"
        if not self.errors:
            return "Completed"
        return "Completed with errors" if self.added else "Error"


class UploadContent(models.Model):
    """A piece of the file, as it was sent. Goes when the upload has ended."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="contents")
    number = models.PositiveIntegerField()
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+", db_constraint=False)
    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, related_name="+", db_constraint=False)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="upload_piece_once")]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.upload_id}"


class UploadLine(models.Model):
    """One line of an upload, after the check: what was typed, what it means, or what is wrong with it.

    `sender_customer` and `reseller` are those of the upload (for the wall); `customer` is whom the device is for.
    Lines without a problem go once their devices are there; the others stay as the report. Good lines with nothing
    but an IMEI have no row of their own: they stand in GoodLines.
    """

    pk = models.CompositePrimaryKey("upload_id", "number")
    # A trigger of migration 0006 checks upload and sender together, once a statement.
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="upload_lines", db_constraint=False, db_index=False)
    number = models.PositiveIntegerField()
    sender_customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    typed = models.CharField(max_length=200)
    """The identifier as it was typed."""
    typed_customer = models.CharField(max_length=40, blank=True)
    typed_model = models.CharField(max_length=40, blank=True)
    order_number = models.CharField(max_length=60, blank=True)
    typed_order_date = models.CharField(max_length=40, blank=True)
    identifier = models.CharField(max_length=15, blank=True)
    """The IMEI, MEID or serial number, in capitals; its length tells which: 15, 14, 11."""
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    model = models.ForeignKey(
        DeviceModel, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    order_date = models.DateField(null=True)
    problem = models.CharField(max_length=20, blank=True)
    """A key of devices.problems.PROBLEMS; empty: the line is good."""
    detail = models.CharField(max_length=400, blank=True)
    """What the problem's sentence names: a line, a model, a date."""

    class Meta:
        indexes = [
            models.Index(fields=["upload", "problem", "number"], condition=~Q(problem=""), name="lines_with_a_problem"),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of {self.upload_id}"


class GoodLines(models.Model):
    """The good lines of one block of an upload that say nothing but an IMEI, as most do: one row for all of them.

    A row for each would take a third of the check. Where there is an UploadLine with the same number, that counts
    instead: a line that turns out to have a problem gets one (devices/upload_lines.py). Goes when the upload has ended.
    """

    pk = models.CompositePrimaryKey("upload_id", "first")
    # As with UploadLine, a trigger checks upload and sender together (migration 0008).
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="good_lines", db_constraint=False, db_index=False)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    """The smallest and the largest of `numbers`."""
    sender_customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    order_number = models.CharField(max_length=60, blank=True)
    order_date = models.DateField(null=True)
    numbers = ArrayField(models.IntegerField())
    identifiers = ArrayField(models.CharField(max_length=15))
    model_ids = ArrayField(models.BigIntegerField())
    """Of each line its number, its IMEI and the pk of its model."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="good_lines_are_whole",
                condition=Q(numbers__len=models.F("identifiers__len")) & Q(numbers__len=models.F("model_ids__len")),
            ),
        ]

    def __str__(self) -> str:
        return f"good lines {self.first} to {self.last} of {self.upload_id}"


class Approval(models.Model):
    """What one upload brings to one customer, and what that customer's side decided about it."""

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="approvals")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="approvals")
    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, blank=True, related_name="approvals")
    sender_name = models.CharField(max_length=200)
    """Who sent it, as the customer's side reads it."""
    channel = models.CharField(max_length=8, choices=Upload.Channel)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    devices = models.PositiveIntegerField(default=0)
    """How many devices it brought. Those approved are the ones that are still there as verified."""
    is_complete = models.BooleanField(default=False)
    """The upload has ended: only now can it be decided."""
    sent_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    """None where the portal approved by itself."""
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "customer"], name="one_approval_an_upload_and_customer"),
            models.UniqueConstraint(fields=["customer", "id"], name="approval_of_its_customer"),
            models.CheckConstraint(
                name="approval_decided_has_a_time",
                condition=Q(state="pending", decided_at=None) | Q(~Q(state="pending"), decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_rejected_has_a_reason", condition=~Q(state="rejected") | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], condition=Q(state="pending"), name="approvals_waiting"),
            models.Index(fields=["reseller", "-id"], name="approvals_of_reseller"),
        ]

    def __str__(self) -> str:
        return f"upload {self.upload_id} for {self.customer_id}"


class Device(models.Model):
    """A phone, tablet or watch of one customer, known by its IMEI, MEID or serial number.

    Pending devices wait for the approval of their upload; they count in no inventory but are in Knox already, so
    that nobody else can upload them.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        VERIFIED = "verified", "Verified"

    # The composite foreign keys of migration 0002 check both columns at once, so these two need none of their own.
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="devices", db_constraint=False, db_index=False)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+", db_constraint=False)
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="+", db_index=False)
    imei = models.CharField(max_length=15, null=True, blank=True)  # noqa: DJ001  (unique where there is one)
    meid = models.CharField(max_length=14, null=True, blank=True)  # noqa: DJ001
    serial = models.CharField(max_length=11, null=True, blank=True)  # noqa: DJ001
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    order_number = models.CharField(max_length=60, blank=True)
    order_date = models.DateField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    added_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "id"], name="device_of_its_customer"),
            models.UniqueConstraint(fields=["imei"], condition=Q(imei__isnull=False), name="imei_is_in_one_place"),
            models.UniqueConstraint(fields=["meid"], condition=Q(meid__isnull=False), name="meid_is_in_one_place"),
            models.UniqueConstraint(
                fields=["serial"], condition=Q(serial__isnull=False), name="serial_is_in_one_place"
            ),
            models.CheckConstraint(
                name="device_has_an_identifier",
                condition=Q(imei__isnull=False) | Q(meid__isnull=False) | Q(serial__isnull=False),
            ),
            models.CheckConstraint(name="imei_has_15_digits", condition=Q(imei__regex=r"^\d{15}$")),
            models.CheckConstraint(name="meid_has_14_signs", condition=Q(meid__regex=r"^[0-9A-F]{14}$")),
            models.CheckConstraint(name="serial_has_11_signs", condition=Q(serial__regex=r"^[0-9A-Z]{11}$")),
            models.CheckConstraint(name="device_tags_at_most_20", condition=Q(tags__len__lte=20)),
        ]
        # The newest ones of many customers at once are found without reading a device.
        indexes = [models.Index("customer", "state", F("id").desc(), name="device_in_state")]

    def __str__(self) -> str:
        return self.identifier

    @property
    def identifier(self) -> str:
        return self.imei or self.meid or self.serial or ""


class EnrollmentCode(models.Model):
    """What a phone shows to join a direct customer through the Knox Deployment App (FAQ Q16). One a customer."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="enrollment_code")
    code = models.CharField(max_length=22, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    """When an MSP took over. The row stays, so that a phone with this code reads why it does not work."""

    def __str__(self) -> str:
        return f"enrollment code of {self.customer_id}"


class BulkAct(models.Model):
    """An act on more devices of a customer than a request waits for (rules: act_at_once). A worker does it a block at
    a time on behalf of the one who asked (devices/bulk_acts.py); what a block did stays done.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    """What is done, for the page: "Lock in Knox Configure"."""
    right = models.CharField(max_length=40)
    """What the person must hold over the customer, looked at again before each block."""
    worker = models.CharField(max_length=60)
    """Name of the task that gets the id."""
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What that task needs. Emptied at the end: there may be a password in it."""
    back = models.JSONField(default=list)
    """The page where it was asked: the name of the route behind its portal's prefix, and arguments."""
    total = models.PositiveIntegerField()
    """Devices that it was asked for."""
    until = models.BigIntegerField()
    """The last device that there was: what comes in later is not meant."""
    cursor = models.BigIntegerField(default=0)
    """The last device that was looked at."""
    seen = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    """Why some could not have it: by key `label`, `tone`, `count` and `first`, the numbers of some of them."""
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    refusal = models.TextField(blank=True)
    """Why it stopped."""
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bulk_act_ended_has_a_time",
                condition=Q(state="running", ended_at=None) | Q(~Q(state="running"), ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bulk_act_stopped_has_a_sentence", condition=~Q(state="stopped") | ~Q(refusal="")
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="bulk_acts_of_customer"),
            models.Index(fields=["touched_at"], condition=Q(state="running"), name="bulk_acts_running"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.total:,} devices"

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def percent(self) -> int:
        return min(self.seen * 100 // self.total, 100) if self.total else 100
