"""Trials: one a customer and service, for a few devices and days, started with one click (FAQ Q9)."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from licensing import keys, licenses, parties
from licensing.models import License, Product
from rules import settings as rule
from rules.errors import RuleBroken
from tenants.models import Customer, CustomerService, KnoxService
from tenants.times import day


def size(service: KnoxService) -> tuple[int, int]:
    """Devices and days of a trial; no devices where the service has no trial."""
    if not Product.objects.filter(service=service, is_trial=True).exists():
        return 0, 0
    of = "" if service == KnoxService.CONFIGURE else f"_{service.lower()}"
    return rule.number(f"trial_devices{of}"), rule.number(f"trial_days{of}")


@transaction.atomic
def start(customer: Customer, *, by: User, service: KnoxService = KnoxService.CONFIGURE) -> License:
    """Start the customer's trial of a service. It ends so many times 24 hours from now."""
    customer = parties.locked(customer, by=by)
    devices, days = size(service)
    if not devices:
        region = customer.region
        raise RuleBroken(
            f"{service.label} has no trial. Order a license from a license reseller of "
            f"{region.label if region else 'your region'}."
        )
    _check(customer, service, by=by)
    now = timezone.now()
    product = Product.objects.get(service=service, is_trial=True)
    trial = License(customer=customer, name=product.name, seats=devices, days=days, starts_at=now, dated_at=now)
    trial.copy_product(product)
    keys.check_name(trial)
    trial.save()
    parties.record("license.trial_started", trial, customer=customer, by=by, devices=devices, days=days)
    return trial


@transaction.atomic
def convert(trial: License, typed: str, *, by: User, name: str = "") -> License:
    """Enter a bought key and move the trial's devices to its license. They keep their service."""
    bought = keys.enter(trial.customer, typed, by=by, name=name)
    licenses.replace(trial, to=bought, by=by)
    bought.refresh_from_db()
    return bought


def _check(customer: Customer, service: KnoxService, *, by: User) -> None:
    earlier = License.objects.filter(customer=customer, service=service, is_trial=True).first()
    if earlier:
        raise RuleBroken(
            f"{customer} had its {service.label} trial from {day(earlier.starts_at, by.zone)} to "
            f"{day(earlier.ends_at, by.zone)}. A customer has one. Order a license.",
            status=409,
        )
    if not CustomerService.objects.filter(customer=customer, service=service).exists():
        raise RuleBroken(f"{customer} does not have {service.label}. Add it first, then start the trial.")
