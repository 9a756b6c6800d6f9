"""Whose is what: organizations, their people and roles, customers and who manages them."""

from tenants.models.customers import Access, Customer, CustomerQuerySet
from tenants.models.exports import Export
from tenants.models.grants import (
    CustomerGroupGrant,
    CustomerUserGrant,
    LicenseResellerGroupGrant,
    LicenseResellerUserGrant,
    MspGroupGrant,
    MspUserGrant,
    ResellerGroupGrant,
    ResellerUserGrant,
)
from tenants.models.managements import Management, managed_by
from tenants.models.memberships import InvitationLink, Membership, NamedCustomer
from tenants.models.organizations import (
    ORGANIZATIONS,
    Address,
    LicenseReseller,
    Msp,
    OrganizationQuerySet,
    Reseller,
    looked_up,
)
from tenants.models.roles import Role
from tenants.models.services import CustomerService, KnoxService

__all__ = [
    "ORGANIZATIONS",
    "Access",
    "Address",
    "Customer",
    "CustomerGroupGrant",
    "CustomerQuerySet",
    "CustomerService",
    "CustomerUserGrant",
    "Export",
    "InvitationLink",
    "KnoxService",
    "LicenseReseller",
    "LicenseResellerGroupGrant",
    "LicenseResellerUserGrant",
    "Management",
    "Membership",
    "Msp",
    "MspGroupGrant",
    "MspUserGrant",
    "NamedCustomer",
    "OrganizationQuerySet",
    "Reseller",
    "ResellerGroupGrant",
    "ResellerUserGrant",
    "Role",
    "looked_up",
    "managed_by",
]
