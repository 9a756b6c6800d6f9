"""Links with which contact persons of customers make an account."""

from django.db import models
from django.db.models import Q

from tenants.models import Customer


class Invitation(models.Model):
    """A link with which a customer's contact person makes an account (words.md access.given). Works once.

    "Send again" makes a new one and voids the old: one is open at a time.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(used_at=None, voided_at=None),
                name="one_open_invitation_of_a_customer",
            ),
            models.CheckConstraint(name="invitation_is_used_or_voided", condition=Q(used_at=None) | Q(voided_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.customer}"
