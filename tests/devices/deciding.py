"""Uploads of resellers that wait, who decides them, and what came of it."""

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Side
from devices import resellers, uploads
from devices.models import Approval, Device, ResellerCustomer
from rules.errors import RuleBroken
from tests import world as cast
from tests.devices import sending
from tests.devices.sending import imeis

PENDING, APPROVED, REJECTED = Approval.State.PENDING, Approval.State.APPROVED, Approval.State.REJECTED


def waiting(world, count=3, customer=None, first=0):
    """An upload of Rita's for one customer, and its approval."""
    lines = imeis(count, first=first)
    return sending.waiting(world, lines, customer=customer or world.first, name=f"{first}.csv")


def deciding(person, verb, *args, **fields):
    with acting_as(person), transaction.atomic():
        return verb(*args, by=person, **fields)


def refusal(act):
    with pytest.raises(RuleBroken) as no:
        act()
    return str(no.value), no.value.status, no.value.field


def seen(approval):
    """Its state, the states of its devices, and how the reseller stands to the customer."""
    with as_operator():
        found = Approval.objects.get(pk=approval.pk)
        states = sorted(Device.objects.filter(approval=approval).values_list("state", flat=True))
        relation = ResellerCustomer.objects.get(customer=found.customer, reseller=found.reseller)
        return found.state, states, relation.state


def ids(approval):
    with as_operator():
        return list(Device.objects.filter(approval=approval).order_by("pk").values_list("pk", flat=True))


def own_people(world):
    """A customer of Aurora with Full access, and its super admin."""
    company = cast.full_access(world.aurora, world.alice, "Kestrel")
    karin = cast.person("karin@kestrel.example")
    with as_operator():
        cast.memberships.join(karin, company.roles.super_admin(), by=karin, side=Side.CUSTOMER)
    return karin, company


def from_another(world, customer, *, first):
    """An upload of a second reseller for the customer, and its approval."""
    otto, handel = cast.second_reseller(world)
    with acting_as(otto), as_reseller():
        resellers.add_customer(handel, customer.kcs_id, by=otto)
    upload = sending.sent(
        otto, imeis(3, first=first), role=as_reseller, reseller=handel, target=customer, add_at_once=True
    )
    uploads.check(upload.pk)
    uploads.add(upload.pk)
    with as_operator():
        return Approval.objects.select_related("customer").get(upload=upload)
