"""Guardian's grants, one pair of tables an organization, with real foreign keys: a grant goes when its
organization goes, and PostgreSQL's policies can join them (docs/adr/0004).
"""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from tenants.models.customers import Customer
from tenants.models.organizations import LicenseReseller, Msp, Reseller


class MspGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Msp, models.CASCADE, related_name="group_grants")


class MspUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(Msp, models.CASCADE, related_name="user_grants")


class ResellerGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Reseller, models.CASCADE, related_name="group_grants")


class ResellerUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(Reseller, models.CASCADE, related_name="user_grants")


class LicenseResellerGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(LicenseReseller, models.CASCADE, related_name="group_grants")


class LicenseResellerUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(LicenseReseller, models.CASCADE, related_name="user_grants")


class CustomerGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Customer, models.CASCADE, related_name="group_grants")


class CustomerUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(Customer, models.CASCADE, related_name="user_grants")
