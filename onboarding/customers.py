"""How an MSP's customers come in and what of theirs can change (FAQ Q1; knox.md 2.5, 3.2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit import events
from audit.models import Side
from onboarding import contacts, emails
from onboarding.customer_checks import (
    CONTACT_FIELDS,
    GUARD_FIELDS,
    check_changeable,
    check_changes,
    check_direct,
    check_guard_tenant,
    check_not_delinking,
    check_work_email,
    checked,
    checked_services,
)
from rules.errors import RuleBroken
from tenants import administrators, managements, names, public_ids, teams, tenant_ids
from tenants.models import Access, Customer, CustomerService, KnoxService, Management, Msp

COMPANY_FIELDS = ("name", *Customer.ADDRESS_FIELDS)
OWN_FIELDS = ("tags",)
"""What the MSP notes about the customer, for itself."""
FIELDS = (*COMPANY_FIELDS, *CONTACT_FIELDS, *GUARD_FIELDS, *OWN_FIELDS)
"""What the MSP may change, as far as the form offers it."""


class TwinFound(RuleBroken):
    """A customer of the same name and city is there already; `customer` is one that the person may see."""

    def __init__(self, customer: Customer, *, said: str) -> None:
        super().__init__(
            f'{said} (KCS Customer ID {customer.kcs_id}). Open it, or tick "This is another company" and add it.',
            status=409,
        )
        self.customer = customer


@transaction.atomic
def add(
    msp: Msp, *, by: User, services: Iterable[KnoxService], another_company: bool = False, **fields: Any
) -> Customer:
    """Add a new customer: Active at once, with a KCS Customer ID, without Samsung's approval.

    The grants come first, so that the row is the MSP's from its first instant and the policies let it in.
    Raises RuleBroken (422 with a field, 409 for a twin).
    """
    customer = Customer(**fields)
    customer.contact_email = customer.contact_email.strip().lower()
    chosen = checked(customer, services, msp)
    _lock_name(customer, msp.pk)
    managed = Customer.objects.filter(managements__msp=msp, managements__ended_at=None)
    if not another_company and (twin := _twin(customer, managed)):
        raise TwinFound(twin, said=f"You already manage {twin}")
    if KnoxService.MANAGE in chosen:
        tenant_ids.give(customer)
    customer.pk = _next_id()
    managements.give(customer.pk, to=msp, by=by)
    _save_new(customer)
    Management.objects.create(customer=customer, msp=msp)
    CustomerService.objects.bulk_create([CustomerService(customer=customer, service=one) for one in chosen])
    labels = [one.label for one in chosen]
    _record("customer.added", customer, msp=msp, by=by, services=", ".join(labels))
    emails.customer_added(customer, msp=msp, services=labels, by=by)
    if customer.access == Access.FULL:
        contacts.invite(customer, msp=msp)
    return customer


@transaction.atomic
def register(*, services: Iterable[KnoxService], by: User, another_company: bool = False, **fields: Any) -> Customer:
    """A direct customer: Samsung registers it, nobody manages it, its contact person makes an account.

    Runs as the operator. Raises RuleBroken (422 with a field, 409 for a twin).
    """
    customer = Customer(pk=_next_id(), access=Access.FULL, **fields)
    customer.contact_email = customer.contact_email.strip().lower()
    check_direct(customer)
    _lock_name(customer)
    if not another_company and (twin := _twin(customer, Customer.objects.filter(deleted_at=None))):
        raise TwinFound(twin, said=f"{twin} is in Knox already")
    chosen = list(services)
    if KnoxService.MANAGE in chosen:
        tenant_ids.give(customer)
    _save_new(customer)
    CustomerService.objects.bulk_create([CustomerService(customer=customer, service=one) for one in chosen])
    events.record("customer.registered", customer, by=by, side=Side.SAMSUNG, customer_id=customer.pk)
    contacts.invite(customer, msp=None)
    return customer


@transaction.atomic
def change(customer: Customer, *, msp: Msp, by: User, seen: datetime, **fields: Any) -> Customer:
    """Change company and contact details, the support of Knox Guard, and the MSP's own tags.

    `seen` is `modified_at` as the person saw it.
    Raises RuleBroken where the customer has people of its own and so keeps its contact, while a delink is open, where
    Financing is left without support, or where somebody else saved meanwhile (409).
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    check_changeable(customer, seen=seen, by=by)
    changed = _set(customer, fields)
    if not changed:
        return customer
    check_changes(customer, changed, msp)
    customer.modified_at = timezone.now()
    customer.save()
    if "contact_email" in changed:
        contacts.withdraw(customer)  # who has the old address must not join
    _record("customer.changed", customer, msp=msp, by=by, fields=", ".join(map(_words, changed)))
    return customer


@transaction.atomic
def change_contact(customer: Customer, *, by: User, **contact: str) -> Customer:
    """A super admin of the company says who is asked for its consents (words.md customer.locked).

    What was mailed to the one before can still be answered there. Raises RuleBroken for anybody else, and for a free
    mailbox.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    administrators.acting_membership(customer, by=by)
    changed = _set(customer, contact | {"contact_email": contact["contact_email"].strip().lower()})
    check_work_email(customer)
    if not changed:
        return customer
    customer.modified_at = timezone.now()
    customer.save()
    if "contact_email" in changed:
        contacts.withdraw(customer)  # who has the old address must not join
    events.record(
        "customer.changed",
        customer,
        by=by,
        side=Side.CUSTOMER,
        msp_id=teams.msp_of(customer),
        customer_id=customer.pk,
        fields=", ".join(f"contact person's {_words(field)}" for field in changed),
    )
    return customer


@transaction.atomic
def add_services(
    customer: Customer, services: Iterable[KnoxService], *, msp: Msp, by: User, tenant_prefix: str = ""
) -> list[KnoxService]:
    """Manage more services for a customer. Those that it has already are left as they are.

    Raises RuleBroken while a delink is open: the customer approves to take over what it has.
    `tenant_prefix` is for Knox Manage, where the tenant ID of the customer is in use without one.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    check_not_delinking(customer)
    have = set(customer.services.values_list("service", flat=True))
    new = [one for one in checked_services(services, msp, customer) if one.value not in have]
    if not new:
        return []
    if KnoxService.MANAGE in new:
        tenant_ids.give(customer, prefix=tenant_prefix)
    CustomerService.objects.bulk_create([CustomerService(customer=customer, service=one) for one in new])
    customer.modified_at = timezone.now()
    customer.save()
    _record("customer.service_added", customer, msp=msp, by=by, services=", ".join(one.label for one in new))
    return new


@transaction.atomic
def add_guard(customer: Customer, *, msp: Msp, by: User, **tenant: str) -> None:
    """Manage Knox Guard for a customer that was added without it. `tenant` is what Knox Guard needs to know of it; its
    domain and type cannot change later (knox.md 3.2, 6.6; words.md, guard.tenant, guard.fixed).
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.is_guard_tenant:
        raise RuleBroken(
            f"The tenant type of {customer} stays as it was when you added it. Open a ticket if it is wrong.",
            status=409,
        )
    for field, value in tenant.items():
        setattr(customer, field, value)
    check_guard_tenant(customer)
    customer.save(update_fields=tenant)
    add_services(customer, [KnoxService.GUARD], msp=msp, by=by)


def _set(customer: Customer, fields: dict[str, Any]) -> list[str]:
    """Change these fields, not saved yet. Returns those that have another value now."""
    before = {field: getattr(customer, field) for field in fields}
    for field, value in fields.items():
        setattr(customer, field, value)
    return [field for field, value in before.items() if value != getattr(customer, field)]


def _save_new(customer: Customer) -> None:
    customer.kcs_id = public_ids.new(public_ids.Kind.CUSTOMER)
    customer.modified_at = timezone.now()
    customer.save(force_insert=True)


def _lock_name(customer: Customer, msp_id: int = 0) -> None:
    """Two people who add the same company at once go one after the other, so that the second sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [names.key(customer.name), msp_id])


def _twin(customer: Customer, others: QuerySet[Customer]) -> Customer | None:
    same_name = others.filter(name_key=names.key(customer.name))
    return next((one for one in same_name if names.key(one.city) == names.key(customer.city)), None)


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_customer', 'id'))")
        return int(cursor.fetchone()[0])


def _record(verb: str, customer: Customer, *, msp: Msp, by: User, **detail: Any) -> None:
    events.record(verb, customer, by=by, msp_id=msp.pk, customer_id=customer.pk, **detail)


def _words(field: str) -> str:
    if field == "name":
        return "company name"
    return field.removeprefix("contact_").replace("guard_", "support_").replace("_", " ")
