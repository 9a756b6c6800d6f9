"""Links that let the reader of a letter decide."""

from django.db import models
from django.db.models import Q

from onboarding.models.delinks import Delink
from onboarding.models.receipts import Receipt
from onboarding.models.requests import ManagementRequest


class Link(models.Model):
    """An address in a letter that lets its reader decide, without an account. Only the hash is stored.

    "Send again" makes a new one and voids the old. The link in a receipt ends management and has no end date.
    """

    class Purpose(models.TextChoices):
        CONSENT = "consent", "Answer a request"
        DELINK = "delink", "Answer a delink"
        END = "end", "End management"

    purpose = models.CharField(max_length=8, choices=Purpose)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_to = models.EmailField()
    sent_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    request = models.ForeignKey(ManagementRequest, models.CASCADE, null=True, blank=True, related_name="links")
    delink = models.ForeignKey(Delink, models.CASCADE, null=True, blank=True, related_name="links")
    receipt = models.ForeignKey(Receipt, models.CASCADE, null=True, blank=True, related_name="links")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_fits_its_purpose",
                condition=Q(purpose="consent", request__isnull=False, delink=None, receipt=None, ends_at__isnull=False)
                | Q(purpose="delink", request=None, delink__isnull=False, receipt=None, ends_at__isnull=False)
                | Q(purpose="end", request=None, delink=None, receipt__isnull=False, ends_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.token_hash[:6]}"

    # What the link is about, by purpose. The constraint link_fits_its_purpose says that it is there.

    @property
    def asked(self) -> ManagementRequest:
        return _present(self.request)

    @property
    def leaving(self) -> Delink:
        return _present(self.delink)

    @property
    def kept(self) -> Receipt:
        return _present(self.receipt)


def _present[T](found: T | None) -> T:
    if found is None:
        raise ValueError("a row of another purpose")
    return found
