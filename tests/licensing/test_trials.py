"""Trials (FAQ Q9): five devices, 90 days, one a customer; a bought key keeps the devices."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import licenses, seats, trials
from licensing.models import License
from rules import settings as rule
from rules.errors import RuleBroken
from tenants.models import KnoxService
from tenants.times import day, written
from tests import world as cast
from tests.licensing.ground import counts, devices, entered, product, sold, with_service

pytestmark = pytest.mark.django_db


def start(world, customer=None, *, by=None, **fields):
    by = by or world.alice
    with acting_as(by):
        return trials.start(customer or world.first, by=by, **fields)


def refused(world, act, *args, **fields):
    with pytest.raises(RuleBroken) as no, acting_as(world.alice):
        act(*args, by=world.alice, **fields)
    return str(no.value), no.value.status


def test_a_trial_is_for_five_devices_and_ninety_days(world):
    with time_machine.travel("2027-01-15T09:30:12Z", tick=False):
        trial = start(world)

    with as_operator():
        trial.refresh_from_db()
        sentence = Event.objects.latest("pk").sentence
    assert (trial.seats, trial.is_trial, trial.key, trial.service) == (5, True, None, "KC")
    assert trial.ends_at == datetime(2027, 1, 15, 9, 30, 12, tzinfo=UTC) + timedelta(days=90)
    assert sentence == "started Knox Configure trial: 5 devices for 90 days"


def test_ninety_days_are_ninety_times_24_hours_also_across_summer_time(world):
    """29 March 2026 has 23 hours in Berlin: what began at 13:00 there ends at 14:00."""
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        trial = start(world)

    assert written(trial.ends_at, ZoneInfo("Europe/Berlin")) == "30 May 2026, 14:00 CEST"


def test_a_second_trial_is_refused_with_the_dates_of_the_first(world):
    first = start(world)
    from_, to = (day(at, world.alice.zone) for at in (first.starts_at, first.ends_at))

    assert refused(world, trials.start, world.first) == (
        f"Fjordline Freight had its Knox Configure trial from {from_} to {to}. A customer has one. Order a license.",
        409,
    )


def test_a_second_trial_is_refused_years_later_and_after_the_first_was_deleted(world):
    first = start(world)
    with acting_as(world.alice):
        licenses.delete(first, by=world.alice)

    with time_machine.travel(timezone.now() + timedelta(days=900)):
        assert refused(world, trials.start, world.first)[1] == 409


def test_one_trial_a_customer_holds_in_the_schema(world):
    start(world)
    second = License(
        customer=world.first, name="x", seats=5, days=90, starts_at=timezone.now(), dated_at=timezone.now()
    ).copy_product(product("kc-trial"))

    no = pytest.raises(IntegrityError, match="one_trial_a_customer_and_service")
    with no, acting_as(world.alice), transaction.atomic():
        second.save()


def test_each_customer_has_its_own(world):
    assert start(world, world.first) != start(world, world.second)


@pytest.mark.parametrize("service", [KnoxService.EFOTA, KnoxService.GUARD])
def test_a_service_without_a_trial(world, service):
    said, status = refused(world, trials.start, world.first, service=service)

    assert said == f"{service.label} has no trial. Order a license from a license reseller of Europe."
    assert status == 422


def test_samsung_opens_trials_of_another_service_with_a_number(world):
    with_service(world.first, KnoxService.EFOTA)
    with acting_as(world.sam), as_operator():
        rule.change("trial_devices_ke", to=30, reason="Spring", by=world.sam)

    trial = start(world, service=KnoxService.EFOTA)

    assert (trial.seats, trial.service, trials.size(KnoxService.EFOTA)) == (30, "KE", (30, 90))


def test_a_number_that_changes_later_leaves_a_running_trial(world):
    trial = start(world)
    with acting_as(world.sam), as_operator():
        rule.change("trial_devices", to=30, reason="knox.md 5.3", by=world.sam)

    with as_operator():
        trial.refresh_from_db()
    assert (trial.seats, trials.size(KnoxService.CONFIGURE)) == (5, (30, 90))


def test_a_customer_without_the_service_gets_no_trial(world):
    other = cast.customer(world.aurora, world.alice, "No Configure", services=[KnoxService.MANAGE])

    assert refused(world, trials.start, other)[0] == (
        "No Configure does not have Knox Configure. Add it first, then start the trial."
    )


def test_the_service_of_another_customer_gives_no_trial(world):
    other = cast.customer(world.aurora, world.alice, "Kestrel", services=[KnoxService.EFOTA])

    with pytest.raises(RuleBroken, match="Kestrel does not have Knox Configure"):
        start(world, other)


def test_a_jointly_managed_customer_starts_its_own(world):
    open_company = cast.full_access(world.aurora, world.alice, "Open Company")

    assert refused(world, trials.start, open_company)[1] == 403


def test_the_sixth_device_is_refused(world):
    trial, six = start(world), devices(world.first, 6)
    at_once = refused(world, seats.take, trial, six)
    with acting_as(world.alice):
        seats.take(trial, six[:5], by=world.alice)

    assert at_once[0] == (
        "A trial is for up to 5 devices, and Fjordline Freight uses 0 of them. Choose fewer devices or order a license."
    )
    assert refused(world, seats.take, trial, six[5:]) == (
        "A trial is for up to 5 devices, and Fjordline Freight uses all of them. Unenroll one or order a license.",
        422,
    )


def test_after_its_end_a_trial_takes_none(world):
    trial, one = start(world), devices(world.first, 1)

    with time_machine.travel(trial.ends_at - timedelta(seconds=1), tick=False), acting_as(world.alice):
        assert seats.take(trial, one[:1], by=world.alice) == 1
    with time_machine.travel(trial.ends_at, tick=False):
        said = refused(world, seats.take, trial, one)[0]

    at = written(trial.ends_at, world.alice.zone)
    assert said == (f"The trial of Fjordline Freight ended on {at}, after 90 days. Enter a license key to go on.")


def test_a_bought_key_keeps_the_devices(world):
    trial, five = start(world), devices(world.first, 5)
    with acting_as(world.alice):
        seats.take(trial, five, by=world.alice)

    code = sold(world, seats=20)
    with acting_as(world.alice):
        bought = trials.convert(trial, code, by=world.alice, name="Bought")

    with as_operator():
        trial.refresh_from_db()
    assert (counts(trial), counts(bought), bought.used) == ((0, 0, 0), (5, 5, 5), 5)
    assert (trial.replaced_by_id, bought.name) == (bought.pk, "Bought")


def test_a_key_with_fewer_seats_than_the_trial_uses_is_refused_and_stays_free(world):
    trial, five = start(world), devices(world.first, 5)
    with acting_as(world.alice):
        seats.take(trial, five, by=world.alice)
    code = sold(world, seats=3)

    said, _ = refused(world, trials.convert, trial, code, name="Small")

    assert said == "5 devices need 5 seats. Small has 3 left. Choose fewer devices or buy more seats."
    assert counts(trial) == (5, 5, 5)
    with acting_as(world.alice):
        assert trials.convert(trial, sold(world, seats=5), by=world.alice).used == 5


def test_a_key_of_another_service_does_not_convert(world):
    with_service(world.first, KnoxService.EFOTA)
    trial, code = start(world), sold(world, "ke")

    said, _ = refused(world, trials.convert, trial, code, name="Other")

    assert said == "Other is not for Knox Configure. Choose a license of Knox Configure."


def test_a_bought_license_beside_the_trial_leaves_the_trial(world):
    trial = start(world)
    entered(world)

    with as_operator():
        trial.refresh_from_db()
    assert trial.replaced_by_id is None
