"""Who hears what: the people of an MSP to whom a customer's letters go (words.md 4, knox.md 9.5)."""

from django.db.models import Q

from accounts.acting import as_operator
from accounts.models import User
from tenants import access
from tenants.models import Access, Customer, KnoxService, Management, Membership, Msp, Role

Active = Membership.State.ACTIVE
UPLOADS, DELETIONS = "uploads", "deletions"
"""Topics of letters to the team that a person can stop (accounts/mail_choices.py); those of licenses below."""


def licenses(service: str) -> str:
    """The topic of the letters about the licenses of one service: opt-out per service (knox.md 9.5)."""
    return f"licenses:{service}"


def topics() -> list[tuple[str, str]]:
    """Every topic of letters to the team, and how a person reads it."""
    return [
        (UPLOADS, "Uploads that wait for approval"),
        (DELETIONS, "Devices that a reseller deleted"),
        *((licenses(service.value), f"Licenses and seats of {service.label}") for service in KnoxService),
    ]


def leads(msp: Msp, *, starter: User | None = None) -> list[User]:
    """Who hears about the relation to a customer: the MSP's super admins, and who started it and still works there."""
    hears = Q(role__name=Role.SUPER_ADMIN) | Q(user=starter)
    memberships = Membership.objects.filter(hears, msp=msp, state=Active).select_related("user").order_by("pk")
    return [membership.user for membership in memberships]


def msp_of(customer: Customer | int | None, *, person: User | None = None) -> int | None:
    """The pk of the MSP that manages the customer now; with `person`, only if that one works there."""
    running = Management.objects.filter(customer=customer, ended_at=None)
    if person:
        running = running.filter(msp__in=Membership.objects.filter(user=person, state=Active).values("msp"))
    return running.values_list("msp", flat=True).first()


def managing(customer: Customer) -> Msp | None:
    """The MSP that manages the customer now, also for those who do not see it. One query."""
    with as_operator():
        management = Management.objects.filter(customer=customer, ended_at=None).select_related("msp").first()
        return management.msp if management else None


def colleague(user_id: int | None, *, of: User) -> str:
    """A person's name for the own side; nobody's name across sides (words.md 3, P)."""
    own = Membership.objects.filter(user=of).exclude(msp=None, customer=None).values("msp", "customer")
    for organization in own:
        shared = Membership.objects.filter(user=user_id, **{k: v for k, v in organization.items() if v})
        if found := shared.select_related("user").first():
            return str(found.user)
    return "Somebody else"


def team(customer: Customer, *, may: str = access.MANAGE) -> tuple[Msp | None, list[User]]:
    """Who works for the customer: the people of its MSP who have the right there, else its own people who have it.

    Nobody does while the MSP is suspended: its people cannot open what they would read of.
    """
    with as_operator():
        msp = managing(customer)
        if msp and msp.suspended_at:
            return msp, []
        memberships = access.who_may(may, customer, of=msp or customer).select_related("user").order_by("pk")
        return msp, [membership.user for membership in memberships if membership.user]


def readers(customer: Customer, *, may: str = access.MANAGE) -> dict[User, Msp | None]:
    """Who reads what happens at the customer, and for which MSP: the team, and with Full access its own people who have
    the right, too (knox.md 9.5)."""
    msp, people = team(customer, may=may)
    found: dict[User, Msp | None] = dict.fromkeys(people, msp)
    if msp and customer.access == Access.FULL:
        with as_operator():
            own = access.who_may(may, customer, of=customer).select_related("user").order_by("pk")
            found |= {membership.user: None for membership in own if membership.user}
    return found
