"""Rows of alerts where a test needs some and not the facts behind them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.acting import as_operator
from alerts.models import Alert, AlertComment, Seen, Severity
from tenants.models import Customer, Management


def alert(customer: Customer, *, age: timedelta = timedelta(), **columns: Any) -> Alert:
    """An alert as counting opens it: of the MSP that manages the customer now."""
    at = timezone.now() - age
    given = {"kind": "devices_silent", "fingerprint": f"devices_silent::{uuid4().hex}", "count": 3}
    given |= {"severity": Severity.WARNING, "since": at, "changed_at": at}
    with as_operator():
        msp = Management.objects.filter(customer=customer, ended_at=None).values_list("msp_id", flat=True).first()
        return Alert.objects.create(customer=customer, msp_id=msp, **(given | columns))


def everything(world: Any) -> None:
    """A row in every table of alerts."""
    one = alert(world.first)
    with as_operator():
        AlertComment.objects.create(alert=one, customer=world.first, msp=world.aurora, by=world.alice, text="Mine.")
        Seen.objects.create(user=world.alice, msp=world.aurora, through=one.changed_at)
