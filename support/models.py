"""Questions to Samsung support, and the deletion of customers, which starts with one (FAQ Q11; knox.md 9.1)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.models import Customer, KnoxService, LicenseReseller, Msp, Reseller

SAMSUNG = "Samsung support"
"""How everybody but Samsung reads a Samsung admin (words.md 3, P)."""


class Ticket(models.Model):
    """A question to Samsung. Its number is its key.

    It belongs to the organization in whose portal it was opened, or to nobody but the person: at most one of the four
    columns is filled. `about` is a customer: who cannot see that one does not see the ticket either.
    """

    class Kind(models.TextChoices):
        DELETION = "deletion", "Customer deletion"
        NOT_AUTHORIZED = "not_authorized", "Not authorized"
        SERVICE_REMOVAL = "service_removal", "Remove a service"
        SUPER_ADMIN = "super_admin", "Change the super admin"
        DEVICE = "device", "Device"
        LICENSE = "license", "License"
        QUESTION = "question", "Question"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        IN_PROGRESS = "in_progress", "In progress"
        CLOSED = "closed", "Closed"

    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    subject = models.CharField(max_length=200)
    msp = models.ForeignKey(Msp, models.PROTECT, null=True, blank=True, related_name="tickets")
    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, blank=True, related_name="tickets")
    license_reseller = models.ForeignKey(LicenseReseller, models.PROTECT, null=True, blank=True, related_name="tickets")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="tickets")
    about = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tickets")
    opened_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(auto_now_add=True)
    """When somebody last wrote or decided something."""
    closed_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    """The Samsung admin who looks after it."""
    services = ArrayField(models.CharField(max_length=3, choices=KnoxService), default=list, blank=True)
    """Those that shall be removed from `about`."""
    person_email = models.EmailField(blank=True)
    """Of the person who shall be super admin."""
    carried_out_at = models.DateTimeField(null=True, blank=True)
    """When Samsung removed the services, or changed the super admin."""
    # What the portal filled in (words.md 7.9): the person sees it before sending.
    portal = models.CharField(max_length=40, blank=True)
    page = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ticket_closed_has_a_time",
                condition=Q(state="closed", closed_at__isnull=False) | Q(~Q(state="closed"), closed_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opened_at", "id"], name="ticket_queue"),
            models.Index(fields=["moved_at", "id"], name="ticket_by_moved"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"

    @property
    def organization(self) -> Msp | Reseller | LicenseReseller | Customer | None:
        return self.msp or self.reseller or self.license_reseller or self.customer


class Message(models.Model):
    """What one side wrote in a ticket, or what was decided about it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    """None where the portal itself writes."""
    by_samsung = models.BooleanField(default=False)
    text = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["ticket", "id"], name="messages_of_ticket")]

    def __str__(self) -> str:
        return f"message {self.pk} of ticket {self.ticket_id}"


class Attachment(models.Model):
    """A file beside a message. It lies in PostgreSQL, behind the same wall as its ticket."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="files")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    """As its first bytes tell (support/attachments.py), not as the browser said."""
    size = models.PositiveIntegerField()
    """Bytes."""
    content = models.BinaryField()
    sent_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Deletion(models.Model):
    """That somebody asks Samsung to delete a customer. Two Samsung admins decide; then there is time to undo it.

    The customer's row stays without a name, because receipts and license keys point at it (docs/adr/0024).
    """

    class State(models.TextChoices):
        ASKED = "asked", "Deletion requested"
        STARTED = "started", "Waiting for the second person"
        PLANNED = "planned", "Planned"
        DONE = "done", "Deleted"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Taken back"
        UNDONE = "undone", "Undone"

    OPEN = (State.ASKED, State.STARTED, State.PLANNED)

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="deletion")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deletions")
    kcs_id = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """When the data goes; until then it can be undone."""
    ended_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    """How many rows of which kind went."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state__in=["asked", "started", "planned"]),
                name="one_open_deletion_of_a_customer",
            ),
            models.CheckConstraint(
                name="deletion_has_two_persons", condition=Q(approved_by=None) | ~Q(approved_by=models.F("started_by"))
            ),
            models.CheckConstraint(
                name="deletion_planned_was_approved",
                condition=~Q(state__in=["planned", "done", "undone"])
                | Q(started_by__isnull=False, approved_by__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="deletion_ended_has_a_time",
                condition=Q(state__in=["asked", "started", "planned"], ended_at=None)
                | Q(~Q(state__in=["asked", "started", "planned"]), ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="planned"), name="deletion_due")]

    def __str__(self) -> str:
        return f"deletion of {self.kcs_id}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
