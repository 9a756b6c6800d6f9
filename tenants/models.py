"""Whose is what: organizations, their people and roles, customers and who manages them."""

from datetime import datetime
from typing import Any, Self, cast

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django_countries.fields import CountryField
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import User
from tenants import names
from tenants.regions import Region, country_name, region_of


class KnoxService(models.TextChoices):
    """The services an MSP can manage for a customer (FAQ Q2). A seventh is one line here and one module."""

    CONFIGURE = "KC", "Knox Configure"
    MOBILE_ENROLLMENT = "KME", "Knox Mobile Enrollment"
    EFOTA = "KE", "Knox E-FOTA"
    MANAGE = "KM", "Knox Manage"
    CARE = "SC+", "Samsung Care+ for Business"
    GUARD = "KG", "Knox Guard"


class Access(models.TextChoices):
    """What a customer's own people can open: one choice for all services, and one way (FAQ Q7)."""

    NONE = "none", "No access"
    FULL = "full", "Full access"


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


class Reseller(Address):
    """A company in the Knox Deployment Program: sells devices and uploads them to a KCS Customer ID."""

    public_id = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=200)
    regions = ArrayField(models.CharField(max_length=20, choices=Region))
    registration_number = models.CharField(max_length=60)
    approved_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()
    id_label = "Reseller ID"

    class Meta:
        permissions = [("manage_people", "Invite and manage administrators")]

    def __str__(self) -> str:
        return self.name


class LicenseReseller(Address):
    """A company that Samsung authorized to sell license keys to the MSPs of some regions."""

    public_id = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=200)
    regions = ArrayField(models.CharField(max_length=20, choices=Region))
    registration_number = models.CharField(max_length=60)
    approved_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()
    id_label = "Reseller ID"

    class Meta:
        permissions = [("manage_people", "Invite and manage administrators")]

    def __str__(self) -> str:
        return self.name


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
        """Whether Knox Guard can be opened for it: what cannot change later was said when it was added."""
        return bool(self.tenant_type) or self.guard_domain in self.WITHOUT_TYPE

    @cached_property
    def is_managed(self) -> bool:
        """Whether it has an MSP now; without one it is a direct customer. The door of a company brings the answer."""
        return self.managements.filter(ended_at=None).exists()

    @property
    def region(self) -> Region | None:
        return region_of(str(self.country))


class Management(models.Model):
    """The right of an MSP to act for a customer, from a time on. Not a request: that is not management yet."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DELINK_REQUESTED = "delink_requested", "Delink requested"
        DELINK_WANTED = "delink_wanted", "Delink requested by customer"
        ENDED = "ended", "Ended"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="managements")
    msp = models.ForeignKey(Msp, models.PROTECT, related_name="managements")
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    since = models.DateTimeField(auto_now_add=True)
    ending_at = models.DateTimeField(null=True, blank=True)
    """When it ends by the customer's own wish, which can be taken back until then."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=~Q(state="ended"), name="customer_has_one_active_management"
            ),
            models.CheckConstraint(
                name="management_ended_has_a_time",
                condition=Q(state="ended", ended_at__isnull=False) | Q(~Q(state="ended"), ended_at=None),
            ),
        ]
        indexes = [models.Index(fields=["msp", "state", "customer"], name="management_of_msp")]

    def __str__(self) -> str:
        return f"{self.msp} manages {self.customer}"


def managed_by(msp: Msp, column: str = "customer") -> Q:
    """The condition for rows of customers that the MSP manages: those that the person sees, by the policies."""
    managed = Management.objects.filter(msp=msp, ended_at=None)
    return looked_up(Q(**{f"{column}__in": managed.values("customer")}))


class CustomerService(models.Model):
    """A service that a customer uses. Can be added, not removed (knox.md 2.5)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="services")
    service = models.CharField(max_length=3, choices=KnoxService)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "service"], name="customer_has_a_service_once"),
            models.CheckConstraint(name="service_is_known", condition=Q(service__in=KnoxService.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} of {self.customer}"


ORGANIZATIONS = ("msp", "reseller", "license_reseller", "customer")


def _exactly_one_organization() -> Q:
    """True where one of the four organization columns is set, and only one."""
    alone = Q()
    for one in ORGANIZATIONS:
        alone |= Q(**{f"{other}__isnull": other != one for other in ORGANIZATIONS})
    return alone


class Role(models.Model):
    """A named set of rights in one organization. Its group carries the guardian grants (tenants/access.py)."""

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

    class Meta:
        constraints = [
            models.CheckConstraint(name="role_has_one_organization", condition=_exactly_one_organization()),
            models.UniqueConstraint(
                fields=["name", *ORGANIZATIONS], name="role_name_once_an_organization", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in one organization, from the invitation on: the role, and which customers it reaches.

    Grants follow it (tenants/access.py). Names and address are those of the invitation, or of the person who joined.
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

    # Typed as always there: only a Pending or Revoked place has nobody, and those are read in tenants alone.
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

    # Set by the list of administrators (tenants/pages/people_list.py): where the page about the person is, and which
    # customers the place reaches, of those that the one who asks may see.
    url: str
    named_count: int
    reach: str

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_has_one_organization", condition=_exactly_one_organization()),
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
    def organization(self) -> Msp | Reseller | LicenseReseller | Customer:
        found = self.msp or self.reseller or self.license_reseller or self.customer
        if found is None:
            raise ValueError("the constraint membership_has_one_organization was dropped")
        return found


class NamedCustomer(models.Model):
    """A customer that the scope of a place names: one that it reaches (some), or does not reach (all but some)."""

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


class Export(models.Model):
    """A CSV file too long to wait for: made by the worker, kept for a while, for the one who asked.

    `maker` is the name of the task that makes it, `params` what that task needs. The file lies gzipped in
    PostgreSQL, so that any web process can hand it out.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Being made"
        READY = "ready", "Ready"

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    msp = models.ForeignKey(Msp, models.CASCADE, related_name="exports")
    what = models.CharField(max_length=60)
    maker = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    requested_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="export_ready_has_a_file",
                condition=Q(state="waiting", content=None, ready_at=None)
                | Q(state="ready", ready_at__isnull=False, ends_at__isnull=False, lines__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}, {self.requested_at:%Y-%m-%d}"


# Guardian's grants, one pair of tables an organization, with real foreign keys: a grant goes when its
# organization goes, and PostgreSQL's policies can join them (docs/adr/0004).


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
