"""Roles: sets of rights in one organization."""

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.models.customers import Customer
from tenants.models.organizations import ORGANIZATIONS, LicenseReseller, Msp, Reseller, exactly_one_organization


class RoleQuerySet(models.QuerySet["Role"]):
    def super_admin(self) -> "Role":
        """Of the roles of one organization, the built-in one with every right."""
        return self.get(name=Role.SUPER_ADMIN)


class Role(models.Model):
    """A named set of rights in one organization. Its group carries the guardian grants (tenants/grants.py)."""

    SUPER_ADMIN = "Super Admin"

    name = models.CharField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    rights = ArrayField(models.CharField(max_length=40))
    is_built_in = models.BooleanField(default=False)
    """Comes with every organization of its kind, and stays as it is."""
    group = models.OneToOneField(Group, models.PROTECT, related_name="role")
    msp = models.ForeignKey(Msp, models.CASCADE, null=True, blank=True, related_name="roles")
    reseller = models.ForeignKey(Reseller, models.CASCADE, null=True, blank=True, related_name="roles")
    license_reseller = models.ForeignKey(LicenseReseller, models.CASCADE, null=True, blank=True, related_name="roles")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="roles")

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="role_has_one_organization", condition=exactly_one_organization()),
            models.UniqueConstraint(
                fields=["name", *ORGANIZATIONS], name="role_name_once_an_organization", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_super_admin(self) -> bool:
        return self.name == self.SUPER_ADMIN

    @property
    def organization(self) -> Msp | Reseller | LicenseReseller | Customer:
        found = self.msp or self.reseller or self.license_reseller or self.customer
        if found is None:
            raise ValueError("the constraint role_has_one_organization was dropped")
        return found
