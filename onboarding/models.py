"""How companies come in."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit.models import Side
from tenants import names
from tenants.models import Access, Address, Customer, KnoxService, LicenseReseller, Management, Msp, Reseller
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


class Invitation(models.Model):
    """A link with which a customer's contact person makes an account (words.md access.given). Works once.

    "Send again" makes a new one and voids the old: one is open at a time.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(used_at=None, voided_at=None),
                name="one_open_invitation_of_a_customer",
            ),
            models.CheckConstraint(name="invitation_is_used_or_voided", condition=Q(used_at=None) | Q(voided_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.customer}"


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


class Delink(models.Model):
    """The wish of one side to end the management. The other side answers; until then all stays as it is.

    The MSP's is answered by a link (onboarding/endings.py), the customer's in the MSP Portal (onboarding/wishes.py).
    One is open at a time, whoever asked.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Taken back"

    management = models.ForeignKey(Management, models.PROTECT, related_name="delinks")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="delinks")
    msp = models.ForeignKey(Msp, models.PROTECT, related_name="delinks")
    side = models.CharField(max_length=10, choices=Side, default=Side.MSP, db_default=Side.MSP)
    """Who asks: the MSP or the customer."""
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    """Until when the link works. A customer's wish has none: it stays until it is answered or taken back."""
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="", db_default="")
    """Why the MSP rejected the customer's wish."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["management"], condition=Q(state="open"), name="one_open_delink_of_a_management"
            ),
            models.CheckConstraint(
                name="delink_answered_has_a_time",
                condition=Q(state="open", answered_at=None) | Q(~Q(state="open"), answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delink_of_the_msp_has_a_link",
                condition=Q(side="msp", ends_at__isnull=False) | Q(side="customer", ends_at=None),
            ),
            models.CheckConstraint(
                name="delink_rejected_has_a_reason",
                condition=Q(state="rejected", side="customer") & ~Q(reason="") | ~Q(state="rejected"),
            ),
        ]

    def __str__(self) -> str:
        return f"delink of {self.customer} by {self.msp}"

    @property
    def link_ends_at(self) -> datetime:
        return _present(self.ends_at)


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
