"""Applications of companies to the two programs."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants import names
from tenants.models import Address, KnoxService, LicenseReseller, Msp, Reseller
from tenants.regions import Region


class Program(models.TextChoices):
    """The two programs and their two applications (FAQ Q3)."""

    MSP = "msp", "Knox MSP Program"
    RESELLER = "reseller", "Knox Deployment Program"


class Industry(models.TextChoices):
    AGRICULTURE = "agriculture", "Agriculture"
    CONSTRUCTION = "construction", "Construction"
    EDUCATION = "education", "Education"
    ENERGY = "energy", "Energy and utilities"
    FINANCE = "finance", "Finance and insurance"
    GOVERNMENT = "government", "Government"
    HEALTHCARE = "healthcare", "Healthcare"
    HOSPITALITY = "hospitality", "Hospitality"
    MANUFACTURING = "manufacturing", "Manufacturing"
    MEDIA = "media", "Media and telecommunications"
    PUBLIC_SAFETY = "public_safety", "Public safety"
    RETAIL = "retail", "Retail"
    SERVICES = "services", "Professional services"
    TRANSPORT = "transport", "Transport and logistics"
    OTHER = "other", "Other"


class Application(Address):
    """A company's form to become an MSP or a reseller. Samsung decides it once (FAQ Q4).

    It counts from the moment its email address is confirmed; what is never confirmed is forgotten.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Waiting for the email to be confirmed"
        SUBMITTED = "submitted", "Waiting for Samsung"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    class CustomerCount(models.TextChoices):
        UP_TO_10 = "1-10", "1-10"
        UP_TO_50 = "11-50", "11-50"
        UP_TO_100 = "51-100", "51-100"
        UP_TO_300 = "101-300", "101-300"
        MORE = "300+", "more than 300"

    class DeviceCount(models.TextChoices):
        UP_TO_100 = "1-100", "1-100"
        UP_TO_1000 = "101-1000", "101-1,000"
        UP_TO_10000 = "1001-10000", "1,001-10,000"
        MORE = "10000+", "more than 10,000"

    class Sells(models.TextChoices):
        DEVICES = "devices", "Devices"
        KEYS = "keys", "License keys"

    # A number drawn here and not by PostgreSQL: the row is written by people whom the policies show nothing.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    program = models.CharField(max_length=10, choices=Program)
    state = models.CharField(max_length=12, choices=State, default=State.UNCONFIRMED)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="applications"
    )
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.EmailField()
    company = models.CharField(max_length=200)
    company_key = models.CharField(max_length=800, editable=False)
    agreements = models.JSONField(default=dict)
    wants_news = models.BooleanField(default=False)
    regions = ArrayField(models.CharField(max_length=20, choices=Region))
    # MSP
    customer_count = models.CharField(max_length=10, choices=CustomerCount, blank=True)
    industries = ArrayField(models.CharField(max_length=20, choices=Industry), default=list)
    services = ArrayField(models.CharField(max_length=3, choices=KnoxService), default=list)
    own_kcs_id = models.CharField(max_length=10, blank=True)
    own_reseller_id = models.CharField(max_length=10, blank=True)
    support_phone = models.CharField(max_length=20, blank=True)
    support_email = models.EmailField(blank=True)
    # Reseller
    sells = models.CharField(max_length=8, choices=Sells, blank=True)
    registration_number = models.CharField(max_length=60, blank=True)
    device_count = models.CharField(max_length=12, choices=DeviceCount, blank=True)
    sold_to_code = models.CharField(max_length=20, blank=True)

    token_hash = models.CharField(max_length=64, blank=True)
    link_ends_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decided_applications"
    )
    reason = models.TextField(blank=True)
    msp = models.OneToOneField(Msp, models.PROTECT, null=True, blank=True, related_name="application")
    reseller = models.OneToOneField(Reseller, models.PROTECT, null=True, blank=True, related_name="application")
    license_reseller = models.OneToOneField(
        LicenseReseller, models.PROTECT, null=True, blank=True, related_name="application"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_decided_has_who_and_when",
                condition=Q(state__in=["approved", "rejected"], decided_at__isnull=False, decided_by__isnull=False)
                | Q(state__in=["unconfirmed", "submitted"], decided_at=None, decided_by=None),
            ),
            models.CheckConstraint(
                name="application_that_counts_has_an_applicant",
                condition=Q(state="unconfirmed") | Q(applicant__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(name="rejected_has_a_reason", condition=~Q(state="rejected", reason="")),
            models.CheckConstraint(
                name="approved_has_an_organization",
                condition=~Q(state="approved", msp=None, reseller=None, license_reseller=None),
            ),
            models.CheckConstraint(
                name="msp_application_has_one_region", condition=~Q(program="msp") | Q(regions__len=1)
            ),
            models.UniqueConstraint(
                fields=["applicant", "program"], condition=Q(state="submitted"), name="one_open_application_a_program"
            ),
            models.UniqueConstraint(
                fields=["email", "program"], condition=Q(state="unconfirmed"), name="one_unconfirmed_application"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at", "id"], name="application_queue"),
            models.Index(fields=["company_key"], name="application_by_company"),
            models.Index(fields=["token_hash"], name="application_by_link", condition=~Q(token_hash="")),
        ]

    def __str__(self) -> str:
        return self.company

    def save(self, *args: object, **kwargs: object) -> None:
        self.company_key = names.key(self.company)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def program_name(self) -> str:
        return Program(self.program).label

    @property
    def region_names(self) -> list[str]:
        return [Region(region).label for region in self.regions]

    @property
    def organization(self) -> Msp | Reseller | LicenseReseller | None:
        return self.msp or self.reseller or self.license_reseller
