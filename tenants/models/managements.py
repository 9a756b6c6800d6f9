"""Which MSP manages which customer."""

from django.db import models
from django.db.models import Q

from tenants.models.customers import Customer
from tenants.models.organizations import Msp, looked_up


class Management(models.Model):
    """The right of an MSP to act for a customer, from a time on. Not a request: that is not management yet."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DELINK_REQUESTED = "delink_requested", "Delink requested"
        DELINK_WANTED = "delink_wanted", "Delink requested by customer"
        ENDED = "ended", "Ended"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="managements")
    msp = models.ForeignKey(Msp, models.PROTECT, related_name="managements")
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    since = models.DateTimeField(auto_now_add=True)
    ending_at = models.DateTimeField(null=True, blank=True)
    """When it ends by the customer's own wish, which can be taken back until then."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=~Q(state="ended"), name="customer_has_one_active_management"
            ),
            models.CheckConstraint(
                name="management_ended_has_a_time",
                condition=Q(state="ended", ended_at__isnull=False) | Q(~Q(state="ended"), ended_at=None),
            ),
        ]
        indexes = [models.Index(fields=["msp", "state", "customer"], name="management_of_msp")]

    def __str__(self) -> str:
        return f"{self.msp} manages {self.customer}"


def managed_by(msp: Msp, column: str = "customer") -> Q:
    """The condition for rows of customers that the MSP manages: those that the person sees, by the policies."""
    managed = Management.objects.filter(msp=msp, ended_at=None)
    return looked_up(Q(**{f"{column}__in": managed.values("customer")}))
