"""License keys, and how they are shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from licensing.models.listings import Listing
from licensing.models.orders import Order
from licensing.models.products import Product
from tenants.models import Customer, LicenseReseller
from tenants.regions import Region

MASK = "•••••"


def masked(prefix: str, last5: str) -> str:
    """`KLM09-•••••-•••••-•••••-•••••-NP90Q` (words.md 8)."""
    return "-".join([prefix, *[MASK] * 4, last5])


class Key(models.Model):
    """A license key that Samsung issued for a license reseller. Serves one customer, ever: a trigger keeps it so.

    The code itself is sealed; it is found by a keyed hash (licensing/codes.py).
    """

    class Use(models.TextChoices):
        LICENSE = "license", "Opened a license"
        ADDITION = "addition", "Added to a license"

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="keys")
    license_reseller = models.ForeignKey(LicenseReseller, models.PROTECT, related_name="keys")
    region = models.CharField(max_length=20, choices=Region)
    """Where it serves: of the region's customers only (FAQ Q8)."""
    order = models.OneToOneField(Order, models.PROTECT, null=True, blank=True, related_name="key")
    """None: sold outside the portal."""
    code_hash = models.CharField(max_length=64, unique=True)
    code_sealed = models.TextField()
    last5 = models.CharField(max_length=5)
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    usable_until = models.DateTimeField()
    """It must be entered before this instant."""
    starts_at = models.DateTimeField(null=True, blank=True)
    """The license starts then, if that is later than its entering."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="keys")
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    use = models.CharField(max_length=8, choices=Use, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "id", "product"], name="key_of_its_customer"),
            models.CheckConstraint(name="key_has_seats_and_months", condition=Q(seats__gte=1, months__gte=1)),
            models.CheckConstraint(
                name="key_entered_all_at_once",
                condition=Q(customer=None, entered_at=None, use="")
                | Q(customer__isnull=False, entered_at__isnull=False, use__in=["license", "addition"]),
            ),
            models.CheckConstraint(
                name="key_withdrawn_serves_nobody", condition=Q(withdrawn_at=None) | Q(customer=None)
            ),
        ]
        indexes = [models.Index(fields=["license_reseller", "-id"], name="keys_of_license_reseller")]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        return masked(self.product.key_prefix, self.last5)
