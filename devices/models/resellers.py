"""Which reseller uploads for which customer."""

from django.db import models
from django.db.models import Q

from tenants.models import Customer, Reseller


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
