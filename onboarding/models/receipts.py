"""Proof of consents."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from onboarding.models.requests import ManagementRequest
from tenants.models import Access, Customer, KnoxService, Msp


class Receipt(models.Model):
    """Proof of a consent: what was approved, word for word, chained to the one before it (onboarding/receipts.py)."""

    number = models.BigIntegerField(primary_key=True)
    request = models.OneToOneField(ManagementRequest, models.PROTECT, related_name="receipt")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="receipts")
    msp = models.ForeignKey(Msp, models.PROTECT, related_name="receipts")
    text_version = models.CharField(max_length=10)
    text = models.TextField()
    services = ArrayField(models.CharField(max_length=3, choices=KnoxService))
    access = models.CharField(max_length=4, choices=Access)
    counts = models.JSONField()
    person = models.CharField(max_length=100)
    job_title = models.CharField(max_length=100, blank=True)
    address = models.GenericIPAddressField(null=True)
    sent_to = models.EmailField()
    sent_at = models.DateTimeField()
    approved_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64, unique=True)
    fingerprint_before = models.CharField(max_length=64)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    """When Samsung deleted the customer: the text and the people went, the fingerprint stays."""

    def __str__(self) -> str:
        return f"Receipt {self.number}"

    @property
    def service_names(self) -> list[str]:
        return [KnoxService(one).label for one in self.services]
