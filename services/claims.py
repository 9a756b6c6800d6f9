"""Claims under a Care+ plan: opened for a device that is covered, completed with a result (knox.md 6.5).

How a claim is filed with Samsung differs by country; here it has Samsung's reference number, a reason and a result.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from devices import inventory
from devices.models import Device
from rules.errors import RuleBroken
from services import engine, history
from services.models import Claim, Enrollment, Thing
from tenants.models import Customer, KnoxService
from tenants.numbers import counted
from tenants.times import day

OPEN, COMPLETED = Claim.State.OPEN, Claim.State.COMPLETED
COVERED = "active"


@dataclass(frozen=True)
class Limit:
    """How many claims a plan has had, and how many it still pays for."""

    plan: Thing
    open: int
    closed: int

    @property
    def most(self) -> int | None:
        """None: the plan has no limit."""
        limit = self.plan.settings.get("claim_limit")
        return int(limit) if limit else None

    @property
    def remaining(self) -> int | None:
        """Limit minus closed claims (knox.md 6.5); open ones count once they are closed."""
        return None if self.most is None else max(0, self.most - self.closed)


def limits(customer: Customer) -> list[Limit]:
    """Each plan of the customer with its claims. One query."""
    plans = Thing.objects.filter(customer=customer, service=KnoxService.CARE, kind="plan").annotate(
        n_open=Count("claims", filter=Q(claims__state=OPEN)),
        n_closed=Count("claims", filter=Q(claims__state=COMPLETED)),
    )
    return [Limit(plan, plan.n_open, plan.n_closed) for plan in plans.order_by("name_key", "pk")]


def of(customer: Customer, *, state: str = "", q: str = "") -> QuerySet[Claim]:
    """The customer's claims; `q` is a reference, from its first sign on, or the number of a device."""
    claims = Claim.objects.filter(customer=customer).select_related("plan", "opened_by")
    if state in Claim.State:
        claims = claims.filter(state=state)
    if q:
        number = "".join(q.split()).upper()
        claims = claims.filter(Q(reference__istartswith=q) | Q(identifier=number))
    return claims


def covered(customer: Customer, typed: str, *, by: User) -> Enrollment:
    """The enrollment of the covered device with this number. Raises RuleBroken, also before its coverage begins: that
    of an extended warranty does after the basic one (knox.md 6.5)."""
    device = Device.objects.filter(customer=customer).filter(inventory.by_number(typed)).first()
    if device is None:
        raise RuleBroken(f"{customer} has no device with this number. Copy it from its list.", field="device")
    own = Enrollment.objects.of(customer, KnoxService.CARE).filter(device=device, state=COVERED)
    if not (found := own.select_related("thing", "device").first()) or found.thing is None:
        raise RuleBroken(f"{device} is not Active in Samsung Care+ for Business, so no plan pays.", field="device")
    starts = found.facts.get("coverage_starts")
    if starts and (begins := datetime.fromisoformat(starts)) > timezone.now():
        raise RuleBroken(f"{found.thing} pays for {device} from {day(begins, by.zone)} on.", field="device")
    return found


@transaction.atomic
def open(customer: Customer, *, device: str, reference: str, reason: str, by: User) -> Claim:  # noqa: A001  (the verb)
    """Open a claim for the covered device with this number. Raises RuleBroken.

    The customer is locked, so two claims cannot both be the last that the plan pays for.
    """
    customer = engine.lock(customer)
    enrollment = covered(customer, device, by=by)
    assert enrollment.thing  # noqa: S101  (covered looked; tells mypy)
    claims = Claim.objects.filter(customer=customer)
    if other := claims.filter(device=enrollment.device_id, state=OPEN).first():
        raise RuleBroken(
            f"Claim {other.reference} of this device is open. Complete it first.", status=409, field="device"
        )
    if claims.filter(reference=reference).exists():
        raise RuleBroken(f"There is a claim {reference} already. Compare the number.", status=409, field="reference")
    _check_limit(enrollment.thing)
    claim = Claim.objects.create(
        customer=customer, device=enrollment.device, identifier=str(enrollment.device), plan=enrollment.thing,
        reference=reference, reason=reason, opened_by=by,
    )  # fmt: skip
    _record("service.claim_opened", claim, by=by)
    return claim


@transaction.atomic
def complete(claim: Claim, *, result: str, by: User) -> Claim:
    """Close it with what came of it. From now on it counts against the plan's limit."""
    engine.lock(claim.customer)
    claim = Claim.objects.select_for_update(no_key=True, of=("self",)).select_related("customer").get(pk=claim.pk)
    if claim.state != OPEN:
        raise RuleBroken(f"Claim {claim.reference} is completed already: {claim.result}", status=409)
    claim.state, claim.result, claim.closed_at = COMPLETED, result, timezone.now()
    claim.save(update_fields=["state", "result", "closed_at"])
    _record("service.claim_closed", claim, by=by, result=result)
    return claim


def _check_limit(plan: Thing) -> None:
    counts = Claim.objects.filter(plan=plan).aggregate(
        open=Count("pk", filter=Q(state=OPEN)), closed=Count("pk", filter=Q(state=COMPLETED))
    )
    limit = Limit(plan, counts["open"], counts["closed"])
    if limit.most is not None and limit.open + limit.closed >= limit.most:
        raise RuleBroken(
            f"{plan} pays for {counted(limit.most, 'claim')}. Completed: {limit.closed:,}. Open: {limit.open:,}. Ask "
            "your license reseller for another plan."
        )


def _record(verb: str, claim: Claim, *, by: User, **detail: str) -> None:
    named = {"service": KnoxService.CARE.label, "reference": claim.reference, "device": claim.identifier}
    history.record(verb, claim, customer_id=claim.customer_id, by=by, **named, **detail)
