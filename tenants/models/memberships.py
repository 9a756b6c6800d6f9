"""Who works for which organization, which customers that reaches, and the links that invite to it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from tenants import names
from tenants.models.customers import Customer
from tenants.models.organizations import ORGANIZATIONS, LicenseReseller, Msp, Reseller, exactly_one_organization
from tenants.models.roles import Role


class MembershipQuerySet(models.QuerySet["Membership"]):
    def super_admins(self) -> Self:
        """Those with every right of their organization, in whichever state."""
        return self.filter(role__name=Role.SUPER_ADMIN)


class Membership(models.Model):
    """That a person works for one organization, from the invitation on: the role, and which customers it reaches.

    Grants follow it (tenants/memberships.py). Names and address are those of the invitation, or of the one who joined.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        ACTIVE = "active", "Active"
        REVOKED = "revoked", "Revoked"
        BLOCKED = "blocked", "Blocked"

    class Scope(models.TextChoices):
        ALL = "all", "All customers"
        SOME = "some", "Only some customers"
        ALL_BUT = "all_but", "All customers but some"

    # Typed as always there: only a Pending or Revoked one has nobody, and those are read in tenants alone.
    user: "models.ForeignKey[User, User]" = models.ForeignKey(  # type: ignore[misc]  # see above
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="memberships")
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.ALL)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    email = models.EmailField()
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=800, editable=False)
    joined_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    msp = models.ForeignKey(Msp, models.CASCADE, null=True, blank=True, related_name="memberships")
    reseller = models.ForeignKey(Reseller, models.CASCADE, null=True, blank=True, related_name="memberships")
    license_reseller = models.ForeignKey(
        LicenseReseller, models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="memberships")

    objects = MembershipQuerySet.as_manager()

    # Set by the list of administrators (tenants/pages/people_list.py): where the page about the person is, and which
    # customers it reaches, of those that the one who asks may see.
    url: str
    named_count: int
    reach: str

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_has_one_organization", condition=exactly_one_organization()),
            models.UniqueConstraint(
                fields=["user", *ORGANIZATIONS],
                condition=Q(user__isnull=False),
                name="person_once_an_organization",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["email", *ORGANIZATIONS],
                condition=Q(state="pending"),
                name="address_invited_once_an_organization",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="who_joined_is_somebody",
                condition=Q(state__in=["pending", "revoked"], user=None, joined_at=None)
                | Q(state__in=["active", "blocked"], user__isnull=False, joined_at__isnull=False),
            ),
            models.CheckConstraint(
                name="blocked_has_a_time",
                condition=Q(~Q(state="blocked"), blocked_at=None) | Q(state="blocked", blocked_at__isnull=False),
            ),
            models.CheckConstraint(name="only_msps_limit_people", condition=Q(scope="all") | Q(msp__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["msp", "name_key"], name="people_of_msp"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.role}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = names.key(self.person)
        super().save(*args, **kwargs)

    @property
    def person(self) -> str:
        """The name as colleagues read it."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def address(self) -> str:
        """Where the person gets mail: the invited address, until somebody joined with it."""
        return self.user.email if self.user else self.email

    @property
    def kind(self) -> str:
        """Of the organization: the name of its column."""
        return next(one for one in ORGANIZATIONS if getattr(self, f"{one}_id"))

    @property
    def is_closed(self) -> bool:
        """At a customer with No access, whose row is hidden from its own people: there is nothing to open."""
        return self.customer_id is not None and self.customer is None

    @property
    def organization(self) -> Msp | Reseller | LicenseReseller | Customer:
        found = self.msp or self.reseller or self.license_reseller or self.customer
        if found is None:
            raise ValueError("the constraint membership_has_one_organization was dropped")
        return found


class NamedCustomer(models.Model):
    """A customer that the scope of a membership names: one that it reaches (some), or does not reach (all but some)."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="named")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "customer"], name="scope_names_a_customer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} for {self.membership}"


class InvitationLink(models.Model):
    """The link of one invitation letter: 256 random bits, of which only the hash is stored. Works once."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link for {self.membership}, {self.sent_at:%Y-%m-%d}"
