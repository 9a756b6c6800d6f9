from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.acting import acting_as, as_operator, as_reseller
from devices import approvals, picked_devices, reseller_deletions
from devices.inventory import Filters, Picked
from devices.models import Device
from rules.errors import RuleBroken
from services import claims, clocks
from services.modules import care
from tenants.models import Customer
from tests.devices import sending
from tests.services.covering import CARE, act, answer, cared, cover, covered, devices, enrollment, facts, plan, seats
from tests.services.covering import state as state_of
from tests.world import World


def state(device: Device) -> str:
    return state_of(device, CARE)


def instant(device: Device, name: str) -> Any:
    return parse_datetime(facts(device, CARE)[name])


def delete(world: World, *chosen: Device) -> int:
    picked = Picked(chosen[0].customer, [one.pk for one in chosen], Filters())
    with acting_as(world.alice):
        return picked_devices.delete(picked, at_most=len(chosen), by=world.alice)


def test_a_device_is_approved_gets_a_plan_and_is_active_once_it_says_so(world: World) -> None:
    customer, license = cared(world)
    (device,) = devices(world, customer)
    gold = plan(world, customer)
    seen = [state(device)]

    act(CARE, "approve", device, by=world.alice, params={"eula_on": timezone.localdate()})
    seen.append(state(device))
    act(CARE, "assign", device, by=world.alice, thing=gold, license=license)
    seen.append(state(device))
    answer(world, device)

    assert [*seen, state(device)] == ["pending", "approved", "active_pending", "active"]
    assert seats(license) == [device.pk]


def test_accidental_damage_is_covered_from_the_assignment_on(world: World) -> None:
    device, _ = covered(world, months="12")

    starts, ends = instant(device, "coverage_starts"), instant(device, "coverage_ends")

    assert abs(timezone.now() - starts) < timedelta(minutes=1)
    assert timedelta(days=364) < ends - starts < timedelta(days=367)


def test_coverage_is_shown_as_dates_in_the_readers_zone(world: World, client: Client) -> None:
    device, _ = covered(world, months="12")
    client.force_login(world.alice)

    console = client.get(reverse("customer-console", args=[device.customer.kcs_id, CARE.slug])).content.decode()
    page = client.get(reverse("customer-device", args=[device.customer.kcs_id, device.pk])).content.decode()

    told = f'<time datetime="{instant(device, "coverage_ends"):%Y-%m-%dT%H:%M:%SZ}"'
    assert told in console
    assert told in page


def test_extended_warranty_starts_the_day_after_the_basic_one(world: World) -> None:
    customer, license = cared(world)
    (device,) = devices(world, customer)
    gold = plan(world, customer, benefit="ew", months="12")
    accepted = timezone.localdate() - timedelta(days=10)

    act(CARE, "approve", device, by=world.alice, params={"eula_on": accepted})
    act(CARE, "assign", device, by=world.alice, thing=gold, license=license)

    starts = instant(device, "coverage_starts").date()
    assert starts == accepted.replace(year=accepted.year + 1) + timedelta(days=1)
    assert instant(device, "coverage_ends").date().year == starts.year + 1


@pytest.mark.parametrize(("days", "period", "fits"), [(30, "30", True), (31, "30", False), (31, "60", True)])
def test_a_plan_is_assigned_within_the_eligible_period(world: World, days: int, period: str, fits: bool) -> None:
    customer, license = cared(world)
    (device,) = devices(world, customer)
    gold = plan(world, customer, eligible_days=period)
    act(CARE, "approve", device, by=world.alice, params={"eula_on": timezone.localdate() - timedelta(days=days)})

    def assign() -> None:
        act(CARE, "assign", device, by=world.alice, thing=gold, license=license)

    if fits:
        assign()
    else:
        with pytest.raises(RuleBroken, match="are over"):
            assign()
    assert state(device) == ("active_pending" if fits else "approved")
    assert bool(seats(license)) == fits


def test_a_plan_of_another_country_is_refused(world: World) -> None:
    customer, license = cared(world)
    (device,) = devices(world, customer)
    french = plan(world, customer, country="FR")
    act(CARE, "approve", device, by=world.alice, params={"eula_on": timezone.localdate()})

    with pytest.raises(RuleBroken, match="another country"):
        act(CARE, "assign", device, by=world.alice, thing=french, license=license)


def test_coverage_expires_at_its_end_and_frees_the_seat(world: World) -> None:
    device, _ = covered(world)
    license = seat_license(device)
    ends = instant(device, "coverage_ends")

    clocks.run(ends - timedelta(minutes=1))
    before = state(device)
    clocks.run(ends + timedelta(minutes=1))

    assert (before, state(device), seats(license)) == ("active", "expired", [])


def test_a_plan_is_active_by_itself_after_a_while(world: World) -> None:
    customer, license = cared(world)
    (device,) = devices(world, customer)
    act(CARE, "approve", device, by=world.alice, params={"eula_on": timezone.localdate()})
    act(CARE, "assign", device, by=world.alice, thing=plan(world, customer), license=license)

    clocks.run(timezone.now() + timedelta(days=14, minutes=1))

    assert state(device) == "active"


def test_the_console_shows_when_the_terms_were_accepted(world: World, client: Client) -> None:
    customer, _ = cared(world)
    (device,) = devices(world, customer)
    act(CARE, "approve", device, by=world.alice, params={"eula_on": "2026-11-01"})
    client.force_login(world.alice)
    console = reverse("customer-console", args=[customer.kcs_id, CARE.slug])

    page = client.get(console).text
    lines = client.get(f"{console}?csv=1").getvalue().decode("utf-8-sig").splitlines()

    assert "Terms accepted" in page
    assert '<time datetime="2026-11-01">1 Nov 2026</time>' in page
    assert lines[1].split(",")[lines[0].split(",").index("Terms accepted")] == "2026-11-01"


@pytest.mark.parametrize(("country", "may"), [("IN", True), ("PH", True), ("DE", False)])
def test_a_plan_is_taken_back_in_india_and_the_philippines_only(country: str, may: bool) -> None:
    action = CARE.action("unassign")
    assert action

    assert (not action.closed(Customer(name="Fjordline", country=country))) == may
    assert action.states == {"active_pending"}


def test_a_covered_device_is_not_deleted(world: World) -> None:
    device, _ = covered(world)
    (other,) = devices(world, world.first, first=50)

    with pytest.raises(RuleBroken, match="Cancel its coverage first") as no:
        delete(world, device, other)

    assert no.value.status == 409
    with as_operator():
        assert Device.objects.filter(pk__in=[device.pk, other.pk]).count() == 2


def test_a_device_whose_coverage_was_cancelled_is_not_said_to_be_covered(world: World) -> None:
    device, _ = covered(world)

    act(CARE, "cancel", device, by=world.alice)

    assert set(facts(device, CARE)) == {"eula_on"}


def test_a_device_whose_coverage_was_cancelled_is_deleted(world: World) -> None:
    device, _ = covered(world)
    license = seat_license(device)

    act(CARE, "cancel", device, by=world.alice)

    assert (state(device), seats(license)) == ("cancelled", [])
    assert delete(world, device) == 1
    assert enrollment(device, CARE) is None


def test_a_reseller_does_not_delete_a_covered_device_and_reads_no_plan(world: World) -> None:
    customer, license = cared(world)
    approval = sending.waiting(world, sending.imeis(1), customer=customer)
    with acting_as(world.alice):
        approvals.approve(approval, by=world.alice)
    device = approved(world, sending.imei(0))
    cover(world, device, plan(world, customer), license)

    with pytest.raises(RuleBroken) as no, acting_as(world.rita), as_reseller():
        reseller_deletions.delete(
            reseller_deletions.own(world.reseller), reseller=world.reseller, typed="1", by=world.rita
        )

    assert str(no.value) == reseller_deletions.KEPT
    assert "Care" not in str(no.value)


def test_coverage_with_an_open_claim_is_not_cancelled(world: World) -> None:
    device, _ = covered(world)
    with acting_as(world.alice):
        claims.open(device.customer, device=str(device), reference="R-1", reason="Broken", by=world.alice)

    with pytest.raises(RuleBroken, match="Claim R-1 is open"):
        act(CARE, "cancel", device, by=world.alice)


def test_postgresql_keeps_a_device_that_is_covered_though_its_seat_is_gone(world: World) -> None:
    device, _ = covered(world)

    with pytest.raises(DatabaseError, match="cannot be deleted"), transaction.atomic():
        _gone(device)


def test_postgresql_keeps_a_device_that_has_a_seat_though_nothing_covers_it(world: World) -> None:
    device, _ = covered(world)

    with pytest.raises(DatabaseError, match="cannot be deleted"), transaction.atomic():
        _gone(device, first="DELETE FROM services_enrollment WHERE device_id = %s")


def _gone(device: Device, *, first: str = "DELETE FROM licensing_seat WHERE device_id = %s") -> None:
    """By the owner of the tables, first the row whose trigger would keep the device as well."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL role TO portal_owner")
        cursor.execute(first, [device.pk])
        cursor.execute("DELETE FROM devices_device WHERE id = %s", [device.pk])


def test_terms_of_a_plan_stay(world: World) -> None:
    kind = CARE.kind("plan")
    assert kind
    assert kind.check
    old = {"benefit": "adh", "months": "24", "claim_limit": 3}

    assert kind.check(old | {"months": "36"}, old)
    assert kind.check(old | {"benefit": "ew"}, old)
    assert not kind.check(old | {"claim_limit": 5}, old)


@pytest.mark.parametrize("typed", ["2026-02-31", "tomorrow", "2099-01-01", "0001-01-01"])
def test_terms_are_accepted_on_a_day_that_was(typed: str) -> None:
    assert care.ApproveForm({"eula_on": typed}).errors["eula_on"]


def seat_license(device: Device) -> Any:
    with as_operator():
        return device.seats.get().license


def approved(world: World, imei: str) -> Device:
    with as_operator():
        return Device.objects.select_related("customer", "model").get(imei=imei)
