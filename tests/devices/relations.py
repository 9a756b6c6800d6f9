"""A reseller and a customer: added by the one, registered, auto-approved and removed by the other."""

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator, as_reseller
from devices import resellers
from devices.models import ResellerCustomer
from rules.errors import RuleBroken


def add(world, typed, **fields):
    with acting_as(world.rita), as_reseller():
        return resellers.add_customer(world.reseller, typed, by=world.rita, **fields)


def register(world, customer=None, reseller_id=None):
    with acting_as(world.alice), transaction.atomic():
        return resellers.register(
            customer or world.first, reseller_id or world.reseller.public_id, msp=world.aurora, by=world.alice
        )


def auto_approve(world, relation, *, to=True):
    with acting_as(world.alice), transaction.atomic():
        return resellers.approve_by_itself(relation, to=to, msp=world.aurora, by=world.alice)


def remove(world, relation):
    with acting_as(world.alice), transaction.atomic():
        return resellers.remove(relation, msp=world.aurora, by=world.alice)


def refusal(act, *args, **fields):
    with pytest.raises(RuleBroken) as no:
        act(*args, **fields)
    return str(no.value), no.value.status, no.value.field


def stored(world, customer=None):
    with as_operator():
        return ResellerCustomer.objects.get(reseller=world.reseller, customer=customer or world.first)
