"""What begins and ends with a management: the MSP's grants on the customer, and the customer's own consoles."""

from django.db.models import Q

from accounts.acting import as_operator
from accounts.models import User
from tenants import grants
from tenants.models import Customer, Management, Membership, Msp, NamedCustomer


def customers_of(msp: Msp) -> list[int]:
    """Keys of the customers that the MSP manages now, of those that the one who asks may see."""
    return list(Management.objects.filter(msp=msp, ended_at=None).values_list("customer_id", flat=True))


def give(customer_id: int, *, to: Msp, by: User | None) -> None:
    """Grant a customer to the roles of an MSP, to those who reach all but some, and to `by` where limited to some.

    May run before the customer's row is written: the foreign keys of the grants are checked at commit, and
    the policies let only those write the row who hold a grant on it.
    """
    grants.in_turn(to.pk)
    for role in to.roles.select_related("group"):
        grants.give(role.rights, to=role.group, on=[customer_id], kind=Customer)
    active = Membership.objects.filter(msp=to, state=Membership.State.ACTIVE).select_related("user", "role")
    for membership in active.filter(scope=Membership.Scope.ALL_BUT):
        grants.give(membership.role.rights, to=membership.user, on=[customer_id], kind=Customer)
    if by and (own := active.filter(user=by, scope=Membership.Scope.SOME).first()):
        grants.give(own.role.rights, to=by, on=[customer_id], kind=Customer)
        with as_operator():  # a role without a right on customers does not see what it adds
            NamedCustomer.objects.create(membership=own, customer_id=customer_id)


def take(customer: Customer, *, of: Msp) -> None:
    """Take every grant on the customer from the MSP's roles and people. They see nothing of it from then on."""
    grants.in_turn(of.pk)
    people = Membership.objects.filter(msp=of, user__isnull=False).values("user")
    grants.take(
        Customer,
        groups=Q(content_object=customer, group__role__msp=of),
        people=Q(content_object=customer, user__in=people),
    )
    with as_operator():
        NamedCustomer.objects.filter(customer=customer, membership__msp=of).delete()


def close_consoles(customer: Customer) -> None:
    """The customer's own people lose their consoles; their memberships and roles stay (FAQ Q5)."""
    grants.take(Customer, groups=Q(content_object=customer, group__role__customer=customer))


def open_consoles(customer: Customer) -> None:
    """The customer's own people get back what their roles say."""
    for role in customer.roles.select_related("group"):
        grants.give(role.rights, to=role.group, on=[customer.pk], kind=Customer)
