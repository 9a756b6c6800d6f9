"""The Knox Deployment App: phones join a direct customer by its enrollment code, one by one (FAQ Q16).

An MSP's customer has no code: its reseller or its MSP uploads the devices.
"""

import secrets

from django.db import transaction
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from devices import singles
from devices.models import Device, EnrollmentCode, Upload
from rules.errors import RuleBroken
from tenants.models import Customer

APP = Upload.Channel.APP
_BYTES = 16
"""Of chance in a code: 22 letters and digits."""


class UnknownCode(RuleBroken):
    """The same for every code that works for nobody."""

    def __init__(self) -> None:
        super().__init__("This code does not work. Ask the person who gave it to you for a new one.", status=404)


def code_of(customer: Customer) -> EnrollmentCode | None:
    """The code that works now."""
    return EnrollmentCode.objects.filter(customer=customer, closed_at=None).select_related("made_by").first()


@transaction.atomic
def make(customer: Customer, *, by: User) -> EnrollmentCode:
    """The customer's code; the same where it has one. Raises RuleBroken for a managed customer."""
    _lock(customer)
    return code_of(customer) or _new(customer, by)


@transaction.atomic
def renew(customer: Customer, *, by: User) -> EnrollmentCode:
    """Another code. The one before stops: no phone joins by it any more."""
    _lock(customer)
    return _new(customer, by)


def close(customer: Customer) -> None:
    """An MSP takes over, in the transaction of that: nothing comes in by the code from now on."""
    EnrollmentCode.objects.filter(customer=customer, closed_at=None).update(closed_at=timezone.now())


def forget(customer: Customer) -> None:
    """An MSP leaves, in the transaction of that: it knows the code, with which agents speak for devices that have none
    yet. Who is in stays in; whoever manages from now on makes another one."""
    EnrollmentCode.objects.filter(customer=customer).delete()


def customer_of(code: str) -> Customer:
    """Whom a phone joins by this code. Raises RuleBroken (404 for a code that nobody has, 422 for a managed one)."""
    with as_operator():  # nobody is signed in on the phone: the code is what it has
        found = EnrollmentCode.objects.filter(code=code).select_related("customer").first()
        if found is None:
            raise UnknownCode
        _check_direct(found.customer)
        if found.closed_at:
            raise UnknownCode
        return found.customer


@transaction.atomic
def enroll(code: str, *, typed: str, model: str = "") -> Device:
    """Add this one device to the code's customer, at once. Raises RuleBroken.

    The customer is locked before anybody looks whether it has an MSP: consent locks it too, so what comes in came
    in before the consent, and after it nothing does.
    """
    with as_operator():
        customer = customer_of(code)
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        customer = customer_of(code)
        upload = Upload(channel=APP, customer=customer, target=customer, file_name=APP.label, add_at_once=True)
        device = singles.add(upload, singles.check(upload, typed, model=model))
        events.record("device.enrolled", device, by=None, side=Side.CUSTOMER, customer_id=customer.pk, actor=APP.label)
    return device


def _lock(customer: Customer) -> None:
    _check_direct(Customer.objects.select_for_update(no_key=True).get(pk=customer.pk))


def _check_direct(customer: Customer) -> None:
    if customer.is_managed:
        raise RuleBroken(
            f"The Knox Deployment App is for direct customers only. {customer} has an MSP. Its reseller or its MSP "
            "uploads the devices."
        )


def _new(customer: Customer, by: User) -> EnrollmentCode:
    fields = {"code": secrets.token_urlsafe(_BYTES), "made_at": timezone.now(), "made_by": by, "closed_at": None}
    made, _ = EnrollmentCode.objects.update_or_create(customer=customer, defaults=fields)
    events.record("enrollment_code.made", customer, by=by, side=Side.CUSTOMER, customer_id=customer.pk)
    return made
