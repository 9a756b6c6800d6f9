"""Lines of history about services: each for the side for which the person acted."""

from typing import Any

from django.db import models

from accounts.models import User
from audit import events
from audit.models import Side
from tenants import teams


def record(verb: str, target: models.Model, *, customer_id: int, by: User, **detail: Any) -> None:
    """Note it in the log of the MSP too, if the person works there."""
    record_for(teams.msp_of(customer_id, person=by), verb, target, customer_id=customer_id, by=by, **detail)


def record_for(
    msp_id: int | None, verb: str, target: models.Model, *, customer_id: int, by: User, **detail: Any
) -> None:
    """The same where it is known for whom: the MSP, or the customer itself."""
    side = Side.MSP if msp_id else Side.CUSTOMER
    events.record(verb, target, by=by, side=side, msp_id=msp_id, customer_id=customer_id, **detail)
