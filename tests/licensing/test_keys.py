"""Entering a key (FAQ Q8; words.md key.*): it serves one customer, ever."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import codes, keys, licenses, seats
from licensing.models import Addition, Key, License
from rules.errors import RuleBroken
from tenants.models import Customer, KnoxService
from tenants.times import day
from tests import world as cast
from tests.licensing.ground import devices, entered, product, sold, with_service

pytestmark = pytest.mark.django_db
UNUSABLE = "This key cannot serve {}. One key serves one customer. Ask the license reseller who sold it."


def enter(world, customer, typed, *, by=None, **fields):
    by = by or world.alice
    with acting_as(by):
        return keys.enter(customer, typed, by=by, **fields)


def refused(world, customer, typed, *, by=None, **fields):
    with pytest.raises(RuleBroken) as no:
        enter(world, customer, typed, by=by, **fields)
    with as_operator():
        assert not License.objects.filter(customer=customer).exclude(name="Kept").exists()
    return str(no.value), no.value.status, no.value.field


def test_a_key_opens_a_license_from_now_on(world):
    code = sold(world, seats=25, months=12)

    with time_machine.travel("2026-11-24T13:05:00Z", tick=False):
        license = enter(world, world.first, code, name=" Store phones ")

    with as_operator():
        license = License.objects.get(pk=license.pk)
        sentence = Event.objects.latest("pk").sentence
        assert (license.key.customer, license.key.entered_by, license.key.use) == (world.first, world.alice, "license")
    assert (license.name, license.seats, license.used, license.left) == ("Store phones", 25, 0, 25)
    assert (license.ends_at.isoformat(), license.service) == ("2027-11-24T13:05:00+00:00", "KC")
    masked = f"KLM05-•••••-•••••-•••••-•••••-{code[-5:]}"
    assert sentence == f"entered the license key {masked} as Store phones: 25 seats for 12 months"


def test_without_a_name_it_is_called_as_what_was_bought(world):
    code = sold(world)

    assert enter(world, world.first, code).name == f"Knox Configure Dynamic {code[-5:]}"


def test_samsung_names_licenses_of_knox_manage(world):
    with_service(world.first, KnoxService.MANAGE)
    code = sold(world, "km")

    assert enter(world, world.first, code, name="Mine").name == f"Knox Manage {code[-5:]}"


def test_what_has_not_the_form_of_a_key(world):
    assert refused(world, world.first, "KLM09-ABC") == (
        "A license key looks like KLM09-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX. Copy all of it from the email or order.",
        422,
        "key",
    )


def test_a_typing_error_is_told_from_a_key_that_nobody_issued(world):
    code = sold(world)
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")

    assert refused(world, world.first, wrong)[0] == (
        "This license key has a typing error. Copy all of it from the email or order."
    )
    assert refused(world, world.first, codes.new("KLM05"))[0] == UNUSABLE.format("Fjordline Freight")


def test_a_key_of_another_customer_that_the_person_sees(world):
    code = sold(world)
    enter(world, world.first, code)

    said, status, field = refused(world, world.second, code)

    assert said == (
        f"KLM05-•••••-•••••-•••••-•••••-{code[-5:]} already serves Fjordline Freight. One key serves one customer, for "
        "ever. Order a key for Lumen Retail."
    )
    assert (status, field) == (422, "key")


def test_a_key_of_a_customer_that_the_person_does_not_see_reads_like_an_unknown_one(world):
    """Tom sees Fjordline only, and the key serves Lumen; Carl is at Contoso (words.md, E and N)."""
    code = sold(world)
    enter(world, world.second, code)

    with acting_as(world.tom):
        said = refused(world, world.first, code, by=world.tom)
        unknown = refused(world, world.first, codes.new("KLM05"), by=world.tom)

    assert said == unknown == (UNUSABLE.format("Fjordline Freight"), 422, "key")


def test_a_key_that_serves_this_customer_already(world):
    code = sold(world)
    enter(world, world.first, code, name="Kept")

    said, status, _ = refused(world, world.first, code)

    assert (said, status) == ("Fjordline Freight already has this key as Kept. Nothing changed.", 409)


def test_a_key_of_another_region_is_unusable(world):
    """FAQ Q8: from a license reseller authorized for the region. Cascadia is in North America."""
    assert refused(world, world.foreign, sold(world), by=world.bob)[0] == UNUSABLE.format("Cascadia")


def test_a_key_that_was_not_entered_in_time(world):
    code = sold(world)
    with as_operator():
        ends = Key.objects.latest("pk").usable_until

    with time_machine.travel(ends - timedelta(seconds=1), tick=False), acting_as(world.alice), transaction.atomic():
        keys.enter(world.first, code, by=world.alice)
        transaction.set_rollback(True)
    with time_machine.travel(ends, tick=False):
        said = refused(world, world.first, code)

    assert said[0] == f"This key ended on {day(ends, world.alice.zone)}. Order a new one for Fjordline Freight."


def test_a_key_for_a_service_that_the_customer_lacks(world):
    with_service(world.second, KnoxService.EFOTA)

    assert refused(world, world.first, sold(world, "ke"))[0] == (
        "This key is for Knox E-FOTA. Add Knox E-FOTA to Fjordline Freight first, then enter the key again."
    )


def test_a_key_of_knox_suite_needs_one_of_its_services(world):
    """knox.md 6.2: an Advanced profile of Mobile Enrollment takes its seat from Knox Suite; no other service is due."""
    without = refused(world, world.first, sold(world, "suite"))[0]
    with_service(world.first, KnoxService.MOBILE_ENROLLMENT)

    assert enter(world, world.first, sold(world, "suite")).product == product("suite")
    assert without == (
        "This key is for Knox Manage, Knox E-FOTA, Knox Mobile Enrollment. Add one of them to Fjordline Freight first, "
        "then enter the key again."
    )


def test_a_refused_key_stays_free(world):
    code = sold(world, "ke")
    refused(world, world.first, code)
    with_service(world.first, KnoxService.EFOTA)

    assert enter(world, world.first, code).product == product("ke")


def test_a_name_that_another_license_has(world):
    enter(world, world.first, sold(world), name="Kept")

    said, status, field = refused(world, world.first, sold(world), name="Kept")

    assert (said, status, field) == ("Another license has the name Kept. Choose another name.", 422, "name")


def test_a_jointly_managed_customer_enters_its_own_keys_and_the_msp_sees(world):
    open_company = cast.full_access(world.aurora, world.alice, "Open Company")
    code = sold(world)

    said, status, _ = refused(world, open_company, code)

    assert status == 403
    assert said == (
        "Open Company has Full access, so it enters and changes its own licenses in the Knox Admin Portal. You see "
        "them here."
    )


def test_the_key_of_a_jointly_managed_customer_is_not_shown_to_its_msp(world):
    license = entered(world)
    with as_operator():
        Customer.objects.filter(pk=world.first.pk).update(access="full")

    with acting_as(world.alice), pytest.raises(RuleBroken, match="has Full access") as no:
        keys.reveal(license, by=world.alice)

    with as_operator():
        assert (no.value.status, Event.objects.filter(verb="license.key_shown").exists()) == (403, False)


def test_a_direct_customer_enters_its_own_key(world):
    license = enter(world, world.contoso, sold(world), by=world.carl)

    with acting_as(world.carl):
        event = Event.objects.of_customer(world.contoso.pk)[0]
    assert (license.customer, event.side, event.verb) == (world.contoso, "customer", "license.entered")


def test_who_only_views_cannot_enter_or_read_a_key(world):
    code = sold(world)
    license = enter(world, world.first, sold(world))

    with acting_as(world.vera):
        assert License.objects.count() == 1
        for act in (
            lambda: keys.enter(world.first, code, by=world.vera),
            lambda: keys.reveal(license, by=world.vera),
        ):
            with pytest.raises((RuleBroken, Customer.DoesNotExist)):
                act()


def test_showing_a_key_is_written_down(world):
    code = sold(world)
    license = enter(world, world.first, code, name="Store phones")

    with acting_as(world.alice):
        shown = keys.reveal(license, by=world.alice)

    with as_operator():
        event = Event.objects.latest("pk")
    assert (shown, event.verb, code in str(event.detail)) == (code, "license.key_shown", False)


def test_a_deleted_license_comes_back_with_its_key_at_its_customer_only(world):
    with_service(world.first, KnoxService.EFOTA)
    code = sold(world, "ke")
    license = enter(world, world.first, code, name="Field")
    with acting_as(world.alice):
        licenses.delete(license, by=world.alice)

    other = refused(world, world.second, code)[0]
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        again = enter(world, world.first, code, name="Field again")

    with as_operator():
        again.refresh_from_db()
    assert "already serves Fjordline Freight" in other
    assert (again, again.name, again.ends_at) == (license, "Field again", license.ends_at)


def test_samsung_withdraws_a_key_that_nobody_entered(world):
    code = sold(world)
    with acting_as(world.sam), as_operator():
        keys.withdraw(Key.objects.latest("pk"), reason="Sold twice", by=world.sam)

    assert refused(world, world.first, code)[0] == UNUSABLE.format("Fjordline Freight")


def test_samsung_does_not_withdraw_a_key_that_serves(world):
    license = entered(world)

    with pytest.raises(RuleBroken, match="serves a customer already"), acting_as(world.sam), as_operator():
        keys.withdraw(license.key, reason="Sold twice", by=world.sam)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"seats": 0}, "Enter a number from 1 to 100,000."),
        ({"seats": 100_001}, "Enter a number from 1 to 100,000."),
        ({"months": 61}, "Enter a number from 1 to 60."),
        ({"code": "kc-trial"}, "Nordkey does not sell Knox Configure trial. Choose another license."),
    ],
)
def test_what_a_license_reseller_cannot_issue(world, fields, said):
    with pytest.raises(RuleBroken) as no:
        sold(world, **fields)

    assert str(no.value) == said


def test_a_key_that_added_time_opens_no_license(world):
    license, code = entered(world), sold(world)
    with acting_as(world.alice):
        licenses.extend(license, code, by=world.alice)
    with as_operator():
        key = Key.objects.latest("pk")
        second = License(
            customer=world.first,
            key=key,
            name="x",
            seats=1,
            months=1,
            starts_at=timezone.now(),
            dated_at=timezone.now(),
        ).copy_product(key.product)

        with pytest.raises(DatabaseError, match="not entered as license"), transaction.atomic():
            second.save()


def test_a_key_that_opened_a_license_adds_to_none(world):
    license = entered(world)
    same = {"customer": world.first, "license": license, "product": license.product, "key": license.key}
    more = Addition(**same, kind="seats", seats=1, by=world.alice)

    with pytest.raises(DatabaseError, match="not entered as addition"), acting_as(world.alice), transaction.atomic():
        more.save()


def test_a_license_is_bought_or_a_trial(world):
    license = License(
        customer=world.first, name="x", seats=1, months=1, starts_at=timezone.now(), dated_at=timezone.now()
    ).copy_product(product("kc-dynamic"))

    with (
        pytest.raises(IntegrityError, match="license_is_bought_or_a_trial"),
        acting_as(world.alice),
        transaction.atomic(),
    ):
        license.save()


def test_a_license_opens_what_its_product_opens(world):
    key = entered(world).key
    row = License(
        customer=world.first, key=key, name="x", seats=1, months=1, starts_at=timezone.now(), dated_at=timezone.now()
    ).copy_product(key.product)
    row.services = "KC KM"

    with pytest.raises(IntegrityError), acting_as(world.alice), transaction.atomic():
        row.save()


def test_seats_of_a_license_that_someone_else_deleted(world):
    with_service(world.first, KnoxService.EFOTA)
    license = entered(world, code="ke")
    with acting_as(world.alice):
        licenses.delete(license, by=world.alice)

        with pytest.raises(RuleBroken, match="not there any more"):
            seats.take(license, devices(world.first, 1), by=world.alice)
