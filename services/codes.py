"""The enrollment code of a customer: what lets the agents of its devices in. One a customer, for every service.

A direct customer has one code for this and for the Knox Deployment App (devices/deployment_app.py). One made here opens
nothing to uploads: it is closed from the start for that app (FAQ Q16). That a code is closed says nothing about agents,
whose devices are in the inventory already.
"""

import secrets

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from devices.models import EnrollmentCode
from services import emails, history
from services.console import Console
from tenants.models import Customer

_BYTES = 16
"""Of chance in a code: 22 letters and digits."""


def known(customer: Customer) -> EnrollmentCode | None:
    return EnrollmentCode.objects.filter(customer=customer).first()


@transaction.atomic
def of(customer: Customer, *, by: User) -> str:
    """The customer's code; a new one where it has none."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if found := known(customer):
        return found.code
    made = EnrollmentCode.objects.create(customer=customer, code=_new(), made_by=by, closed_at=timezone.now())
    history.record("service.code_made", customer, customer_id=customer.pk, by=by)
    return made.code


@transaction.atomic
def renew(customer: Customer, console: Console, *, by: User) -> str:
    """Another code in place of the one that there is, which stops at once; for the Knox Deployment App too, where that
    is open. Agents that are in stay in: each has a secret of its own. Tells the leads, with this console's page."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    code = _new()
    EnrollmentCode.objects.filter(customer=customer).update(code=code, made_at=timezone.now(), made_by=by)
    history.record("service.code_renewed", customer, customer_id=customer.pk, by=by)
    emails.code_renewed(customer, console, by=by)
    return code


def _new() -> str:
    return secrets.token_urlsafe(_BYTES)
