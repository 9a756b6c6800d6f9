"""Organizations: MSPs, resellers of devices and of licenses, and what all of them have. Customers are next door."""

from typing import Any, Self, cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_countries.fields import CountryField

from accounts.models import User
from tenants.regions import Region, country_name


class Address(models.Model):
    """Where a company is."""

    country = CountryField()
    address_1 = models.CharField(max_length=200)
    address_2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100)
    province = models.CharField(max_length=100, blank=True)
    zip_code = models.CharField(max_length=20)
    phone = models.CharField(max_length=20, blank=True)
    website = models.URLField(blank=True)

    ADDRESS_FIELDS = ("country", "address_1", "address_2", "city", "province", "zip_code", "phone", "website")

    class Meta:
        abstract = True

    @property
    def country_name(self) -> str:
        return country_name(str(self.country))

    @property
    def address_line(self) -> str:
        town = " ".join(part for part in (self.zip_code, self.city) if part)
        parts = (self.address_1, self.address_2, town, self.province, self.country_name)
        return ", ".join(part for part in parts if part)


class _IsTrue(models.Func):
    template = "(%(expressions)s) IS TRUE"
    output_field = models.BooleanField()


def looked_up(condition: Q) -> Q:
    """Keeps PostgreSQL from joining what is inside: it reads that once, and looks each row up in it.

    It takes the grants of everybody to be two, and what hangs on them to be little; joined, 2,000 customers were
    compared with 2,000 grants each, or each was fetched anew past a policy that names all of them.
    """
    return Q(_IsTrue(models.ExpressionWrapper(condition, models.BooleanField())))


class OrganizationQuerySet[O: models.Model](models.QuerySet[O]):
    def granted(self, user: User, right: str) -> Self:
        """Those on which guardian's grants give `user` the right, by group or by person."""
        by_group = self._grants("group_grants").filter(permission__codename=right, group__user=user)
        by_person = self._grants("user_grants").filter(permission__codename=right, user=user)
        holders = by_group.values("content_object").union(by_person.values("content_object"), all=True)
        return self.filter(looked_up(Q(pk__in=holders)))

    def _grants(self, name: str) -> models.QuerySet[Any]:
        """The table of guardian's rows about this kind of organization."""
        grants: Any = self.model._meta.get_field(name).related_model
        return cast("models.QuerySet[Any]", grants.objects.all())


class Msp(Address):
    """A company that Samsung approved, for one region, to manage Knox for customers."""

    public_id = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=200)
    region = models.CharField(max_length=20, choices=Region)
    support_phone = models.CharField(max_length=20)
    support_email = models.EmailField()
    knox_guard = models.BooleanField(default=False)
    approved_at = models.DateTimeField(auto_now_add=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.TextField(blank=True)

    objects = OrganizationQuerySet.as_manager()
    id_label = "MSP ID"

    class Meta:
        permissions = [
            ("add_customers", "Add customers"),
            ("manage_people", "Invite and manage administrators"),
            ("manage_roles", "Manage roles"),
            ("delink_customers", "Delink customers"),
            ("view_activity", "See everybody's activity"),
        ]

    def __str__(self) -> str:
        return self.name


class ResellingCompany(Address):
    """What a reseller and a license reseller have alike: approved by Samsung, for some regions."""

    public_id = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=200)
    regions = ArrayField(models.CharField(max_length=20, choices=Region))
    registration_number = models.CharField(max_length=60)
    approved_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()
    id_label = "Reseller ID"

    class Meta:
        abstract = True
        permissions = [("manage_people", "Invite and manage administrators")]

    def __str__(self) -> str:
        return self.name


class Reseller(ResellingCompany):
    """A company in the Knox Deployment Program: sells devices and uploads them to a KCS Customer ID."""


class LicenseReseller(ResellingCompany):
    """A company that Samsung authorized to sell license keys to the MSPs of some regions."""


ORGANIZATIONS = ("msp", "reseller", "license_reseller", "customer")


def exactly_one_organization() -> Q:
    """True where one of the four organization columns is set, and only one."""
    alone = Q()
    for one in ORGANIZATIONS:
        alone |= Q(**{f"{other}__isnull": other != one for other in ORGANIZATIONS})
    return alone
