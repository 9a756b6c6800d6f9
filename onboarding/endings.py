"""How management ends: by a delink that the customer approves, or by the customer itself (FAQ Q5; knox.md 3.5)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import preferences
from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from devices import deployment_app
from mail import outbox
from onboarding import consent_emails, contacts, links
from onboarding.models import Delink, Link
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import administrators, grants, managements, tokens
from tenants.due import each
from tenants.models import Access, Customer, Export, Management, Membership
from tenants.times import written

State = Delink.State


@transaction.atomic
def ask(management: Management, *, by: User) -> Delink:
    """Ask the customer to approve the delink. Until it answers the MSP goes on managing."""
    with as_operator():
        management = locked(management)
        if other := management.delinks.filter(state=State.OPEN).select_related("asked_by").first():
            raise _already_open(other, by)
        if no := ended_by_itself(management, by):
            raise RuleBroken(no, status=409)
        delink = Delink.objects.create(
            management=management,
            customer=management.customer,
            msp=management.msp,
            asked_by=by,
            ends_at=timezone.now() + tokens.life(),
        )
        management.state = Management.State.DELINK_REQUESTED
        management.save(update_fields=["state"])
        _send(delink)
        record("delink.asked", delink.management, by=by)
    return delink


def ended_by_itself(management: Management, reader: User) -> str:
    """Why no delink is needed, where the customer ended the management; empty where it did not."""
    if management.ending_at is None:
        return ""
    at = written(management.ending_at, reader.zone)
    return f"{management.customer} ended the management. You manage it until {at}, and need no delink."


@transaction.atomic
def send_again(management: Management, *, by: User) -> Delink:
    """A new link to the customer; the old one stops working."""
    with as_operator():
        delink = _open_delink(locked(management))
        delink.ends_at = timezone.now() + tokens.life()
        delink.save(update_fields=["ends_at"])
        _send(delink)
        record("delink.sent_again", delink.management, by=by)
    return delink


@transaction.atomic
def take_back(management: Management, *, by: User) -> Delink:
    """The MSP keeps the customer. The link stops working."""
    with as_operator():
        delink = _open_delink(locked(management))
        answer(delink, State.WITHDRAWN)
        consent_emails.delink_taken_back(delink)
        record("delink.withdrawn", delink.management, by=by)
    return delink


def question(token: str) -> Delink:
    """The delink behind a link. Changes nothing. Raises RuleBroken with the page's status where it has ended."""
    with as_operator():
        link = links.find(token, Link.Purpose.DELINK)
        _check(link)
        return link.leaving


@transaction.atomic
def approve(token: str) -> Delink:
    """The customer takes over: the MSP sees nothing of it any more, at once, everywhere."""
    with as_operator():
        delink = _locked_by(token)
        answer(delink, State.APPROVED)
        record("delink.approved", delink.management, by=None)
        end(delink.management)
        consent_emails.delink_answered(delink)
    return delink


@transaction.atomic
def refuse(token: str) -> Delink:
    """The customer wants to stay: it is Active again."""
    with as_operator():
        delink = _locked_by(token)
        answer(delink, State.REFUSED)
        record("delink.refused", delink.management, by=None)
        consent_emails.delink_answered(delink)
    return delink


def would_end_at() -> datetime:
    """When management would end if the customer ended it now."""
    return timezone.now() + timedelta(hours=rule.number("end_hours"))


def by_end_link(token: str) -> Management:
    """The management that the link in a receipt can end. Raises RuleBroken (410) where it ended already."""
    with as_operator():
        receipt = links.find(token, Link.Purpose.END).kept
        if receipt.customer.receipts.filter(msp=receipt.msp, number__gt=receipt.number).exists():
            raise RuleBroken(
                f"This receipt is of an earlier management by {receipt.msp}. Use the link in the newest receipt.",
                status=410,
            )
        running = Management.objects.filter(customer=receipt.customer, msp=receipt.msp, ended_at=None)
        management = running.select_related("customer", "msp").first()
        if management is None:
            raise RuleBroken(f"{receipt.msp} does not manage Knox for {receipt.customer} any more.", status=410)
        return management


@transaction.atomic
def start(management: Management, *, by: User | None) -> Management:
    """The customer ends management: after a day (the setting end_hours), in which it can be taken back."""
    with as_operator():
        management = locked(management)
        _check_may_end(management, by)
        if management.ending_at is None:
            management.ending_at = would_end_at()
            management.save(update_fields=["ending_at"])
            record("management.ending", management, by=by, side=Side.CUSTOMER, at=_time(management))
            consent_emails.ending(management, by_link=by is None)
    return management


@transaction.atomic
def keep(management: Management, *, by: User | None) -> Management:
    """The customer takes the ending back."""
    with as_operator():
        management = locked(management)
        _check_may_end(management, by)
        if management.ending_at is not None:
            management.ending_at = None
            management.save(update_fields=["ending_at"])
            record("management.kept", management, by=by, side=Side.CUSTOMER)
            consent_emails.kept(management)
    return management


def may_decide(own: Membership | None) -> bool:
    """Whether this membership in the company itself is that of a super admin (the MSP's people have none)."""
    return own is not None and own.role.is_super_admin


def _check_may_end(management: Management, by: User | None) -> None:
    """Who has the link in the receipt may; of those who sign in, not each."""
    if by and not may_decide(administrators.membership_of(by, management.customer)):
        raise RuleBroken(f"Only a super admin of {management.customer} can end the management.", status=403)


def end_due() -> int:
    """End what customers have ended, each in its own transaction; returns how many."""
    with as_operator():
        due = Management.objects.filter(ended_at=None, ending_at__lte=timezone.now())
        keys = list(due.values_list("pk", flat=True))
    return each(keys, _end_if_due)


@transaction.atomic
def _end_if_due(pk: int) -> bool:
    with as_operator():
        management = _held(Management.objects.get(pk=pk))
        if management.ending_at is None or management.ending_at > timezone.now():
            return False  # ended, or taken back, meanwhile
        if delink := management.delinks.filter(state=State.OPEN).first():
            answer(delink, State.APPROVED)
        end(management)
        consent_emails.ended(management)
    return True


def end(management: Management) -> None:
    """The one place where management ends: state, grants, files, letters under way, and the code that the MSP knows."""
    customer, msp = management.customer, management.msp
    record("management.ended", management, by=None)
    management.state, management.ended_at, management.ending_at = Management.State.ENDED, timezone.now(), None
    management.save(update_fields=["state", "ended_at", "ending_at"])
    managements.take(customer, of=msp)
    Export.objects.filter(msp=msp, requested_at__lte=timezone.now()).update(content=None, ends_at=timezone.now())
    outbox.cancel(msp=msp.public_id, customer=customer.kcs_id)
    deployment_app.forget(customer)
    customer.access, customer.modified_at = Access.FULL, timezone.now()
    customer.tags = []  # the words of the MSP that leaves; the next one has its own
    customer.save()
    managements.open_consoles(customer)
    if not Membership.objects.filter(customer=customer).exists():
        contacts.invite(customer, msp=None)


def locked(management: Management) -> Management:
    """The management that runs, as it is now. Raises RuleBroken where it has ended."""
    management = _held(management)
    if management.state == Management.State.ENDED:
        raise RuleBroken(f"{management.msp} does not manage Knox for {management.customer} any more.", status=409)
    return management


def _held(management: Management) -> Management:
    """Customer first, then management: the same order everywhere, so that no two wait for each other. Before both the
    turn of the MSP, whose roles may be about to change on this customer."""
    grants.in_turn(management.msp_id)
    Customer.objects.select_for_update().get(pk=management.customer_id)
    found = Management.objects.select_for_update(of=("self",)).select_related("customer", "msp")
    return found.get(pk=management.pk)


def _locked_by(token: str) -> Delink:
    link = links.find(token, Link.Purpose.DELINK)
    management = locked(link.leaving.management)
    link = links.find(token, Link.Purpose.DELINK)  # again, now that nobody else can change it
    _check(link)
    link.leaving.management = management
    return link.leaving


def _check(link: Link) -> None:
    delink = link.leaving
    at = written(delink.answered_at or timezone.now(), preferences.zone(str(delink.customer.country)))
    if delink.state == State.WITHDRAWN:
        raise RuleBroken(
            f"{delink.msp} took this back on {at} and still manages {delink.customer}. You do not need to do anything.",
            status=410,
        )
    if delink.state != State.OPEN:
        raise RuleBroken(
            f"{delink.customer} already answered this request on {at}. A link works once. "
            f"{links.who_knows(delink.customer, delink.msp)} knows the answer.",
            status=410,
        )
    links.check_running(link, delink.link_ends_at, customer=delink.customer, msp=delink.msp)


def answer(delink: Delink, state: Delink.State) -> None:
    """Close a delink; unless it was approved, the management is as before."""
    delink.state, delink.answered_at = state, timezone.now()
    delink.save(update_fields=["state", "answered_at"])
    if state != State.APPROVED:
        delink.management.state = Management.State.ACTIVE
        delink.management.save(update_fields=["state"])


def _send(delink: Delink) -> None:
    to = delink.customer.contact_email
    consent_emails.delink_request(delink, links.send(delink, to=to, ends_at=delink.link_ends_at))


def _open_delink(management: Management) -> Delink:
    own = management.delinks.filter(state=State.OPEN, side=Side.MSP)
    delink = own.select_related("customer", "msp").first()
    if delink is None:
        raise RuleBroken(f"No delink of {management.customer} is open. Nothing changed.", status=409)
    delink.management = management
    return delink


def _already_open(delink: Delink, by: User) -> RuleBroken:
    at = written(delink.asked_at, by.zone)
    if delink.side == Side.CUSTOMER:
        return RuleBroken(f"{delink.customer} asked for a delink on {at}. Approve that one.", status=409)
    return RuleBroken(
        f"{delink.asked_by} already asked {delink.customer} on {at}. You can send the email again or take the delink "
        "back.",
        status=409,
    )


def _time(management: Management) -> str:
    assert management.ending_at  # noqa: S101  (set by the caller)
    return written(management.ending_at, preferences.zone(str(management.customer.country)))


def record(verb: str, management: Management, *, by: User | None, side: Side | None = None, **detail: str) -> None:
    side = side or (Side.MSP if by else Side.CUSTOMER)
    actor = {} if by else {"actor": management.customer.name}
    events.record(
        verb,
        management.customer,
        by=by,
        side=side,
        msp_id=management.msp_id,
        customer_id=management.customer_id,
        **actor,
        **detail,
    )
