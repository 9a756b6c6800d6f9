"""The customer's answer to a request: the most trusted act of the portal (FAQ Q5).

Everything here runs as the operator: the customer answers by a link, without an account.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts import preferences
from accounts.acting import as_operator
from audit import events
from audit.models import Side
from devices import deployment_app
from onboarding import consent_emails, consent_text, links, receipts, requests
from onboarding.models import Link, ManagementRequest, Receipt
from rules.errors import RuleBroken
from tenants import managements, tenant_ids
from tenants.models import Access, Customer, CustomerService, KnoxService, Management
from tenants.times import written

State = ManagementRequest.State


@dataclass(frozen=True)
class Question:
    """What the page shows: the request, the text with live counts, and until when."""

    request: ManagementRequest
    blocks: list[consent_text.Block]
    receipt_to: str
    """Where the receipt would go: to the contact person of now, who may be another one than the link was sent to."""
    version: str = consent_text.VERSION

    @property
    def fingerprint(self) -> str:
        return consent_text.fingerprint(consent_text.plain(self.blocks))


class TextChanged(RuleBroken):
    """A fact in the text is another one than when the page was opened: nothing is approved that nobody read."""

    def __init__(self) -> None:
        super().__init__(
            "Something on this page changed since you opened it. Nothing was approved. Read it again, then answer.",
            status=409,
        )


def question(token: str) -> Question:
    """The request behind a link. Changes nothing. Raises RuleBroken with the page's status where the link has ended."""
    with as_operator():
        link = links.find(token, Link.Purpose.CONSENT)
        _check(link)
        counts = consent_text.counts_of(link.asked.customer)
        blocks = consent_text.blocks(link.asked, counts, sent_to=link.sent_to)
        return Question(link.asked, blocks, consent_text.masked(link.asked.customer.contact_email))


@transaction.atomic
def approve(token: str, *, person: str, job_title: str = "", note: str = "", read: str | None = None) -> Receipt:
    """The customer agrees: in one transaction management moves, grants move, its own consoles close, and so does the
    Knox Deployment App (FAQ Q16): a phone that enrolls at the same instant waits for the lock of the customer.

    `read` is the fingerprint of the text on the page. Raises TextChanged where the receipt would keep another one.
    """
    with as_operator():
        link, request = _locked(token)
        customer, msp = request.customer, request.msp
        receipt = receipts.write(request, link, person=person, job_title=job_title)
        if read not in (None, consent_text.fingerprint(receipt.text)):
            raise TextChanged
        requests.finish(request, State.APPROVED, note=note)
        Management.objects.create(customer=customer, msp=msp)
        managements.give(customer.pk, to=msp, by=request.asked_by)
        _give_services(customer, request)
        _set_access(customer, request)
        deployment_app.close(customer)
        _close_others(request)
        _record("request.approved", request, receipt=receipt.number)
        end_token = links.send(receipt, to=customer.contact_email, ends_at=None)
        consent_emails.receipt(receipt, end_token)
        consent_emails.answered(request)
    return receipt


@transaction.atomic
def refuse(token: str, *, note: str = "") -> ManagementRequest:
    """The customer says no. Nothing changes there; the MSP is told, with the note that was written for it."""
    with as_operator():
        _, request = _locked(token)
        requests.finish(request, State.REFUSED, note=note)
        _record("request.refused", request)
        consent_emails.answered(request)
    return request


def _give_services(customer: Customer, request: ManagementRequest) -> None:
    """Those of the request that it does not have yet. The caller saves the customer."""
    new = [CustomerService(customer=customer, service=one) for one in request.services]
    CustomerService.objects.bulk_create(new, ignore_conflicts=True)
    if KnoxService.MANAGE in request.services:
        tenant_ids.give_any(customer)  # another may have taken the ID since the MSP asked


def _set_access(customer: Customer, request: ManagementRequest) -> None:
    """What its own people can open from now on. Saves the customer."""
    customer.access, customer.modified_at = Access(request.access), timezone.now()
    customer.save()
    if customer.access == Access.NONE:
        managements.close_consoles(customer)


def _locked(token: str) -> tuple[Link, ManagementRequest]:
    """Lock the customer, then the request: two people may answer at once, two MSPs may be approved at once, and the
    MSP may withdraw or send again in this very moment. The first counts."""
    link = links.find(token, Link.Purpose.CONSENT)
    Customer.objects.select_for_update().get(pk=link.asked.customer_id)
    request = requests.locked(link.asked.pk)
    link = links.find(token, Link.Purpose.CONSENT)  # again, now that nobody else can change it
    link.request = request
    _check(link, racing=True)
    return link, request


def _check(link: Link, *, racing: bool = False) -> None:
    """Whether this link may still decide. Says no more than its reader may know (words.md 3.3 link.*)."""
    request = link.asked
    customer, msp = request.customer, request.msp
    zone = preferences.zone(str(customer.country))
    if request.state in (State.APPROVED, State.REFUSED):
        raise _answered(request, racing=racing)
    if request.state == State.WITHDRAWN:
        raise RuleBroken(
            f"{msp} took this request back on {written(request.answered_at or request.ends_at, zone)}. Nothing changed "
            f"at {customer}. You do not need to do anything.",
            status=410,
        )
    if request.state == State.CLOSED or msp.suspended_at:
        raise RuleBroken(
            f"This request is closed. {customer} can have one MSP at a time. Nothing more is needed."
            if request.state == State.CLOSED
            else f"This request is closed. Nothing changed at {customer}. Nothing more is needed.",
            status=410,
        )
    links.check_running(link, request.ends_at, customer=customer, msp=msp)


def _answered(request: ManagementRequest, *, racing: bool) -> RuleBroken:
    at = written(request.answered_at or request.ends_at, preferences.zone(str(request.customer.country)))
    if racing:
        return RuleBroken(
            f"{request.customer} already answered on {at}. The first answer counts. Nothing changed now.", status=409
        )
    return RuleBroken(
        f"{request.customer} already answered this request on {at}. A link works once. "
        f"{links.who_knows(request.customer, request.msp)} knows the answer.",
        status=410,
    )


def _close_others(approved: ManagementRequest) -> None:
    """Two may ask; the first approval wins. The others are closed and told, not by whom."""
    others = ManagementRequest.objects.filter(customer=approved.customer, state=State.OPEN).exclude(pk=approved.pk)
    for other in others.select_for_update(of=("self",)).select_related("msp", "customer", "asked_by"):
        requests.finish(other, State.CLOSED)
        events.record("request.closed", other, by=None, msp_id=other.msp_id)
        consent_emails.closed(other)


def _record(verb: str, request: ManagementRequest, **detail: object) -> None:
    events.record(
        verb,
        request,
        by=None,
        side=Side.CUSTOMER,
        actor=request.customer_name,
        msp_id=request.msp_id,
        customer_id=request.customer_id if verb == "request.approved" else None,
        **detail,
    )
