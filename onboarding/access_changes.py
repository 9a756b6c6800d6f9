"""An MSP gives a customer's own people their consoles back: No access to Full access, one way (FAQ Q7)."""

from django.db import transaction
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from onboarding import consent_emails, contacts, work_email
from onboarding.customer_checks import delinking
from rules.errors import RuleBroken
from tenants import managements
from tenants.models import Access, Customer, Management, Membership
from tenants.times import written


def obstacle(management: Management) -> str:
    """Why Full access cannot be given now (words.md 3.4), empty if it can."""
    customer = management.customer
    if customer.access == Access.FULL:
        return (
            f"{customer} has Full access. You can give access but not take it back. If you no longer want to share the "
            f"work, delink {customer}."
        )
    if no := free_mailbox(customer):
        return no
    return delinking(management)


def free_mailbox(customer: Customer) -> str:
    """Why a contact at a free mailbox stops Full access and delink (knox.md 1.2), empty if it is a company address."""
    if not work_email.is_free(customer.contact_email):
        return ""
    return (
        f"The contact person of {customer} is at {work_email.domain(customer.contact_email)}, a free mailbox. Full "
        "access and delink need a company address. Change the contact person first."
    )


@transaction.atomic
def give_full(management: Management, *, typed: str, by: User) -> Customer:
    """Open the customer's consoles to its own people, who make accounts where they have none. Cannot be undone."""
    customer = Customer.objects.select_for_update().get(pk=management.customer_id)
    management = Management.objects.select_related("customer", "msp").get(pk=management.pk)
    if typed.split() != customer.name.split():  # a browser shows spaces that follow each other as one
        raise RuleBroken(
            f"Type {customer.name} exactly as shown, so that you do not change another customer.", field="typed"
        )
    if customer.access == Access.FULL:
        raise RuleBroken(
            f"{customer} already has Full access since {written(customer.modified_at, by.zone)}. Nothing changed.",
            status=409,
        )
    if no := obstacle(management):
        raise RuleBroken(no)
    customer.access, customer.modified_at = Access.FULL, timezone.now()
    customer.save()
    events.record("access.given", customer, by=by, msp_id=management.msp_id, customer_id=customer.pk)
    with as_operator():  # the customer's roles and people are not the MSP's to see
        managements.open_consoles(customer)
        if Membership.objects.filter(customer=customer).exists():
            consent_emails.access_given(management, by=by)
        else:
            contacts.invite(customer, msp=management.msp)
            consent_emails.access_given(management, by=by, to_customer=False)
    return customer


def closed_sentence(customer_id: int) -> str:
    """Why a customer's own people find their consoles closed (words.md access.none)."""
    with as_operator():  # their grants are gone, so they see neither row
        running = Management.objects.select_related("customer", "msp").get(customer=customer_id, ended_at=None)
    customer, msp = running.customer, running.msp
    return (
        f"{msp} manages Knox for {customer}, and {customer} has No access. The services stay closed for you. Ask {msp} "
        f"for Full access: {msp.support_phone}, {msp.support_email}."
    )
