"""Customers: companies whose devices are in Knox."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from tenants import names
from tenants.models.organizations import Address, OrganizationQuerySet
from tenants.regions import Region, region_of


class Access(models.TextChoices):
    """What a customer's own people can open: one choice for all services, and one way (FAQ Q7)."""

    NONE = "none", "No access"
    FULL = "full", "Full access"


class CustomerQuerySet(OrganizationQuerySet["Customer"]):
    def matching(self, typed: str) -> Self:
        """Search as knox.md 2.3: a KCS Customer ID, an email of the contact, or the start of a name."""
        digits = "".join(typed.split())
        if digits.isdigit():
            return self.filter(kcs_id__gte=digits, kcs_id__lt=names.after(digits))
        if "@" in typed:
            return self.filter(contact_email=typed.strip().lower())
        start = names.key(typed)
        end = names.after(start)
        return self.filter(Q(name_key__gte=start, name_key__lt=end) | Q(contact_key__gte=start, contact_key__lt=end))


class Customer(Address):
    """A company whose devices are in Knox. At most one MSP manages it (Management)."""

    class Size(models.TextChoices):
        UP_TO_19 = "0-19", "0-19"
        UP_TO_99 = "20-99", "20-99"
        UP_TO_249 = "100-249", "100-249"
        UP_TO_499 = "250-499", "250-499"
        UP_TO_999 = "500-999", "500-999"
        MORE = "1000+", "1,000+"

    class TenantType(models.TextChoices):
        """Knox Guard only; stays as it was when the customer was added (knox.md 3.2)."""

        NORMAL = "normal", "Normal"
        PAY_AS_YOU_GO = "payg", "Pay as you go"

    class GuardDomain(models.TextChoices):
        """What Knox Guard is for at this customer; fixed like the tenant type (knox.md 6.6)."""

        FINANCING = "financing", "Financing"
        ENTERPRISE = "enterprise", "Enterprise"
        INSURANCE = "insurance", "Insurance"
        OTHERS = "others", "Others"

    WITHOUT_TYPE = (GuardDomain.ENTERPRISE, GuardDomain.INSURANCE)
    """Domains whose tenants have no type."""

    kcs_id = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=800, editable=False)
    size = models.CharField(max_length=10, choices=Size)
    industry = models.CharField(max_length=40)
    contact_first_name = models.CharField(max_length=100)
    contact_last_name = models.CharField(max_length=100)
    contact_key = models.CharField(max_length=800, editable=False)
    contact_email = models.EmailField()
    contact_job_title = models.CharField(max_length=100, blank=True)
    access = models.CharField(max_length=4, choices=Access, default=Access.NONE)
    tenant_prefix = models.CharField(max_length=40, blank=True)
    tenant_id = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    """In Knox Manage: given once, when that is added (tenants/tenant_ids.py). Empty without it."""
    tenant_type = models.CharField(max_length=10, choices=TenantType, blank=True)
    guard_domain = models.CharField(max_length=10, choices=GuardDomain, blank=True)
    """Empty for customers that were added before there were domains."""
    guard_phone = models.CharField(max_length=30, blank=True)
    guard_email = models.EmailField(blank=True)
    """Whom the people of a locked device reach. One of the two is needed for Financing."""
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    """Words of the MSP that manages it now. They go when management ends (onboarding.endings.end)."""
    added_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    """When Samsung deleted it (FAQ Q11). The row stays without a name, because receipts and keys point at it."""

    # Of the management by the MSP that asks; set by the customer list (portals/customer_list.py).
    status: str
    since: datetime

    objects = CustomerQuerySet.as_manager()
    id_label = "KCS Customer ID"

    class Meta:
        constraints = [
            models.CheckConstraint(name="customer_kcs_id_has_ten_digits", condition=Q(kcs_id__regex=r"^4\d{9}$")),
            models.UniqueConstraint(fields=["tenant_id"], condition=~Q(tenant_id=""), name="customer_tenant_id_once"),
            models.CheckConstraint(name="customer_tags_at_most_20", condition=Q(tags__len__lte=20)),
            models.CheckConstraint(
                name="customer_guard_domain_is_known",
                condition=Q(guard_domain__in=["", "financing", "enterprise", "insurance", "others"]),
            ),
            models.CheckConstraint(
                name="customer_guard_type_by_domain",
                condition=~Q(guard_domain__in=["enterprise", "insurance"]) | Q(tenant_type=""),
            ),
            models.CheckConstraint(
                name="customer_guard_financing_has_support",
                condition=~Q(guard_domain="financing") | ~Q(guard_phone="") | ~Q(guard_email=""),
            ),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="customer_by_name"),
            models.Index(fields=["contact_key"], name="customer_by_contact"),
            models.Index(fields=["contact_email"], name="customer_by_email"),
        ]
        permissions = [
            ("manage_customer", "Can change this customer and work in its services"),
            ("approve_uploads", "Can approve and reject uploads of resellers"),
            ("delete_devices", "Can delete devices"),
            ("manage_licenses", "Can enter keys, order and change licenses"),
            # Of the customer's own people. Not `manage_people`: roles of the MSP would carry that to its customers.
            ("manage_own_people", "Invite and manage the customer's own administrators"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = names.key(self.name)
        self.contact_key = names.key(self.contact_name)
        super().save(*args, **kwargs)

    @property
    def public_id(self) -> str:
        return self.kcs_id

    @property
    def contact_name(self) -> str:
        return f"{self.contact_first_name} {self.contact_last_name}".strip()

    @property
    def is_guard_tenant(self) -> bool:
        """Whether Knox Guard can be opened for it: what cannot change later was said."""
        return bool(self.tenant_type) or self.guard_domain in self.WITHOUT_TYPE

    @cached_property
    def is_managed(self) -> bool:
        """Whether it has an MSP now; without one it is a direct customer. The door of a company brings the answer."""
        return self.managements.filter(ended_at=None).exists()

    @property
    def region(self) -> Region | None:
        return region_of(str(self.country))
