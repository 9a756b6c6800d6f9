"""Delinks: the end of a management, asked for by one side."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.models import Side
from tenants.models import Customer, Management, Msp


class Delink(models.Model):
    """That one side asks to end the management. The other side answers; until then all stays as it is.

    The MSP's is answered by a link (onboarding/endings.py), the customer's in the MSP Portal (onboarding/wishes.py).
    One is open at a time, whoever asked.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Taken back"

    management = models.ForeignKey(Management, models.PROTECT, related_name="delinks")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="delinks")
    msp = models.ForeignKey(Msp, models.PROTECT, related_name="delinks")
    side = models.CharField(max_length=10, choices=Side, default=Side.MSP, db_default=Side.MSP)
    """Who asks: the MSP or the customer."""
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    """Until when the link works. A customer's wish has none: it stays until it is answered or taken back."""
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="", db_default="")
    """Why the MSP rejected the customer's wish."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["management"], condition=Q(state="open"), name="one_open_delink_of_a_management"
            ),
            models.CheckConstraint(
                name="delink_answered_has_a_time",
                condition=Q(state="open", answered_at=None) | Q(~Q(state="open"), answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delink_of_the_msp_has_a_link",
                condition=Q(side="msp", ends_at__isnull=False) | Q(side="customer", ends_at=None),
            ),
            models.CheckConstraint(
                name="delink_rejected_has_a_reason",
                condition=Q(state="rejected", side="customer") & ~Q(reason="") | ~Q(state="rejected"),
            ),
        ]

    def __str__(self) -> str:
        return f"delink of {self.customer} by {self.msp}"

    @property
    def link_ends_at(self) -> datetime:
        if self.ends_at is None:
            raise ValueError("a wish of the customer's side has no link")
        return self.ends_at

    @property
    def link_is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()
