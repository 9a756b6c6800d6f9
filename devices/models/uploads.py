"""Uploads, and the files that came with them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.models import Customer, Reseller


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
    profile = models.CharField(max_length=100, blank=True, default="", db_default="")
    """Name of the Mobile Enrollment profile of the target that the reseller wants its devices to get."""
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
    """How many workers have begun since it came a step further."""
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
