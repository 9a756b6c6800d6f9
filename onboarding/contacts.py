"""The contact person of a customer with Full access is asked in: a link to an account (words.md access.given)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts import people, preferences
from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from onboarding import emails
from onboarding.models import Invitation, Receipt
from rules import settings as rule
from rules.errors import NothingHere, RuleBroken
from tenants import memberships, organizations, teams, tokens
from tenants.models import Access, Customer, Membership, Msp
from tenants.times import written


@dataclass(frozen=True)
class Waiting:
    """Nobody of the customer has joined; `until` is the end of the open invitation, if there is one."""

    until: datetime | None

    @property
    def is_open(self) -> bool:
        return self.until is not None and self.until > timezone.now()


def invite(customer: Customer, *, msp: Msp | None, again: bool = False) -> None:
    """Mail the contact person a link to an account, and give the customer its roles. Older links stop working."""
    token, hashed = tokens.new()
    until = timezone.now() + tokens.life()
    with as_operator():  # roles and invitations of a customer are not the MSP's to write
        if not customer.roles.exists():
            organizations.begin(customer)
        _void(customer)
        Invitation.objects.create(
            customer=customer,
            email=customer.contact_email,
            first_name=customer.contact_first_name,
            last_name=customer.contact_last_name,
            token_hash=hashed,
            ends_at=until,
        )
    emails.make_account(customer, msp=msp, token=token, until=until, again=again)


@transaction.atomic
def invite_again(customer: Customer, *, msp: Msp, by: User) -> Customer:
    """A new link to the contact person as the customer has it now; the one before stops working."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if teams.managing(customer) != msp:  # it left while this waited, and was invited to manage itself
        raise NothingHere
    if customer.access != Access.FULL:
        raise RuleBroken(f"{customer} has No access. Give it Full access first: that invites its contact person.")
    if has_joined(customer):
        raise RuleBroken(
            f"Somebody of {customer} has joined already. Its super admin can invite colleagues.", status=409
        )
    invite(customer, msp=msp, again=True)
    events.record("contact.invited_again", customer, by=by, msp_id=msp.pk, customer_id=customer.pk)
    return customer


@transaction.atomic
def renew(token: str) -> Invitation:
    """A new link to the same address, for the contact person of a customer that no MSP could ask for one."""
    with as_operator():
        old = _locked(token)
        if not may_renew(old):
            _check(old)
            raise RuleBroken(f"This link still works, until {_at(old, old.ends_at)}. Open it again.", status=409)
        invite(old.customer, msp=None, again=True)
        events.record(
            "contact.invited_again",
            old.customer,
            by=None,
            side=Side.CUSTOMER,
            actor=old.customer.name,
            customer_id=old.customer_id,
        )
        return old


def withdraw(customer: Customer) -> None:
    """The open invitation stops working: it went to an address that is not the contact person's any more."""
    with as_operator():
        _void(customer)


def has_joined(customer: Customer) -> bool:
    """Whether somebody of the customer has an account."""
    with as_operator():  # people of a customer are not the MSP's to see
        return _joined(customer).exists()


def is_its_own(customer: Customer) -> bool:
    """Whether the contact person is the customer's to change: somebody has joined, or approved an MSP by a link. Who
    can change that address can say yes for the customer, and joins it when management ends. One query."""
    approved = Receipt.objects.filter(customer=customer)
    with as_operator():
        own = Customer.objects.filter(Exists(_joined(customer)) | Exists(approved), pk=customer.pk)
        return own.exists()


def locked(customer: Customer) -> str:
    """Why an MSP cannot change the contact person (words.md customer.locked); empty where it can. The super admin of
    a customer with No access finds everything closed, also the page for it."""
    if not is_its_own(customer):
        return ""
    if customer.access == Access.FULL:
        way_out = "Ask its super admin, or open a ticket if nobody can sign in."
    else:
        way_out = "With Full access its super admin can change them. Open a ticket if nobody can sign in."
    return f"{customer} keeps its own contact details. {way_out}"


def waiting(customer: Customer) -> Waiting | None:
    """What became of the invitation of a customer of whose people none has joined. None where one has. One query."""
    if customer.access != Access.FULL:
        return None
    open_one = Invitation.objects.filter(customer=OuterRef("pk"), used_at=None, voided_at=None)
    with as_operator():
        found = Customer.objects.filter(pk=customer.pk).exclude(Exists(_joined(OuterRef("pk"))))
        ends = list(found.values_list(Subquery(open_one.values("ends_at")[:1]), flat=True))
    return Waiting(ends[0]) if ends else None


def question(token: str) -> Invitation:
    """The invitation behind a link. Raises RuleBroken where it is used, replaced, over (410) or none (404)."""
    with as_operator():
        found = _find(token)
        _check(found)
        return found


def renewable(token: str) -> bool:
    """Whether the page of an ended link offers a new one."""
    with as_operator():
        found = Invitation.objects.select_related("customer").filter(token_hash=tokens.hashed(token)).first()
        return found is not None and may_renew(found)


def customer_of(token: str) -> int:
    """The key of the customer behind a link, whatever became of it: its letters are counted together."""
    with as_operator():
        return _find(token).customer_id


def may_renew(found: Invitation) -> bool:
    """Over, not answered, and neither an MSP nor a colleague is there to ask. Runs as the operator."""
    is_over = found.voided_at is not None or found.ends_at <= timezone.now()
    is_theirs = found.used_at is None and found.email == found.customer.contact_email
    return is_over and is_theirs and teams.managing(found.customer) is None and not _joined(found.customer).exists()


@transaction.atomic
def join(token: str, *, password: str | None = None, by: User | None = None) -> User:
    """The contact person becomes the customer's super admin: `by`, who is signed in with the invited address, or
    somebody who sets a password now."""
    with as_operator():
        found = _locked(token)
        _check(found)
        person = _person(found, password=password, by=by)
        if Membership.objects.filter(customer=found.customer, user=person).exists():
            raise RuleBroken(
                f"{person.email} is an administrator of {found.customer} already. Sign in with it.", status=409
            )
        memberships.join(person, found.customer.roles.super_admin(), by=person, side=Side.CUSTOMER)
        found.used_at = timezone.now()
        found.save(update_fields=["used_at"])
        return person


def _person(found: Invitation, *, password: str | None, by: User | None) -> User:
    """The link proves the address, not whose account that is: an account that is there joins after its sign-in."""
    if by and by.email.lower() != found.email:
        raise RuleBroken("We sent this invitation to another address. Sign in with that one.", status=403)
    if by:
        return by
    if User.objects.by_email(found.email):
        raise RuleBroken("You have an account already. Sign in, then open the link again.", status=409)
    names = {"first_name": found.first_name, "last_name": found.last_name}
    return people.account(found.email, password=password, country=str(found.customer.country), **names)


def _find(token: str) -> Invitation:
    found = Invitation.objects.select_related("customer").filter(token_hash=tokens.hashed(token)).first()
    if found is None:
        raise tokens.Unknown
    return found


def _locked(token: str) -> Invitation:
    """Customer first, as everywhere, then the invitation as it is now: it may have been used or replaced meanwhile."""
    found = _find(token)
    customer = Customer.objects.select_for_update().get(pk=found.customer_id)
    found = Invitation.objects.select_for_update().get(pk=found.pk)
    found.customer = customer
    return found


def _check(found: Invitation) -> None:
    """Whether the link may still be used. Says what to do where not. Runs as the operator."""
    if found.used_at:
        raise RuleBroken(
            f"This link was used on {_at(found, found.used_at)}. It works once. Sign in with the account that "
            f"joined {found.customer}.",
            status=410,
        )
    if found.voided_at:
        raise RuleBroken(
            f"This link was replaced or withdrawn on {_at(found, found.voided_at)}. Open the newest email from us "
            f"about {found.customer}. If you have none: {_way_out(found)}",
            status=410,
        )
    if found.ends_at <= timezone.now():
        raise RuleBroken(
            f"This link ended on {_at(found, found.ends_at)}. Links work for {rule.number('link_days')} days. "
            f"For a new one: {_way_out(found)}",
            status=410,
        )


def _way_out(found: Invitation) -> str:
    """Who can send a new link: a colleague who joined, the MSP, or the portal itself."""
    customer = found.customer
    if _joined(customer).exists():
        return f"ask the super admin of {customer} to invite you."
    if msp := teams.managing(customer):
        return f"ask {msp}, which manages Knox for {customer}: {msp.support_phone}, {msp.support_email}."
    return 'select "Email me a new link" below.' if may_renew(found) else "open a support ticket with Samsung."


def _joined(customer: Customer | OuterRef) -> QuerySet[Membership]:
    return Membership.objects.filter(customer=customer, user__isnull=False)


def _void(customer: Customer) -> None:
    customer.invitations.filter(used_at=None, voided_at=None).update(voided_at=timezone.now())


def _at(found: Invitation, moment: datetime) -> str:
    return written(moment, preferences.zone(str(found.customer.country)))
