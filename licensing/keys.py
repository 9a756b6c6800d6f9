"""License keys: issued, entered, shown, withdrawn. A key serves one customer, ever (FAQ Q8)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from licensing import codes, emails, parties, seats
from licensing.models import Key, License, Listing, Order, Product
from rules import reasons
from rules import settings as rule
from rules.errors import RuleBroken
from tenants.models import Customer, CustomerService
from tenants.times import day


@transaction.atomic
def issue(  # noqa: PLR0913  (each is a column of the key)
    listing: Listing,
    *,
    product: Product,
    seats: int,
    months: int,
    by: User,
    order: Order | None = None,
    starts_at: datetime | None = None,
) -> tuple[Key, str]:
    """Samsung makes a key for the license reseller. Returns it with its code, which nobody is shown again there."""
    if order is None:  # an order was checked when it was sent
        check_size(seats=seats, months=months)
        check_sold(listing, product)
    code, now = codes.new(product.key_prefix), timezone.now()
    key = Key.objects.create(
        product=product,
        seats=seats,
        months=months,
        listing=listing,
        license_reseller_id=listing.license_reseller_id,
        region=listing.region,
        order=order,
        code_hash=codes.hashed(code),
        code_sealed=codes.seal(code),
        last5=code[-5:],
        issued_by=by,
        usable_until=now + timedelta(days=rule.number("key_usable_days")),
        starts_at=starts_at,
    )
    events.record(
        "key.issued",
        key,
        by=by,
        side=Side.RESELLER,
        msp_id=order.msp_id if order else None,
        customer_id=order.customer_id if order else None,
        license_reseller_id=listing.license_reseller_id,
        seats=seats,
        product=product.name,
    )
    return key, code


@transaction.atomic
def enter(customer: Customer, typed: str, *, by: User, name: str = "") -> License:
    """Enter a key for the customer: from now on it serves this one and no other."""
    customer = parties.locked(customer, by=by)
    code = _read(typed)
    if again := _deleted_license(customer, code):
        return _bring_back(again, name=name, by=by)
    key = claim(customer, code, use=Key.Use.LICENSE, by=by)
    return open_license(key, name=name, by=by)


@transaction.atomic
def reveal(license: License, *, by: User) -> str:
    """The whole key, for one who may manage the customer. Written down in the activity log.

    Where customer and MSP both manage, the key is the customer's: its MSP is refused.
    """
    (license,) = seats.locked(license)  # those who only see the customer cannot lock it
    parties.check(license.customer, by=by)
    if license.key is None:
        raise RuleBroken(f"{license} is a trial. It has no license key.")
    parties.record("license.key_shown", license, customer=license.customer, by=by, key=license.key.masked)
    return codes.unseal(license.key.code_sealed)


@transaction.atomic
def withdraw(key: Key, *, reason: str, by: User) -> Key:
    """Samsung takes back a key that nobody entered yet. Runs as the operator."""
    reason = reasons.given(reason)
    rows = Key.objects.select_for_update(of=("self",)).select_related("product", "listing", "order__listing")
    key = rows.get(pk=key.pk)
    if key.customer_id:
        raise RuleBroken("This key serves a customer already. It stays with it.", status=409)
    if key.withdrawn_at:
        raise RuleBroken(
            f"Samsung withdrew this key on {day(key.withdrawn_at, by.zone)} already. Nothing changed.", status=409
        )
    key.withdrawn_at = timezone.now()
    key.save(update_fields=["withdrawn_at"])
    events.record(
        "key.withdrawn",
        key,
        by=by,
        side=Side.SAMSUNG,
        msp_id=key.order.msp_id if key.order else None,
        license_reseller_id=key.license_reseller_id,
        reason=reason,
    )
    emails.key_withdrawn(key, reason=reason)
    return key


def claim(customer: Customer, typed: str, *, use: Key.Use, by: User) -> Key:
    """Lock the key, and let it serve this locked customer for ever. Raises RuleBroken with what is wrong with it.

    Looks beyond the person, because a key that serves somebody else must be told from one that is free; what the
    person reads is the same for every key that is not for this customer (words.md key.unusable).
    """
    code = _read(typed)
    with as_operator():
        rows = Key.objects.select_for_update(of=("self",), no_key=True).select_related("product")
        key = rows.filter(code_hash__in=codes.hashes(code)).first()
    if key is None or key.withdrawn_at or key.region != customer.region:
        raise _unusable(customer)
    if key.customer_id:
        raise _serves(key, customer)
    if key.usable_until <= timezone.now():
        raise RuleBroken(
            f"This key ended on {day(key.usable_until, by.zone)}. Order a new one for {customer}.", field="key"
        )
    _check_service(key, customer)
    return assign(key, to=customer, use=use, by=by)


def assign(key: Key, *, to: Customer, use: Key.Use, by: User) -> Key:
    """Let a locked key serve this customer. A trigger refuses any other afterwards."""
    key.customer, key.use, key.entered_at, key.entered_by = to, use, timezone.now(), by
    with as_operator():
        key.save(update_fields=["customer", "use", "entered_at", "entered_by"])
    return key


def open_license(key: Key, *, by: User, name: str = "") -> License:
    """The license of a key that was just assigned to its customer."""
    assert key.customer  # noqa: S101  (set by assign)
    assert key.entered_at  # noqa: S101
    license = License(
        customer=key.customer,
        key=key,
        name="" if key.product.name_fixed else name.strip(),
        seats=key.seats,
        starts_at=max(key.entered_at, key.starts_at or key.entered_at),
        months=key.months,
        dated_at=key.entered_at,
    ).copy_product(key.product)
    license.name = license.name or f"{key.product.name} {key.last5}"
    check_name(license)
    license.save()
    parties.record(
        "license.entered", license, customer=key.customer, by=by, key=key.masked, seats=key.seats, months=key.months
    )
    return license


def check_name(license: License) -> None:
    """A name is once a customer (the customer is locked, so nobody takes it meanwhile)."""
    others = License.objects.kept().filter(customer=license.customer_id, name=license.name).exclude(pk=license.pk)
    if others.exists():
        raise RuleBroken(f"Another license has the name {license.name}. Choose another name.", field="name")


def check_size(*, seats: int, months: int) -> None:
    for field, value in (("seats", seats), ("months", months)):
        limit = rule.number(f"license_{field}")
        if not 1 <= value <= limit:
            raise RuleBroken(f"Enter a number from 1 to {limit:,}.", field=field)


def check_sold(listing: Listing, product: Product) -> None:
    if product.is_trial or product.code not in listing.products:
        raise RuleBroken(f"{listing} does not sell {product}. Choose another license.", field="product")


def missing_service(product: Product, customer: Customer) -> str:
    """What the customer needs before the product is of use to it, in words; empty where it has one of its services."""
    if CustomerService.objects.filter(customer=customer, service__in=product.opens).exists():
        return ""
    return product.opens_text if len(product.opens) == 1 else "one of them"


def _check_service(key: Key, customer: Customer) -> None:
    if wanted := missing_service(key.product, customer):
        raise RuleBroken(
            f"This key is for {key.product.opens_text}. Add {wanted} to {customer} first, then enter the key again.",
            field="key",
        )


def _read(typed: str) -> str:
    code, problem = codes.read(typed)
    if problem == "form":
        raise RuleBroken(
            "A license key looks like KLM09-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX. Copy all of it from the email or order.",
            field="key",
        )
    if problem == "typo":
        raise RuleBroken("This license key has a typing error. Copy all of it from the email or order.", field="key")
    return code


def _unusable(customer: Customer) -> RuleBroken:
    return RuleBroken(
        f"This key cannot serve {customer}. One key serves one customer. Ask the license reseller who sold it.",
        field="key",
    )


def _serves(key: Key, customer: Customer) -> RuleBroken:
    """Already serves somebody: named only where the person sees that customer."""
    if key.customer_id == customer.pk:
        held = License.objects.filter(customer=customer, key=key).first()
        held = held or License.objects.get(customer=customer, additions__key=key)
        return RuleBroken(f"{customer} already has this key as {held}. Nothing changed.", status=409, field="key")
    other = Customer.objects.filter(keys=key).first()  # as the person, who may not see it
    if other is None:
        return _unusable(customer)
    return RuleBroken(
        f"{key.masked} already serves {other}. One key serves one customer, for ever. Order a key for {customer}.",
        field="key",
    )


def _deleted_license(customer: Customer, code: str) -> License | None:
    gone = License.objects.exclude(deleted_at=None).select_related("product", "customer", "key")
    return gone.filter(customer=customer, key__code_hash__in=codes.hashes(code)).first()


def _bring_back(license: License, *, name: str, by: User) -> License:
    """The same key for the same customer again: its license as it was, with the dates that it had."""
    if name.strip() and not license.product.name_fixed:
        license.name = name.strip()
    license.deleted_at = None
    check_name(license)
    license.save(update_fields=["name", "deleted_at"])
    parties.record("license.brought_back", license, customer=license.customer, by=by)
    return license
