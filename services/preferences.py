"""What devices of a reseller get in Knox Mobile Enrollment when they are approved (knox.md 4.4, words.md 7.6): the
profile that the reseller named with them, else the default that the customer's side chose for this reseller.

Given by a worker, in the portal's own name: approving stays one UPDATE. A device that was in the service before is left
as it is. Nobody is there to choose a license, so a profile that needs seats is no default, and named it is not given.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from devices import resellers
from devices.inventory import Some
from devices.models import Approval, Device, ResellerCustomer
from rules.errors import RuleBroken
from services import engine, modules, things
from services.engine import Options
from services.models import Move, Preference, Thing
from tenants import teams
from tenants.due import each
from tenants.models import Customer, KnoxService, Msp, Reseller

CONSOLE = modules.of(KnoxService.MOBILE_ENROLLMENT)
ACTION = next(one for one in CONSOLE.actions if one.assigns)
BLOCK = 10_000
"""Devices in one transaction."""


def offered(customer: Customer) -> QuerySet[Thing]:
    """The profiles that can be a default, by name."""
    found = _profiles(customer.pk).order_by("name_key", "pk")
    kind = CONSOLE.kind(ACTION.assigns)
    return found.exclude(settings__contains=dict(kind.seat_if)) if kind and kind.seat_if else found


def defaults(customer: Customer) -> dict[int, Thing]:
    """By reseller. One query."""
    own = Preference.objects.filter(customer=customer, service=CONSOLE.service).select_related("thing")
    return {one.reseller_id: one.thing for one in own}


@transaction.atomic
def set_default(relation: ResellerCustomer, thing: Thing | None, *, by: User, msp: Msp | None = None) -> None:
    """Devices of this reseller get the profile from now on, or none. Raises RuleBroken.

    `msp` is the MSP for which `by` acts; without one, `by` acts for the customer itself.
    """
    customer = engine.opened(relation.customer, CONSOLE, by=by)
    relation = resellers.registered(relation)
    if thing and (thing := offered(customer).filter(pk=thing.pk).first()) is None:
        raise RuleBroken("This profile is not there any more. Choose another.", status=409, field="profile")
    named = {"service": CONSOLE.name}
    own = Preference.objects.filter(customer=customer, reseller=relation.reseller_id, service=CONSOLE.service)
    if own.filter(thing=thing).exists() if thing else not own.exists():
        return
    own.delete()
    if thing is None:
        resellers.record("reseller.default_cleared", relation, by=by, msp=msp, **named)
        return
    Preference.objects.create(customer=customer, reseller_id=relation.reseller_id, service=CONSOLE.service, thing=thing)
    resellers.record("reseller.default_set", relation, by=by, msp=msp, to=thing.name, **named)


@transaction.atomic
def remove(relation: ResellerCustomer, *, by: User, msp: Msp | None = None) -> None:
    """Take the reseller out of the customer's list, with its preferences."""
    resellers.remove(relation, by=by, msp=msp)
    Preference.objects.filter(customer=relation.customer_id, reseller=relation.reseller_id).delete()


def check_named(reseller: Reseller, customer: Customer, name: str) -> None:
    """Raise RuleBroken where the customer has no profile of this name.

    What a customer has that did not register the reseller, the reseller does not find out: any name is taken, and
    looked for when the devices are approved. Asks the same in both cases.
    """
    with as_operator():
        known = ResellerCustomer.objects.filter(customer=customer, reseller=reseller)
        is_registered = known.filter(state=ResellerCustomer.State.ACTIVE).exists()
        is_there = _named(customer.pk, name).exists()
    if is_registered and not is_there:
        raise RuleBroken(f"{name} is not a profile of this customer.", field="profile")


def apply() -> int:
    """Give what is due. May run as often as one likes, twice at once, and be killed at any time."""
    with as_operator():
        due = list(Approval.objects.filter(preferences_due=True).order_by("pk").values_list("pk", flat=True))
    return each(due, _apply)


def _apply(pk: int) -> int:
    given, ids = 0, [0]
    while ids:
        ids = _block(pk, after=ids[-1])
        given += len(ids)
    return given


def _block(pk: int, *, after: int) -> list[int]:
    """The next devices, by key, that got their profile. Where there are none, nothing is due any more."""
    with as_operator():
        approval = _locked(pk)
        if approval is None:
            return []
        thing = _wanted(approval)
        ids = _fresh(approval, after) if thing else []
        if thing is None or not ids or not _give(approval, thing, ids):
            Approval.objects.filter(pk=pk).update(preferences_due=False)
            return []
        return ids


def _locked(pk: int) -> Approval | None:
    """The customer, then the approval: as everybody who decides locks (devices/approvals.py)."""
    Customer.objects.select_for_update(of=("self",), no_key=True).filter(approvals=pk).first()
    found = Approval.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    return found.filter(pk=pk, preferences_due=True).first()


def _wanted(approval: Approval) -> Thing | None:
    named = _named(approval.customer_id, approval.profile).first() if approval.profile else None
    whose = {"preferences__customer": approval.customer_id, "preferences__reseller": approval.reseller_id}
    return named or _profiles(approval.customer_id).filter(**whose).first()


def _fresh(approval: Approval, after: int) -> list[int]:
    before = Move.objects.filter(customer=approval.customer_id, device=OuterRef("pk"), service=CONSOLE.service)
    own = Device.objects.filter(customer=approval.customer_id, approval=approval, state=Device.State.VERIFIED)
    fresh = own.filter(~Exists(before), pk__gt=after).order_by("pk")
    return list(fresh.values_list("pk", flat=True)[:BLOCK])


def _give(approval: Approval, thing: Thing, ids: list[int]) -> bool:
    """Whether they got it. Why not is in the history."""
    try:
        engine.do(Some(approval.customer, ids), CONSOLE, ACTION, options=Options(thing), by=None)
    except RuleBroken as no:
        _record("service.not_given", approval, thing, reason=str(no))
        return False
    _record("service.given", approval, thing, devices=len(ids))
    return True


def _record(verb: str, approval: Approval, thing: Thing, **detail: object) -> None:
    events.record(
        verb, approval, by=None, side=Side.PORTAL, msp_id=teams.msp_of(approval.customer_id),
        customer_id=approval.customer_id, service=CONSOLE.name, to=thing.name, upload=approval.upload_id, **detail,
    )  # fmt: skip


def _profiles(customer_id: int) -> QuerySet[Thing]:
    return Thing.objects.filter(customer=customer_id, service=CONSOLE.service, kind=ACTION.assigns, ended_at=None)


def _named(customer_id: int, name: str) -> QuerySet[Thing]:
    """Case and accents count not, as in the customer's own list."""
    return _profiles(customer_id).filter(name_key=things.key(name))
