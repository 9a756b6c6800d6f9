"""Copies of things at other customers of the same MSP (knox.md 2.8): profiles mostly.

What is made copyable is a thing of a fully managed customer; its copies may be at any customer of the MSP. A name is
there once: it is overwritten only where it is a copy of the same thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from rules.errors import RuleBroken
from services import engine, things
from services.console import Console, Kind
from services.fields import naming
from services.models import Thing
from tenants import access, teams
from tenants.models import Access, Customer, CustomerService, Management, Msp

MOST_TARGETS = 10
ADDED, OVERWRITTEN, SAME = "added", "overwritten", "same"


@dataclass(frozen=True)
class Expected:
    """What copying would do at one customer."""

    customer: Customer
    result: str
    """`added`, `overwritten` or `same`; empty where it is refused."""
    why_not: str = ""
    kept: tuple[str, ...] = ()
    """Labels of the fields that keep what the customer has."""


@dataclass(frozen=True)
class Origin:
    """What a copy was made from."""

    thing: Thing | None
    """None: deleted, or at a customer that this person does not see."""
    remark: str
    """That it changed or was deleted since; empty where it did not, or nobody may know."""


@transaction.atomic
def make_copyable(thing: Thing, *, copyable: bool = True, by: User) -> Thing:
    """Let it be copied, or no longer. Raises RuleBroken where its kind or its customer does not allow it (knox.md 2.8).

    Copies that there are stay.
    """
    console, kind = things.declared(thing)
    customer = engine.opened(thing.customer, console, by=by)
    thing = things.locked(thing)
    if copyable:
        _check_copied(kind, customer)
    if thing.is_copyable != copyable:
        thing.is_copyable = copyable
        Thing.objects.filter(pk=thing.pk).update(is_copyable=copyable)
        things.record("service.thing_made_copyable" if copyable else "service.thing_kept", thing, by=by)
    return thing


def targets(thing: Thing, *, by: User) -> list[Customer]:
    """The other customers of the same MSP that have the service and that this person may change, by name."""
    msp = teams.msp_of(thing.customer_id)
    running = Management.objects.filter(msp=msp, ended_at=None) if msp else Management.objects.none()
    having = CustomerService.objects.filter(service=thing.service)
    found = Customer.objects.granted(by, access.MANAGE).filter(
        pk__in=running.values("customer"), services__in=having
    )  # fmt: skip
    return list(found.exclude(pk=thing.customer_id).order_by("name_key", "pk"))


def preview(thing: Thing, targets: Sequence[Customer], *, by: User) -> list[Expected]:
    """What copying would do at each target, in their order; nothing changes. Raises RuleBroken as `copy` does."""
    console, kind = things.declared(thing)
    _check(thing, kind, targets, by=by)
    there = {one.customer_id: one for one in _namesakes(thing, targets)}
    closed = _closed(console, thing)
    return [_expected(thing, kind, one, there.get(one.pk), closed=closed) for one in targets]


@transaction.atomic
def copy(thing: Thing, targets: Sequence[Customer], *, by: User) -> list[Expected]:
    """Copy it to each target that allows it; the others are named in the result. The customers are locked by id.

    Raises RuleBroken where the thing is not copyable, or a target is not a customer of the MSP that `by` may change.
    """
    console, kind = things.declared(thing)
    locks = Customer.objects.filter(pk__in=[thing.customer_id, *(one.pk for one in targets)])
    list(locks.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    thing = things.locked(thing)
    _check(thing, kind, targets, by=by)
    there = {one.customer_id: one for one in _namesakes(thing, targets).select_for_update(of=("self",), no_key=True)}
    closed = _closed(console, thing)
    results = [_expected(thing, kind, one, there.get(one.pk), closed=closed) for one in targets]
    for result in results:
        if result.result in (ADDED, OVERWRITTEN):
            _write(thing, kind, result.customer, there.get(result.customer.pk), by=by)
    if done := sum(1 for result in results if result.result in (ADDED, OVERWRITTEN)):
        things.record("service.thing_copied", thing, by=by, customers=done)
    return results


def origins(copied: Sequence[Thing]) -> dict[int, Origin]:
    """What each of these is a copy of, by the copy's key; things that are no copies are left out. One query."""
    named = {one.origin_id for one in copied if one.origin_id}
    seen = {one.pk: one for one in Thing.objects.filter(pk__in=named).select_related("customer")}
    return {one.pk: _origin(one, seen) for one in copied if one.origin_version is not None}


def _origin(copied: Thing, seen: dict[int, Thing]) -> Origin:
    if copied.origin_id is None:
        return Origin(None, "It was deleted.")
    if (found := seen.get(copied.origin_id)) is None:
        return Origin(None, "")
    return Origin(found, "" if found.version == copied.origin_version else "It has changed since.")


def _check(thing: Thing, kind: Kind, chosen: Sequence[Customer], *, by: User) -> None:
    if not thing.is_copyable:
        raise RuleBroken(f"Make {thing} copyable first.", status=409)
    _check_copied(kind, thing.customer)
    if not chosen:
        raise RuleBroken("Choose at least one customer.", field="customer")
    if len(chosen) > MOST_TARGETS:
        raise RuleBroken(
            f"These are {len(chosen)} customers. Copy to up to {MOST_TARGETS} at a time.", field="customer"
        )
    allowed = {customer.pk for customer in targets(thing, by=by)}
    if not {customer.pk for customer in chosen} <= allowed:
        raise RuleBroken("Choose customers of your company that use this service.", field="customer")


def _check_copied(kind: Kind, customer: Customer) -> None:
    if not kind.is_copied:
        raise RuleBroken(f"A {kind.label.lower()} is not copied to other customers.")
    if customer.access != Access.NONE:
        raise RuleBroken(
            f"{customer} has Full access. Only what a customer without access has can be copied to others.", status=409
        )


def _namesakes(thing: Thing, chosen: Sequence[Customer]) -> Any:
    same = {"service": thing.service, "kind": thing.kind, "name_key": thing.name_key}
    return Thing.objects.filter(customer__in=[one.pk for one in chosen], **same).order_by("customer")


def _closed(console: Console, thing: Thing) -> str:
    """Why the service is closed: to the MSP of all these customers, so it is asked once."""
    msp = Msp.objects.filter(managements__customer=thing.customer_id, managements__ended_at=None).first()
    return console.obstacle(msp)


def _expected(thing: Thing, kind: Kind, target: Customer, found: Thing | None, *, closed: str) -> Expected:
    if closed:
        return Expected(target, "", closed)
    if found is None:
        return Expected(target, ADDED)
    if found.origin_id != thing.pk:
        return Expected(target, "", f"{target} has another {kind.label.lower()} named {found}. Rename one of them.")
    if no := kind.check(_settings(thing, kind, found), found.settings) if kind.check else "":
        return Expected(target, "", no)
    if found.origin_version == thing.version and found.settings == _settings(thing, kind, found):
        return Expected(target, SAME)
    fields = kind.form.base_fields
    kept = tuple(str(fields[name].label) for name in (*kind.kept, *kind.never_copied) if name in fields)
    return Expected(target, OVERWRITTEN, kept=kept)


def _settings(thing: Thing, kind: Kind, found: Thing | None) -> dict[str, Any]:
    """The origin's settings, without what stays behind, and with what the other customer keeps.

    Things that a field names are the first customer's own, so they stay behind too.
    """
    ones, lists = naming(kind.form)
    left = {*kind.never_copied, *ones, *lists}
    copied = {name: value for name, value in thing.settings.items() if name not in left}
    own = found.settings if found else {}
    return copied | {name: value for name, value in own.items() if name in left or name in kind.kept}


def _write(thing: Thing, kind: Kind, target: Customer, found: Thing | None, *, by: User) -> None:
    settings = _settings(thing, kind, found)
    copied = found or Thing(
        customer=target, service=thing.service, kind=thing.kind, name=thing.name, name_key=thing.name_key, version=0
    )
    copied.settings, copied.origin, copied.origin_version = settings, thing, thing.version
    things.save_version(copied, by=by)
    # Without the first customer's name: the target's own people may read it one day.
    things.record("service.thing_brought", copied, by=by)
