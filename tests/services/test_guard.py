from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from onboarding import customers
from rules.errors import RuleBroken
from rules.models import Setting
from services import agents, answers, clocks
from services.models import Command, Enrollment
from services.modules import guard
from tenants.models import KnoxService, Msp
from tests.devices.deciding import own_people
from tests.licensing import ground
from tests.portals.test_one_portal import text
from tests.services.covering import GUARD, PAYG, act, answer, devices, enrollment, facts, guarded, seats, state
from tests.world import World

MESSAGE = {"message": "Pay us", "phone": "+49301234567"}


def test_an_msp_needs_samsungs_leave_for_knox_guard(world: World) -> None:
    assert not guard.obstacle(world.aurora)
    assert world.borealis.public_id in guard.obstacle(world.borealis)
    assert not guard.obstacle(None)


def test_why_it_is_closed_is_one_sentence_wherever_it_stands(world: World, client: Client) -> None:
    why = (
        "Samsung opens Knox Guard for each MSP separately. Open a ticket and quote your MSP ID "
        f"{world.borealis.public_id}. You can add the other services now."
    )
    client.force_login(world.bob)
    pages = [reverse("customer-add"), reverse("customer", args=[world.foreign.kcs_id])]

    assert [why in text(client.get(page)) for page in pages] == [True, True]
    assert guard.obstacle(world.borealis) == why
    with acting_as(world.bob), pytest.raises(RuleBroken) as no:
        customers.add_services(world.foreign, [KnoxService.GUARD], msp=world.borealis, by=world.bob)
    assert str(no.value) == why


def test_what_samsung_did_not_allow_the_msp_binds_not_the_customers_own_people(world: World) -> None:
    karin, company = own_people(world)
    ground.with_service(company, KnoxService.GUARD)
    ours, theirs = devices(world, company, 2)
    with as_operator():
        Msp.objects.filter(pk=world.aurora.pk).update(knox_guard=False)

    with pytest.raises(RuleBroken, match="Samsung opens Knox Guard for each MSP separately"):
        act(GUARD, "reject", ours, by=world.alice, params={"reason": "Not ours"})
    act(GUARD, "reject", theirs, by=karin, params={"reason": "Not ours"})

    assert (state(ours, GUARD), state(theirs, GUARD)) == ("pending", "rejected")


def test_an_accepted_device_is_active_once_it_has_started(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)

    act(GUARD, "accept", device, by=world.alice, params={"approval_id": "B-1"}, license=license)
    accepted, held = state(device, GUARD), seats(license)
    answer(world, device)

    assert (accepted, held, state(device, GUARD)) == ("activating", [device.pk], "active")
    assert facts(device, GUARD)["approval_id"] == "B-1"


def test_an_approval_id_is_one_devices(world: World) -> None:
    customer, license = guarded(world)
    one, other = devices(world, customer, 2)
    act(GUARD, "accept", one, by=world.alice, params={"approval_id": "B-1"}, license=license)

    with pytest.raises(RuleBroken) as no:
        act(GUARD, "accept", other, by=world.alice, params={"approval_id": "B-1"}, license=license)

    assert no.value.field == "approval_id"
    assert (state(other, GUARD), seats(license)) == ("pending", [one.pk])


def test_the_schema_keeps_an_approval_id_to_one_device(world: World) -> None:
    customer, license = guarded(world)
    one, other = devices(world, customer, 2)
    act(GUARD, "accept", one, other, by=world.alice, params={"approval_id": ""}, license=license)

    with pytest.raises(IntegrityError, match="guard_approval_id_once"), as_operator(), transaction.atomic():
        Enrollment.objects.filter(customer=customer).update(facts={"approval_id": "B-1"})


def test_several_devices_get_their_own_numbers_as_approval_ids(world: World) -> None:
    customer, license = guarded(world)
    several = devices(world, customer, 2)

    act(GUARD, "accept", *several, by=world.alice, params={"approval_id": ""}, license=license)

    assert [facts(one, GUARD)["approval_id"] for one in several] == [str(one) for one in several]


def test_a_number_that_another_device_was_given_is_not_given_again(world: World) -> None:
    customer, license = guarded(world)
    one, other = devices(world, customer, 2)
    act(GUARD, "accept", one, by=world.alice, params={"approval_id": str(other)}, license=license)

    with pytest.raises(RuleBroken, match="Accept that device alone"):
        act(GUARD, "accept", other, by=world.alice, params={"approval_id": ""}, license=license)


def test_a_device_that_does_not_start_within_seven_days_is_pending_again(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": "B-1"}, license=license)

    clocks.run(timezone.now() + timedelta(days=6, hours=23))
    in_time = state(device, GUARD)
    clocks.run(timezone.now() + timedelta(days=7, minutes=1))

    assert (in_time, state(device, GUARD), seats(license)) == ("activating", "pending", [])


def test_a_device_is_reminded_locked_and_unlocked(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    seen = []

    for code, params in [
        ("accept", {"approval_id": "B-1"}), ("remind", {"message": "Soon"}), ("stop_reminder", {}), ("lock", MESSAGE),
        ("message", MESSAGE), ("unlock", {}),
    ]:  # fmt: skip
        act(GUARD, code, device, by=world.alice, params=params, license=license)
        seen.append(state(device, GUARD))
        answer(world, device)
        seen.append(state(device, GUARD))

    assert seen == [
        "activating", "active", "starting_reminder", "reminder_on", "stopping_reminder", "active",
        "locking", "locked", "locked", "locked", "unlocking", "active",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "last"),
    [
        (["remind"], "lock"),
        (["remind", "stop_reminder"], "lock"),
        (["remind", "stop_reminder"], "remind"),
        (["lock", "unlock"], "lock"),
    ],
)
def test_a_device_that_stays_offline_is_told_the_last_word(world: World, before: list[str], last: str) -> None:
    """knox.md 6.6: "may lock straight from the blinking state". What it has not fetched is replaced."""
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, device)
    for code in before:
        act(GUARD, code, device, by=world.alice, params=MESSAGE)

    act(GUARD, last, device, by=world.alice, params=MESSAGE)
    told = agents.check_in(f"secret of {device.pk}").commands
    answers.report(f"secret of {device.pk}", answers=[{"id": one["id"], "state": "done"} for one in told])

    assert [one["action"] for one in told] == [last]
    assert state(device, GUARD) == {"lock": "locked", "remind": "reminder_on"}[last]


@pytest.mark.parametrize("is_locking", [True, False], ids=["Locking", "Unlocking"])
def test_an_offline_payg_device_gets_another_paid_period(world: World, *, is_locking: bool) -> None:
    customer, license = guarded(world, **PAYG)
    (device,) = devices(world, customer)
    act(GUARD, "accept_payg", device, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, device)
    slip, until = (timezone.now() + timedelta(days=days) for days in (3000, 30))
    act(GUARD, "pay", device, by=world.alice, params={"paid_until": slip})
    if is_locking:
        answer(world, device)
        act(GUARD, "lock", device, by=world.alice, params=MESSAGE)

    act(GUARD, "pay", device, by=world.alice, params={"paid_until": until})
    told = agents.check_in(f"secret of {device.pk}").commands

    assert ([one["action"] for one in told], state(device, GUARD)) == (["pay"], "unlocking")
    clocks.run(until + timedelta(minutes=1))
    assert state(device, GUARD) == "locked"


def test_completing_can_be_cancelled_for_two_days(world: World) -> None:
    customer, license = guarded(world)
    kept, gone = devices(world, customer, 2)
    act(GUARD, "accept", kept, gone, by=world.alice, params={"approval_id": ""}, license=license)
    answer(world, kept)
    answer(world, gone)
    act(GUARD, "complete", kept, gone, by=world.alice)

    clocks.run(timezone.now() + timedelta(days=1, hours=23))
    act(GUARD, "cancel_completing", kept, by=world.alice)
    clocks.run(timezone.now() + timedelta(days=2, minutes=1))

    assert (state(kept, GUARD), state(gone, GUARD), seats(license)) == ("active", "completed", [kept.pk])
    with pytest.raises(RuleBroken, match="Completed"):
        act(GUARD, "cancel_completing", gone, by=world.alice)


def test_completing_says_for_how_many_days_it_can_be_cancelled(world: World, client: Client) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer, 1)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": ""}, license=license)
    answer(world, device)
    with as_operator():
        Setting.objects.create(name="guard_completing_days", value=3, reason="test")
    client.force_login(world.alice)

    address = reverse("customer-console-act", args=[customer.kcs_id, GUARD.slug, "complete"])
    page = text(client.get(f"{address}?device={device.pk}"))

    assert "Knox Guard leaves the devices after 3 days. Until then you can cancel." in page


def test_a_device_that_was_offline_hears_later_that_it_is_completed(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": ""}, license=license)
    answer(world, device)
    act(GUARD, "sim", device, by=world.alice, params={"operators": []})
    act(GUARD, "complete", device, by=world.alice)

    clocks.run(timezone.now() + timedelta(days=2, minutes=1))
    told = agents.check_in(f"secret of {device.pk}").commands

    assert (state(device, GUARD), [one["action"] for one in told]) == ("completed", ["complete"])


def test_a_completed_device_that_is_deleted_still_hears_of_it_until_it_is_accepted_anew(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": ""}, license=license)
    answer(world, device)
    act(GUARD, "complete", device, by=world.alice)
    clocks.run(timezone.now() + timedelta(days=2, minutes=1))

    act(GUARD, "delete", device, by=world.alice)
    deleted = agents.check_in(f"secret of {device.pk}").commands
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": ""}, license=license)
    accepted = agents.check_in(f"secret of {device.pk}").commands

    assert ([one["action"] for one in deleted], [one["action"] for one in accepted]) == (["complete"], ["accept"])


def test_a_payg_device_starts_locked_and_locks_again_when_the_paid_period_is_over(world: World) -> None:
    customer, license = guarded(world, **PAYG)
    (device,) = devices(world, customer)
    act(GUARD, "accept_payg", device, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, device)
    started = state(device, GUARD)
    until = timezone.now() + timedelta(days=30)

    act(GUARD, "pay", device, by=world.alice, params={"paid_until": until})
    answer(world, device)
    clocks.run(until - timedelta(minutes=1))
    paid = state(device, GUARD)
    clocks.run(until + timedelta(minutes=1))

    assert (started, paid, state(device, GUARD)) == ("locked", "active", "locked")


@pytest.mark.parametrize("code", ["accept_payg", "pay", "complete_payg", "cancel_completing_payg"])
def test_a_normal_tenant_has_no_paid_periods(world: World, code: str) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)

    with pytest.raises(RuleBroken, match="tenant type") as no:
        act(GUARD, code, device, by=world.alice, params={"approval_id": "B-1"}, license=license)

    assert no.value.status == 403


def test_rejected_and_completed_devices_leave_knox_guard(world: World) -> None:
    customer, _ = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "reject", device, by=world.alice, params={"reason": "Not ours"})
    rejected = state(device, GUARD)

    act(GUARD, "delete", device, by=world.alice)

    assert rejected == "rejected"
    assert enrollment(device, GUARD) is None


def test_a_device_resets_when_its_license_ends_and_is_pending_then(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, device)

    with as_operator():
        license.seats_in_use.all().delete()
    clocks.run()
    resetting = state(device, GUARD)
    clocks.run(timezone.now() + timedelta(days=1, minutes=1))

    assert (resetting, state(device, GUARD)) == ("resetting", "pending")


def test_what_waits_for_a_device_is_cancelled_when_it_is_pending_again(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": "B-1"}, license=license)

    clocks.run(timezone.now() + timedelta(days=8))
    answer(world, device)

    with as_operator():
        assert Command.objects.get(device=device).state == "cancelled"
    assert state(device, GUARD) == "pending"


@pytest.mark.parametrize("typed", ["", "2020-01-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00", "later"])
def test_a_paid_period_ends_in_time_to_come(typed: str) -> None:
    assert guard.PaidForm({"paid_until": typed}).errors["paid_until"] == [guard.PaidUntil.wrong]


def test_a_paid_period_is_read_in_the_persons_time_zone() -> None:
    with timezone.override("Asia/Seoul"):
        form = guard.PaidForm({"paid_until": "2027-05-01T18:00"})

        assert form.is_valid()
    assert form.cleaned_data["paid_until"].isoformat() == "2027-05-01T18:00:00+09:00"


def test_a_device_that_locked_itself_offline_is_active_and_locked(world: World) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, device)

    act(GUARD, "offline", device, by=world.alice, params={"offline_days": 3})
    answers.report(f"secret of {device.pk}", facts={"KG": {"offline_locked": True}})

    own = facts(device, GUARD)
    assert own["offline_days"] == 3
    assert GUARD.standing(state(device, GUARD), own).label == "Active | Locked"
    assert GUARD.standing("locked", own).label == "Locked"
    answers.report(f"secret of {device.pk}", facts={"KG": {"offline_locked": False}})
    assert GUARD.standing(state(device, GUARD), facts(device, GUARD)).label == "Active"


def test_a_payg_tenant_has_no_offline_lock(world: World) -> None:
    customer, _ = guarded(world, **PAYG)
    (device,) = devices(world, customer)

    with pytest.raises(RuleBroken, match="tenant type"):
        act(GUARD, "offline", device, by=world.alice, params={"offline_days": 3})


def test_sim_control_names_networks() -> None:
    good, bad = guard.SimForm({"operators": "26201\n310410\n26201"}), guard.SimForm({"operators": "Vodafone"})

    assert good.is_valid()
    assert good.cleaned_data["operators"] == ["26201", "310410"]
    assert "Vodafone is not the number of a network" in str(bad.errors)


def test_a_number_that_a_pending_device_was_given_is_free_again(world: World) -> None:
    customer, license = guarded(world)
    one, other = devices(world, customer, 2)
    act(GUARD, "accept", one, by=world.alice, params={"approval_id": str(other)}, license=license)
    with as_operator():
        Enrollment.objects.filter(device=one).update(state="pending")

    act(GUARD, "accept", other, by=world.alice, params={"approval_id": ""}, license=license)

    assert facts(other, GUARD)["approval_id"] == str(other)
