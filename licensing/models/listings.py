"""Listings: where keys are bought."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.models import LicenseReseller
from tenants.regions import Region


class Listing(models.Model):
    """A license reseller in one region that Samsung authorized it for: what the MSPs of that region see (FAQ Q8)."""

    license_reseller = models.ForeignKey(LicenseReseller, models.PROTECT, related_name="listings")
    region = models.CharField(max_length=20, choices=Region)
    name = models.CharField(max_length=200)
    """Of the company, whose own row MSPs do not see."""
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    website = models.URLField(blank=True)
    products = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    """Codes of the products that it sells."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["license_reseller", "region"], name="listed_once_a_region"),
            # What orders and keys point at, so that none crosses regions.
            models.UniqueConstraint(fields=["id", "license_reseller", "region"], name="listing_of_its_region"),
            models.CheckConstraint(name="listing_region_is_known", condition=Q(region__in=Region.values)),
        ]
        indexes = [models.Index(fields=["region", "name", "id"], name="listings_of_region")]

    def __str__(self) -> str:
        return self.name
