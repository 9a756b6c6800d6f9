"""Orders of MSPs."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from licensing.models.listings import Listing
from licensing.models.products import Product
from tenants.models import Customer, LicenseReseller, Msp
from tenants.regions import Region

TAX = (("without", "without tax"), ("with", "with tax"))


class Order(models.Model):
    """What an MSP asks to buy: seats, for one customer or open, from a license reseller of its region.

    The reseller quotes, the MSP accepts, the reseller delivers a key. Its pk is the number that people read.
    `region` is the MSP's and the listing's at once: two composite foreign keys refuse an order across regions.
    """

    class State(models.TextChoices):
        SENT = "sent", "Sent"
        QUOTED = "quoted", "Quoted"
        ACCEPTED = "accepted", "Accepted"
        DELIVERED = "delivered", "Delivered"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN = (State.SENT, State.QUOTED, State.ACCEPTED)

    msp = models.ForeignKey(Msp, models.PROTECT, related_name="orders")
    msp_name = models.CharField(max_length=200)
    """As the license reseller reads it, who does not see the MSP's own row."""
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="orders")
    license_reseller = models.ForeignKey(LicenseReseller, models.PROTECT, related_name="orders")
    region = models.CharField(max_length=20, choices=Region)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="orders")
    """Whom the key will serve; None: open, the MSP decides when it enters the key."""
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.SENT)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    """For everything, in `currency`; read by the MSP and the license reseller only."""
    currency = models.CharField(max_length=3, blank=True)
    tax = models.CharField(max_length=7, choices=TAX, blank=True)
    reason = models.TextField(blank=True)
    """Why it was rejected."""
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField(null=True)
    """The newest move of its state."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "license_reseller", "region", "product", "seats", "months"],
                name="order_as_its_key_repeats_it",
            ),
            models.CheckConstraint(name="order_has_seats_and_months", condition=Q(seats__gte=1, months__gte=1)),
            models.CheckConstraint(
                name="order_quoted_has_a_price",
                condition=Q(state__in=["sent", "rejected", "withdrawn"])
                | Q(price__gte=0, tax__in=["without", "with"], currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(name="order_rejected_has_a_reason", condition=~Q(state="rejected") | ~Q(reason="")),
            models.CheckConstraint(
                name="order_moved_has_a_time",
                condition=Q(state="sent") | Q(moved_at__isnull=False, moved_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["msp", "-id"], name="orders_of_msp"),
            models.Index(fields=["license_reseller", "-id"], name="orders_of_license_reseller"),
        ]

    def __str__(self) -> str:
        return f"order {self.pk}"

    @property
    def quoted(self) -> str:
        """The quote as one text, by which a person says which one it read; empty before there is one."""
        return "" if self.price is None else f"{self.currency} {self.price:.2f} {self.tax}"
