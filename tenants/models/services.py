"""The Knox services, and which of them a customer uses."""

from django.db import models
from django.db.models import Q

from tenants.models.customers import Customer


class KnoxService(models.TextChoices):
    """The services an MSP can manage for a customer (FAQ Q2). A seventh is one line here and one module."""

    CONFIGURE = "KC", "Knox Configure"
    MOBILE_ENROLLMENT = "KME", "Knox Mobile Enrollment"
    EFOTA = "KE", "Knox E-FOTA"
    MANAGE = "KM", "Knox Manage"
    CARE = "SC+", "Samsung Care+ for Business"
    GUARD = "KG", "Knox Guard"


class CustomerService(models.Model):
    """A service that a customer uses. Can be added, not removed (knox.md 2.5)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="services")
    service = models.CharField(max_length=3, choices=KnoxService)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "service"], name="customer_has_a_service_once"),
            models.CheckConstraint(name="service_is_known", condition=Q(service__in=KnoxService.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} of {self.customer}"
