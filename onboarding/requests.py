"""An MSP asks an existing customer: look-up, request, new link, withdrawal, and the clock (FAQ Q5; knox.md 3.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit import events
from onboarding import consent_emails, links
from onboarding.customer_checks import checked_services
from onboarding.models import ManagementRequest
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import public_ids, tenant_ids, tokens
from tenants.due import each
from tenants.models import Access, Customer, KnoxService, Management, Msp
from tenants.regions import Region, region_of
from tenants.times import day, written

State = ManagementRequest.State
_REMIND_BEFORE = timedelta(days=2)


@dataclass(frozen=True)
class Found:
    """What a look-up shows, so that the MSP asks the right company; nothing else of it (words.md 7.5)."""

    kcs_id: str
    name: str
    city: str
    country_name: str


def look_up(typed: str, *, msp: Msp, by: User) -> Found:
    """The company behind a KCS Customer ID, if this MSP may ask it.

    Raises RuleBroken (422). What concerns the MSP itself has its own sentence; all that would tell about others
    shares one sentence, status and number of queries. The true reason is recorded for the customer and Samsung; so
    this is not a transaction of its own, which the refusal would take back.
    """
    kcs_id = public_ids.clean(typed)
    if problem := _problem_of_id(kcs_id):
        raise RuleBroken(problem, field="kcs_id")
    customer, reason = _candidate(kcs_id, msp, by)
    # Two rows for every ID, so that the time of the answer tells nothing: for the MSP, and for the customer.
    events.record("msp.looked_up", msp, by=by, msp_id=msp.pk, kcs_id=kcs_id)
    events.record("customer.looked_up", msp, by=by, customer_id=customer.pk if customer else None, reason=reason)
    if customer is None or reason:
        raise Unavailable(kcs_id, msp)
    return Found(customer.kcs_id, customer.name, customer.city, customer.country_name)


class Unavailable(RuleBroken):
    """One sentence for everything that would tell about others (words.md lookup.unavailable)."""

    def __init__(self, kcs_id: str, msp: Msp, *, after: str = "", status: int = 422) -> None:
        super().__init__(
            f"We cannot add a customer with the ID {kcs_id}. Perhaps nobody has this ID, or the company has an MSP, or "
            f"Samsung has not approved it. It may also be outside {Region(msp.region).label}. Ask the customer: its "
            f"company page in the Knox Admin Portal shows the reason.{after}",
            status=status,
            field="kcs_id",
        )


@transaction.atomic
def ask(kcs_id: str, *, msp: Msp, services: Iterable[KnoxService], access: Access, by: User) -> ManagementRequest:
    """Send a request to the customer's super admin. One is open at a time (constraint); nothing changes yet."""
    kcs_id = public_ids.clean(kcs_id)
    if problem := _problem_of_id(kcs_id):
        raise RuleBroken(problem, field="kcs_id")
    customer, reason = _candidate(kcs_id, msp, by)
    if customer is None or reason:
        raise Unavailable(kcs_id, msp, after=" Nothing was sent.", status=409)
    chosen = _chosen(services, msp, customer)
    with as_operator():
        _check_cool_down(customer, msp, by)
        _check_tenant_id(customer, chosen)
        try:
            with transaction.atomic():
                request = ManagementRequest.objects.create(
                    msp=msp,
                    services=[one.value for one in chosen],
                    access=access,
                    asked_by=by,
                    ends_at=timezone.now() + tokens.life(),
                    **_as_looked_up(customer),
                )
        except IntegrityError:  # pressed twice at once
            raise _already_waiting(msp, customer, by) from None
        _send(request, before=None)
    _record("request.sent", request, by=by, services=", ".join(request.service_names))
    return request


def _as_looked_up(customer: Customer) -> dict[str, Any]:
    return {
        "customer": customer,
        "kcs_id": customer.kcs_id,
        "customer_name": customer.name,
        "customer_city": customer.city,
        "customer_country": str(customer.country),
    }


@transaction.atomic
def send_again(request: ManagementRequest, *, by: User) -> ManagementRequest:
    """A new link; the old one stops working, and the days start again."""
    with as_operator():
        request = _locked_open(request, by=by)
        before = request.links.latest("sent_at").sent_at
        request.ends_at, request.reminded_at = timezone.now() + tokens.life(), None
        request.save(update_fields=["ends_at", "reminded_at"])
        _send(request, before=before)
    _record("request.sent_again", request, by=by)
    return request


@transaction.atomic
def withdraw(request: ManagementRequest, *, by: User) -> ManagementRequest:
    """Take the request back. Its link stops working."""
    with as_operator():
        request = _locked_open(request, by=by)
        finish(request, State.WITHDRAWN)
        consent_emails.withdrawn(request)
    _record("request.withdrawn", request, by=by)
    return request


def finish(request: ManagementRequest, state: ManagementRequest.State, *, note: str = "") -> None:
    """Move an open, locked request to its end. Runs as the operator."""
    request.state, request.answered_at, request.note = state, timezone.now(), note
    request.save(update_fields=["state", "answered_at", "note"])


def locked(pk: int) -> ManagementRequest:
    """The request, locked until the end of the transaction. Runs as the operator."""
    found = ManagementRequest.objects.select_for_update(of=("self",)).select_related("customer", "msp", "asked_by")
    return found.get(pk=pk)


def expire_due() -> int:
    """Close the requests whose link has ended, each in its own transaction; returns how many."""
    with as_operator():
        due = list(
            ManagementRequest.objects.filter(state=State.OPEN, ends_at__lte=timezone.now()).values_list("pk", flat=True)
        )
    return each(due, _expire)


def remind_due() -> None:
    """Write to super admins whose request ends in two days, once each. Not where its link does not work (any more)."""
    now = timezone.now()
    soon = Q(ends_at__gt=now, ends_at__lte=now + _REMIND_BEFORE, msp__suspended_at=None)
    due = ManagementRequest.objects.filter(soon, state=State.OPEN, reminded_at=None)

    def remind(pk: int) -> bool:
        with as_operator():
            rows = due.select_for_update(of=("self",), skip_locked=True).select_related("customer", "msp")
            if request := rows.filter(pk=pk).first():
                request.reminded_at = now
                request.save(update_fields=["reminded_at"])
                consent_emails.reminder(request)
        return bool(request)

    with as_operator():
        keys = list(due.values_list("pk", flat=True))
    each(keys, remind)


@transaction.atomic
def _expire(pk: int) -> bool:
    with as_operator():
        request = locked(pk)
        if not request.is_open or request.ends_at > timezone.now():
            return False  # answered, or sent again, meanwhile
        finish(request, State.EXPIRED)
        consent_emails.expired(request)
        events.record(
            "request.expired", request, by=None, msp_id=request.msp_id, customer_id=None, customer=request.customer_name
        )
    return True


def _send(request: ManagementRequest, *, before: datetime | None) -> None:
    token = links.send(request, to=request.customer.contact_email, ends_at=request.ends_at)
    consent_emails.request(request, token, replaces=before)


def _problem_of_id(kcs_id: str) -> str | None:
    kind = public_ids.kind_of(kcs_id)
    if kind and kind != public_ids.Kind.CUSTOMER:
        return f"{kcs_id} is {kind.words}. Here you need the KCS Customer ID of the customer. Ask the customer for it."
    if kind:
        return None
    if not (kcs_id.isascii() and kcs_id.isdigit()):
        return (
            f"A KCS Customer ID has ten digits and no other signs. Compare {kcs_id} with the customer's company page."
        )
    if len(kcs_id) != 10:  # noqa: PLR2004
        return (
            f"A KCS Customer ID has ten digits. {kcs_id} has {len(kcs_id)}. Copy it from the customer's company page."
        )
    return (
        f"The last digit of {kcs_id} does not fit the others, so one is wrong. Compare it with the customer's company "
        "page."
    )


def _candidate(kcs_id: str, msp: Msp, by: User) -> tuple[Customer | None, str]:
    """The customer with this ID, and why it cannot be added (for the customer and Samsung; empty if it can).

    Raises RuleBroken for what concerns the MSP itself. Asks the same for every ID.
    """
    own = Management.objects.filter(customer__kcs_id=kcs_id, msp=msp, ended_at=None).select_related("customer").first()
    with as_operator():
        customer = Customer.objects.filter(kcs_id=kcs_id, deleted_at=None).first()
        pk = customer.pk if customer else 0
        management = Management.objects.filter(customer=pk, ended_at=None).first()
        waiting = ManagementRequest.objects.filter(customer=pk, msp=msp, state=State.OPEN).first()
    if own:
        raise RuleBroken(_own_sentence(own), field="kcs_id")
    if waiting:
        raise _already_waiting(msp, customer, by, waiting=waiting)
    return customer, _reason(customer, management, msp) if customer else ""


def _own_sentence(own: Management) -> str:
    if own.state == Management.State.DELINK_REQUESTED:
        return f"You asked to delink {own.customer}. You still manage it. Take the delink back if you want to keep it."
    return f"You already manage {own.customer}. Open it."


def _reason(customer: Customer, management: Management | None, msp: Msp) -> str:
    if management:
        return "Your company has an MSP already."
    if region_of(str(customer.country)) != msp.region:
        return f"The MSP is approved for {Region(msp.region).label}, and your company is elsewhere."
    return ""


def _chosen(services: Iterable[KnoxService], msp: Msp, customer: Customer) -> list[KnoxService]:
    """What the MSP may ask for. Knox Guard needs more than a request carries (portals.msp.customer_guard)."""
    chosen = list(services)
    if not chosen:
        raise RuleBroken("Choose at least one service.", field="services")
    if KnoxService.GUARD in chosen and msp.knox_guard and not customer.is_guard_tenant:
        raise RuleBroken(
            "Knox Guard needs a tenant type, which a request does not carry. Ask without it, and add Knox Guard on the "
            "customer's page afterwards.",
            field="services",
        )
    return checked_services(chosen, msp, customer)


def _already_waiting(
    msp: Msp, customer: Customer | None, by: User, *, waiting: ManagementRequest | None = None
) -> RuleBroken:
    with as_operator():
        waiting = waiting or ManagementRequest.objects.get(customer=customer, msp=msp, state=State.OPEN)
    return RuleBroken(
        f"You asked {waiting.customer_name} on {day(waiting.asked_at, by.zone)}. One request at a time is open. Send "
        f"the link again, or wait until {written(waiting.ends_at, by.zone)}.",
        field="kcs_id",
    )


def _check_tenant_id(customer: Customer, chosen: list[KnoxService]) -> None:
    """Knox Manage needs a tenant ID of the customer's own. Which one is not for the MSP to read before the answer."""
    if KnoxService.MANAGE in chosen and not customer.tenant_id and tenant_ids.is_taken(customer):
        raise RuleBroken(
            f"The tenant ID of {customer} is in use in Knox Manage. Ask without Knox Manage now, and add it with a "
            f"prefix once {customer} has approved.",
            field="services",
        )


def _check_cool_down(customer: Customer, msp: Msp, by: User) -> None:
    """A customer that refused is left alone for a while (the setting request_cool_down_days)."""
    days = rule.number("request_cool_down_days")
    refused = ManagementRequest.objects.filter(customer=customer, msp=msp, state=State.REFUSED).order_by("-answered_at")
    last = refused.values_list("answered_at", flat=True).first()
    if last and last + timedelta(days=days) > timezone.now():
        until = written(last + timedelta(days=days), by.zone)
        raise RuleBroken(
            f"{customer} refused your request on {day(last, by.zone)}. The next one is possible at {until}. Talk to "
            "the customer first.",
            status=429,
        )


def _locked_open(request: ManagementRequest, *, by: User) -> ManagementRequest:
    request = locked(request.pk)
    if request.is_open and request.ends_at > timezone.now():
        return request
    if request.state == State.APPROVED and request.answered_at:
        raise RuleBroken(
            f"{request.customer_name} already approved on {written(request.answered_at, by.zone)}. The request is "
            "closed. To end management, use Delink.",
            status=409,
        )
    word = State.EXPIRED.label if request.is_open else State(request.state).label
    way = "Talk to the customer before you ask again." if request.state == State.REFUSED else "You can send a new one."
    raise RuleBroken(f"This request is {word.lower()}. {way}", status=409)


def _record(verb: str, request: ManagementRequest, *, by: User, **detail: Any) -> None:
    """For the MSP's log (the customer's row is not theirs to see), and for the customer's."""
    events.record(verb, request, by=by, msp_id=request.msp_id, **detail)
    with acting_as(by):
        events.record(
            verb, request.customer, by=by, customer_id=request.customer_id, organization=request.msp.name, **detail
        )
