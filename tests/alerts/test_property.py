"""Any order of facts, runs, kills, doubled runs and people's acts ends with the same open alerts (issue 8)."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from alerts import counting, handling
from alerts.handling import Reach
from alerts.models import Alert
from licensing.models import LedgerDifference
from rules.errors import RuleBroken
from services.models import Agent
from tests.alerts.causes import bounced_of
from tests.services.ground import ground

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=20)


@pytest.fixture
def scene(world):
    """Three devices with agents at each of two customers."""
    found = [ground(world, devices=3, customer=customer) for customer in (world.first, world.second)]
    with as_operator():
        for number, device in enumerate(device for one in found for device in one.devices):
            Agent.objects.create(customer=device.customer, device=device, secret=bytes([number]) * 32)
    return found


# Facts: each takes the scene, whose (0 or 1) and which device (0 to 2).


def state(code):
    return lambda scene, whose, which: scene[whose].force(code, scene[whose].devices[which])


def seen(ago):
    def act(scene, whose, which):
        with as_operator():
            Agent.objects.filter(device=scene[whose].devices[which]).update(seen_at=timezone.now() - ago)

    return act


def bounce(scene, whose, which):
    bounced_of(scene[whose].customer)


def deliver(scene, whose, which):
    Email.objects.filter(to=scene[whose].customer.contact_email).delete()


def differ(scene, whose, which):
    own = {"customer": scene[whose].customer, "license": scene[whose].license, "ended_at": None}
    with as_operator():
        LedgerDifference.objects.update_or_create(**own, defaults={"used": which, "seats": 9, "entries": 9})


def agree(scene, whose, which):
    with as_operator():
        LedgerDifference.objects.filter(license=scene[whose].license).update(ended_at=timezone.now())


# Runs


def full(scene, whose, which):
    counting.recount(full=True)


def twice(scene, whose, which):
    counting.recount(full=True)
    assert counting.recount(full=True) == counting.Outcome(0, 0, 0)


def news(scene, whose, which):
    counting.recount(full=False)


def of_one(scene, whose, which):
    counting.recount_customers([scene[whose].customer.pk])


def killed(scene, whose, which):
    with transaction.atomic():
        counting.recount(full=bool(which))
        transaction.set_rollback(True)


# People


def person(verb, **more):
    def act(scene, whose, which):
        alice = scene[0].world.alice
        with acting_as(alice):
            alert = Alert.objects.lasting().order_by("pk")[which : which + 1].first()
            if alert:
                with suppress(RuleBroken):
                    verb(alert, by=alice, reach=Reach.values[which], **more)

    return act


ACTS = {
    "error": state("error"), "configured": state("configured"), "cancelled": state("cancelled_by_user"),
    "silent": seen(LONG_AGO), "here": seen(timedelta()), "bounce": bounce, "deliver": deliver, "differ": differ,
    "agree": agree, "full": full, "twice": twice, "news": news, "of one": of_one, "killed": killed,
    "acknowledge": person(handling.acknowledge), "undo": person(handling.undo), "wake": person(handling.wake),
    "snooze": person(handling.snooze, until=None, until_grows=True),
}  # fmt: skip


def open_alerts():
    with as_operator():
        rows = Alert.objects.lasting().values_list("customer", "msp", "fingerprint", "severity", "count", "facts")
        return sorted(map(str, rows))


def counted_from_nothing():
    with transaction.atomic():
        with as_operator():
            Alert.objects.all().delete()
        counting.recount(full=True)
        found = open_alerts()
        transaction.set_rollback(True)
    return found


@settings(max_examples=40)
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 1), st.integers(0, 2)), max_size=25))
def test_any_order_ends_with_the_same_open_alerts(scene, steps):
    with transaction.atomic():
        for name, whose, which in steps:
            ACTS[name](scene, whose, which)
        counting.recount(full=True)
        got, fresh = open_alerts(), counted_from_nothing()
        transaction.set_rollback(True)

    assert got == fresh
