"""Questions of MSPs to existing customers."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.models import Access, Customer, KnoxService, Msp


class ManagementRequest(models.Model):
    """An MSP's question to an existing customer: may we manage Knox for you? (FAQ Q5). Not management yet.

    Name and place are kept as they were looked up: the MSP may not see the customer's row.
    """

    class State(models.TextChoices):
        OPEN = "open", "Pending"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CLOSED = "closed", "Closed"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="requests")
    msp = models.ForeignKey(Msp, models.PROTECT, related_name="requests")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    kcs_id = models.CharField(max_length=10)
    customer_name = models.CharField(max_length=200)
    customer_city = models.CharField(max_length=100)
    customer_country = models.CharField(max_length=2)
    services = ArrayField(models.CharField(max_length=3, choices=KnoxService))
    access = models.CharField(max_length=4, choices=Access)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["msp", "customer"], condition=Q(state="open"), name="one_open_request_of_an_msp_to_a_customer"
            ),
            models.CheckConstraint(
                name="request_answered_has_a_time",
                condition=Q(state="open", answered_at=None) | Q(~Q(state="open"), answered_at__isnull=False),
            ),
            models.CheckConstraint(name="request_names_a_service", condition=Q(services__len__gt=0)),
        ]
        indexes = [
            models.Index(fields=["customer", "state"], name="request_to_customer"),
            models.Index(fields=["msp", "asked_at", "id"], name="request_of_msp"),
            models.Index(fields=["ends_at"], name="request_that_ends", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.customer_name

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def service_names(self) -> list[str]:
        return [KnoxService(one).label for one in self.services]
