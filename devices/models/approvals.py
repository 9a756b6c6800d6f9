"""Approvals: what customers decide about uploads."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from devices.models.uploads import Upload
from tenants.models import Customer, Reseller


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
    profile = models.CharField(max_length=100, blank=True, default="", db_default="")
    """The upload's: the customer's side does not see a reseller's upload."""
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
    preferences_due = models.BooleanField(default=False, db_default=False)
    """Devices were approved that a worker has not given yet what they get in services (services/preferences.py)."""

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
            models.Index(fields=["id"], condition=Q(preferences_due=True), name="approvals_with_preferences"),
        ]

    def __str__(self) -> str:
        return f"upload {self.upload_id} for {self.customer_id}"
