"""A customer with access asks its MSP to end the management; the MSP approves or rejects (knox.md 2.3).

A wish is a Delink of the customer's side. It needs the MSP's answer and ends management at once; what the customer
may do without anybody, a day later, stands in onboarding/endings.py.
"""

from django.db import transaction

from accounts.acting import as_operator
from accounts.models import User
from audit.models import Side
from onboarding import consent_emails, consent_text, endings
from onboarding.models import Delink
from rules import reasons
from rules.errors import RuleBroken
from tenants import administrators
from tenants.models import Access, Management
from tenants.times import written

State = Delink.State


@transaction.atomic
def ask(management: Management, *, by: User) -> Delink:
    """The customer's own people ask. The MSP goes on managing until it answers."""
    with as_operator():
        management = _locked(management, by)
        if other := management.delinks.filter(state=State.OPEN).first():
            raise _already_open(other, by)
        wish = Delink.objects.create(
            management=management, customer=management.customer, msp=management.msp, side=Side.CUSTOMER, asked_by=by
        )
        management.state = Management.State.DELINK_WANTED
        management.save(update_fields=["state"])
        consent_emails.wish(wish)
        endings.record("delink.wanted", management, by=by, side=Side.CUSTOMER)
    return wish


@transaction.atomic
def take_back(management: Management, *, by: User) -> Delink:
    """The customer wants to stay after all."""
    with as_operator():
        wish = _open(_locked(management, by), by)
        endings.answer(wish, State.WITHDRAWN)
        consent_emails.wish_taken_back(wish)
        endings.record("delink.wanted_no_more", wish.management, by=by, side=Side.CUSTOMER)
    return wish


@transaction.atomic
def approve(management: Management, *, by: User) -> Delink:
    """The MSP lets the customer go: it sees nothing of it any more, at once, everywhere."""
    with as_operator():
        wish = _open(endings.locked(management), by)
        endings.answer(wish, State.APPROVED)
        endings.record("delink.let_go", wish.management, by=by, side=Side.MSP)
        endings.end(wish.management)
        consent_emails.ended(wish.management)
    return wish


@transaction.atomic
def reject(management: Management, *, reason: str, by: User) -> Delink:
    """The MSP says no, with a reason that the customer reads. The customer may still end it by itself."""
    reason = reasons.given(reason)
    with as_operator():
        wish = _open(endings.locked(management), by)
        wish.reason = reason
        wish.save(update_fields=["reason"])
        endings.answer(wish, State.REJECTED)
        consent_emails.wish_rejected(wish)
        endings.record("delink.rejected", wish.management, by=by, side=Side.MSP, reason=wish.reason)
    return wish


def newest(management: Management) -> Delink | None:
    """What was asked last about this management, by either side. Runs as the operator or the MSP."""
    return management.delinks.order_by("-pk").first()


def _locked(management: Management, by: User) -> Management:
    """The management, for a person of the customer who may ask for its end, and take that back."""
    management = endings.locked(management)
    own = administrators.membership_of(by, management.customer)
    if management.customer.access != Access.FULL or not endings.may_decide(own):
        raise RuleBroken(
            f"Only a super admin of {management.customer} with Full access can ask {management.msp}.", status=403
        )
    return management


def _open(management: Management, by: User) -> Delink:
    """The open wish; else the sentence that says what happened to it."""
    wish = management.delinks.filter(side=Side.CUSTOMER).select_related("customer", "msp").order_by("-pk").first()
    if wish is None or wish.answered_at:
        raise _none_open(management, wish, by)
    wish.management = management
    return wish


def _none_open(management: Management, last: Delink | None, by: User) -> RuleBroken:
    if last is None or last.answered_at is None:
        return RuleBroken(f"{management.customer} did not ask for an end. Nothing changed.", status=409)
    at = written(last.answered_at, by.zone)
    if last.state == State.WITHDRAWN:
        return RuleBroken(f"{management.customer} took this back on {at}. Nothing changed.", status=409)
    return RuleBroken(f"{management.msp} already answered on {at}. Nothing changed.", status=409)


def _already_open(other: Delink, by: User) -> RuleBroken:
    at = written(other.asked_at, by.zone)
    if other.side == Side.CUSTOMER:
        return RuleBroken(
            f"{other.asked_by} already asked {other.msp} on {at}. One request at a time is open.", status=409
        )
    asked = f"{other.msp} asked on {at} to stop managing Knox for {other.customer}."
    if other.link_is_over:
        ended = written(other.link_ends_at, by.zone)
        return RuleBroken(
            f"{asked} The link for your answer ended on {ended}. Ask {other.msp} for a new one.", status=409
        )
    to = consent_text.masked(other.customer.contact_email)
    return RuleBroken(f"{asked} Approve that, with the link in the email to {to}.", status=409)
