"""The contact person of a customer with Full access is asked in: a link to an account (words.md access.given)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import people
from accounts.acting import as_operator
from accounts.models import User
from audit.models import Side
from onboarding import emails, links
from onboarding.models import Invitation
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import access
from tenants.models import Customer, Msp


def invite(customer: Customer, *, msp: Msp | None) -> None:
    """Mail the contact person a link to an account, and give the customer its roles."""
    token, hashed = links.new()
    until = timezone.now() + timedelta(days=rule.number("link_days"))
    with as_operator():  # roles and invitations of a customer are not the MSP's to write
        if not customer.roles.exists():
            access.open_organization(customer)
        Invitation.objects.create(
            customer=customer,
            email=customer.contact_email,
            first_name=customer.contact_first_name,
            last_name=customer.contact_last_name,
            token_hash=hashed,
            ends_at=until,
        )
    emails.make_account(customer, msp=msp, token=token, until=until)


def question(token: str) -> Invitation:
    """The invitation behind a link. Raises RuleBroken where it is used, replaced, over (410) or none (404)."""
    with as_operator():
        found = Invitation.objects.select_related("customer").filter(token_hash=links.hashed(token)).first()
        if found is None:
            raise RuleBroken(
                "This link does not work. Parts may be missing: open it from the email again, or copy the whole "
                "address.",
                status=404,
            )
        if found.used_at or found.ends_at <= timezone.now():
            raise RuleBroken(f"This invitation no longer works. Ask {found.customer} for a new one.", status=410)
        return found


@transaction.atomic
def join(token: str, *, password: str) -> User:
    """The contact person makes the account and becomes the customer's super admin."""
    with as_operator():
        found = question(token)
        Invitation.objects.select_for_update().get(pk=found.pk)
        found = question(token)  # again, now that nobody else can use it
        customer = found.customer
        person = people.account(
            found.email,
            password=password,
            first_name=found.first_name,
            last_name=found.last_name,
            country=str(customer.country),
        )
        access.join(person, customer.roles.get(name=access.SUPER_ADMIN), by=person, side=Side.CUSTOMER)
        found.used_at = timezone.now()
        found.save(update_fields=["used_at"])
        return person
