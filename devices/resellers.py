"""Who uploads for whom (knox.md 4.2, 4.4): resellers add customers, and a customer's side registers resellers.

A reseller names a customer by its KCS Customer ID (FAQ Q6). What would tell it about others has one sentence, one
status and the same number of queries; the true reason is in the customer's own history.
"""

from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from devices.models import ResellerCustomer
from devices.problems import PROBLEMS
from rules.errors import RuleBroken
from tenants import public_ids, teams
from tenants.models import Customer, Management, Msp, Reseller
from tenants.regions import Region, country_name
from tenants.times import day

State = ResellerCustomer.State


class NoTarget(RuleBroken):
    """One sentence for everything that would tell a reseller about others (words.md upload.customer)."""

    def __init__(self, kcs_id: str) -> None:
        super().__init__(PROBLEMS["customer"].words(value=kcs_id, detail=kcs_id), field="kcs_id")


@dataclass(frozen=True)
class Found:
    """What the look-up of a Reseller ID shows: enough to register the right company (knox.md 4.4)."""

    public_id: str
    name: str
    city: str
    country_name: str


def add_customer(reseller: Reseller, typed: str, *, internal_reference: str = "", by: User) -> ResellerCustomer:
    """Put a customer on the reseller's list, as pending: its side has not said yet that it knows the reseller.

    Raises RuleBroken. Not a transaction of its own: a refusal would take the record of the try back.
    """
    kcs_id = typed_id(typed)
    own = ResellerCustomer.objects.filter(reseller=reseller, kcs_id=kcs_id).exclude(state=State.INACTIVE).first()
    if own:
        raise _added_already(own, by)
    named = _candidate(reseller, kcs_id)
    _note(named, reseller, by)
    if named.customer is None or named.reason:
        raise NoTarget(kcs_id)
    with as_operator():  # nobody but the operator adds such a row: the reseller does not see the customer
        try:
            with transaction.atomic():
                return ResellerCustomer.objects.create(
                    customer=named.customer,
                    reseller=reseller,
                    kcs_id=kcs_id,
                    reseller_name=reseller.name,
                    internal_reference=internal_reference.strip(),
                )
        except IntegrityError:  # pressed twice, or registered by the customer's side, at the same moment
            raise _added_already(ResellerCustomer.objects.get(customer=named.customer, reseller=reseller), by) from None


def target(reseller: Reseller, typed: str, *, by: User) -> Customer:
    """The customer that the reseller may upload to now. Raises RuleBroken; as `add_customer`, no transaction."""
    kcs_id = typed_id(typed)
    own = ResellerCustomer.objects.filter(reseller=reseller, kcs_id=kcs_id).exclude(state=State.INACTIVE).exists()
    named = _candidate(reseller, kcs_id)
    if not own:
        named = replace(named, reason=named.reason or "It had not added your company to its customers.")
    if named.customer is None or named.reason:
        _note(named, reseller, by)
        raise NoTarget(kcs_id)
    return named.customer


def look_up(typed: str, *, customer: Customer, by: User, msp: Msp | None = None) -> Found:
    """The reseller with this Reseller ID, before it is registered. Raises RuleBroken; no transaction of its own."""
    events.record(
        "reseller.looked_up",
        customer,
        by=by,
        side=Side.MSP if msp else Side.CUSTOMER,
        msp_id=msp.pk if msp else None,
        customer_id=customer.pk,
        public_id=public_ids.clean(typed)[:20],
    )
    reseller = _approved(typed, customer)
    return Found(reseller.public_id, reseller.name, reseller.city, country_name(str(reseller.country)))


@transaction.atomic
def register(customer: Customer, typed: str, *, by: User, msp: Msp | None = None) -> ResellerCustomer:
    """Say that this company sells to the customer: its uploads reach the customer's side from now on.

    `msp` is the MSP for which `by` acts; without one, `by` acts for the customer itself.
    """
    reseller = _approved(typed, customer)
    relation = _locked(customer, reseller) or _new(customer, reseller)
    if relation.state == State.ACTIVE:
        raise RuleBroken(f"{customer} already has the reseller {reseller}. Nothing changed.", status=409)
    relation.state, relation.registered_at = State.ACTIVE, timezone.now()
    relation.reseller_name = reseller.name
    relation.save(update_fields=["state", "registered_at", "reseller_name"])
    record("reseller.registered", relation, by=by, msp=msp)
    return relation


@transaction.atomic
def approve_by_itself(relation: ResellerCustomer, *, to: bool, by: User, msp: Msp | None = None) -> ResellerCustomer:
    """Whether uploads of this reseller for this customer need no click from now on. What waits keeps waiting."""
    relation = registered(relation)
    if relation.auto_approve != to:
        relation.auto_approve = to
        relation.save(update_fields=["auto_approve"])
        record("reseller.auto_approved" if to else "reseller.approved_by_hand", relation, by=by, msp=msp)
    return relation


@transaction.atomic
def remove(relation: ResellerCustomer, *, by: User, msp: Msp | None = None) -> ResellerCustomer:
    """Take the reseller out: it uploads nothing more for the customer and no longer reads its name.

    What waits still waits for a decision, and the devices that it brought stay.
    """
    relation = _locked_row(relation)
    if relation.state == State.INACTIVE:
        raise RuleBroken(f"{relation.reseller_name} is no reseller of {relation.customer} any more.", status=409)
    relation.state, relation.auto_approve = State.INACTIVE, False
    relation.save(update_fields=["state", "auto_approve"])
    record("reseller.removed", relation, by=by, msp=msp)
    return relation


def registered(relation: ResellerCustomer) -> ResellerCustomer:
    """The relation, locked. Raises RuleBroken where the customer's side has not registered the reseller."""
    relation = _locked_row(relation)
    if relation.state != State.ACTIVE:
        raise RuleBroken(
            f"{relation.reseller_name} is not registered at {relation.customer}. Register it first.", status=409
        )
    return relation


def record(verb: str, relation: ResellerCustomer, *, by: User, msp: Msp | None, **detail: str) -> None:
    """What the customer's side decided about a reseller."""
    events.record(
        verb,
        relation.customer,
        by=by,
        side=Side.MSP if msp else Side.CUSTOMER,
        msp_id=msp.pk if msp else _manager(relation),
        customer_id=relation.customer_id,
        reseller=relation.reseller_name,
        **detail,
    )


def typed_id(typed: str) -> str:
    """The KCS Customer ID in what was typed. Raises RuleBroken for anything else, an MSP ID by its name (FAQ Q6)."""
    value = public_ids.clean(typed)
    kind = public_ids.kind_of(value)
    if kind == public_ids.Kind.CUSTOMER:
        return value
    if kind:
        raise RuleBroken(PROBLEMS["other_id"].words(value=value, detail=f"{value} is {kind.words}"), field="kcs_id")
    raise RuleBroken(public_ids.problem(value, wanted=public_ids.Kind.CUSTOMER) or "", field="kcs_id")


@dataclass(frozen=True)
class _Named:
    """Whom a typed ID means, and why the reseller may not upload for it (for the customer's own history)."""

    kcs_id: str
    customer: Customer | None
    msp_id: int | None = None
    reason: str = ""


def _candidate(reseller: Reseller, kcs_id: str) -> _Named:
    """Asks the same for every ID, whether somebody has it or not."""
    with as_operator():
        customer = Customer.objects.filter(kcs_id=kcs_id, deleted_at=None).first()
        pk = customer.pk if customer else 0
        management = Management.objects.filter(customer=pk, ended_at=None).select_related("msp").first()
        ended = ResellerCustomer.objects.filter(customer=pk, reseller=reseller, state=State.INACTIVE).exists()
    if customer is None:
        return _Named(kcs_id, None, reason="Nobody has this ID.")
    reason = "It was removed as a reseller." if ended else _wrong_region(reseller, customer, management)
    return _Named(kcs_id, customer, management.msp_id if management else None, reason)


def _wrong_region(reseller: Reseller, customer: Customer, management: Management | None) -> str:
    """The MSP's region counts for the devices of its customers (FAQ Q15), so the reseller has to sell there."""
    region = management.msp.region if management else customer.region
    if region in reseller.regions:
        return ""
    return f"Samsung has not authorized {reseller} for {Region(region).label if region else customer.country_name}."


def _added_already(own: ResellerCustomer, by: User) -> RuleBroken:
    return RuleBroken(
        f"The KCS Customer ID {own.kcs_id} was added to your list on {day(own.added_at, by.zone)}. Nothing changed.",
        status=409,
        field="kcs_id",
    )


def _note(named: _Named, reseller: Reseller, by: User) -> None:
    """Two rows for every ID, found or not, so that the time of the answer tells nothing."""
    events.record(
        "reseller.named_customer", reseller, by=by, side=Side.RESELLER, reseller_id=reseller.pk, kcs_id=named.kcs_id
    )
    events.record(
        "customer.reseller_refused" if named.reason else "customer.reseller_added",
        reseller,
        by=by,
        side=Side.RESELLER,
        customer_id=named.customer.pk if named.customer else None,
        msp_id=named.msp_id,
        reason=named.reason,
    )


def _approved(typed: str, customer: Customer) -> Reseller:
    """The reseller with this ID, if it may upload for the customer. Raises RuleBroken."""
    value = public_ids.clean(typed)
    if problem := public_ids.problem(value, wanted=public_ids.Kind.RESELLER):
        raise RuleBroken(problem, field="reseller_id")
    with as_operator():
        reseller = Reseller.objects.filter(public_id=value).first()
        management = Management.objects.filter(customer=customer, ended_at=None).select_related("msp").first()
    if reseller is None:
        raise RuleBroken(
            "Samsung has not approved a reseller with this Reseller ID. Check the ten digits, or ask the reseller.",
            field="reseller_id",
        )
    if no := _wrong_region(reseller, customer, management):
        raise RuleBroken(f"{no} Choose a reseller that sells there.", field="reseller_id")
    return reseller


def _locked(customer: Customer, reseller: Reseller) -> ResellerCustomer | None:
    return ResellerCustomer.objects.select_for_update().filter(customer=customer, reseller=reseller).first()


def _locked_row(relation: ResellerCustomer) -> ResellerCustomer:
    locked = ResellerCustomer.objects.select_for_update(of=("self",)).select_related("customer")
    return locked.get(pk=relation.pk)


def _new(customer: Customer, reseller: Reseller) -> ResellerCustomer:
    try:
        with transaction.atomic():
            return ResellerCustomer.objects.create(
                customer=customer, reseller=reseller, kcs_id=customer.kcs_id, reseller_name=reseller.name
            )
    except IntegrityError:  # added by the reseller at the same moment
        return ResellerCustomer.objects.select_for_update().get(customer=customer, reseller=reseller)


def _manager(relation: ResellerCustomer) -> int | None:
    """The MSP that reads in its own history what the customer's people did."""
    with as_operator():
        return teams.msp_of(relation.customer_id)
