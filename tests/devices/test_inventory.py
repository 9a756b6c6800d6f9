"""What lists of devices ask for, and the acts on many devices, by the verbs alone."""

import pytest
from django.http import QueryDict

from accounts.acting import acting_as
from audit.models import Event
from devices import identifiers, inventory, picked_devices, resellers
from devices.inventory import Filters, Picked
from devices.models import Device
from rules.errors import RuleBroken
from tests.devices.sending import AMERICA, MEID, added, from_reseller, imei


def found(customer, query):
    """The numbers of the devices that the address of a list asks for."""
    rows = Filters.read(QueryDict(query)).of(Device.objects.filter(customer=customer))
    return sorted(device.identifier for device in rows)


def waits(world, number):
    """A reseller that Aurora knows sends a device for its first customer."""
    resellers.register(world.first, world.reseller.public_id, by=world.alice, msp=world.aurora)
    from_reseller(world, [number], target=world.first)


def picked(customer, *devices, query=""):
    ids = "".join(f"&device={device.pk}" for device in devices)
    return Picked.read(customer, QueryDict(query + ids))


@pytest.fixture
def three(world):
    """Of the first customer: two of one model, the second of these with a tag, and one of another model."""
    added(world.alice, [imei(1)], customer=world.first)
    added(world.alice, [imei(2)], customer=world.first, tags=["drivers"], order_number="PO7")
    added(world.alice, [MEID], customer=world.first, default_model="SM-A566B")
    with acting_as(world.alice):
        yield list(Device.objects.order_by("pk"))


@pytest.mark.parametrize("typed", [imei(1), f"{imei(1)[:2]} {imei(1)[2:8]}-{imei(1)[8:]}", f" {imei(1)} "])
def test_a_device_is_found_by_its_whole_number_however_it_is_spaced(world, three, typed):
    assert found(world.first, f"q={typed}") == [imei(1)]


@pytest.mark.parametrize("typed", [imei(1)[:14], imei(1)[1:], imei(999), "a", "'; DROP TABLE", "=1+1"])
def test_nothing_is_found_by_a_part_of_a_number(world, three, typed):
    assert found(world.first, f"q={typed}") == []


def test_a_meid_is_found_in_small_letters(world, three):
    assert found(world.first, "q=a0000012345678") == [MEID]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", [0, 1, 2]),
        ("model=SM-S9", [0, 1]),
        ("model=sm-a566b", [2]),
        ("model=galaxy a", [2]),
        ("model=S921B", []),
        ("tag=drivers", [1]),
        ("tag=drivers&tag=pilot", []),
        ("state=pending", []),
        ("state=all", [0, 1, 2]),
        ("reseller=none", [0, 1, 2]),
        ("reseller=1", []),
        ("reseller=x", [0, 1, 2]),
        ("upload=99999999999999999999", [0, 1, 2]),
        ("upload=1&q=x\x00", []),
    ],
)
def test_each_filter_narrows_the_list(world, three, query, wanted):
    assert found(world.first, query) == sorted(three[at].identifier for at in wanted)


def test_an_upload_names_its_devices(world, three):
    upload = three[1].approval.upload_id

    assert found(world.first, f"upload={upload}") == [imei(2)]


def test_pending_devices_are_shown_only_where_one_asks_for_them_or_knows_the_number(world, three):
    waits(world, imei(8))

    assert found(world.first, "") == sorted([imei(1), imei(2), MEID])
    assert found(world.first, "state=pending") == [imei(8)]
    assert found(world.first, f"q={imei(8)}") == [imei(8)]


def test_what_is_searched_for_in_vain_has_its_reason():
    assert Filters.read(QueryDict(f"q={imei(1)[:14]}")).problem == (
        "This IMEI has 14 digits and needs 15. A spreadsheet may have removed a zero at the start. Compare it with "
        "the box."
    )


def test_tags_are_added_once_to_those_that_do_not_have_them(world, three):
    count = picked_devices.tag(picked(world.first, *three), ["pilot", "drivers"], by=world.alice)
    again = picked_devices.tag(picked(world.first, *three), ["drivers"], by=world.alice)

    tags = [device.tags for device in Device.objects.all()]
    assert (count, again, tags) == (3, 0, [["drivers", "pilot"]] * 3)


def test_tags_are_removed_where_they_are(world, three):
    count = picked_devices.untag(picked(world.first, *three), ["drivers", "none such"], by=world.alice)

    assert (count, Device.objects.get(pk=three[1].pk).tags) == (1, [])


def test_no_device_gets_more_tags_than_the_rule_says(world, three):
    picked_devices.tag(picked(world.first, three[0]), [f"tag {number}" for number in range(20)], by=world.alice)

    with pytest.raises(RuleBroken, match="1 device would have more"):
        picked_devices.tag(picked(world.first, *three), ["one more"], by=world.alice)

    assert not Device.objects.filter(tags__contains=["one more"]).exists()


def test_a_deleted_device_can_be_uploaded_again_by_anybody(world, three):
    count = picked_devices.delete(picked(world.first, three[0]), at_most=1, by=world.alice)

    added(world.alice, [imei(1)], customer=world.second)
    assert (count, found(world.first, ""), found(world.second, "")) == (1, [imei(2), MEID], [imei(1)])


def test_everything_that_matches_is_deleted_and_nothing_else(world, three):
    count = picked_devices.delete(picked(world.first, query="all=1&model=SM-S921B"), at_most=2, by=world.alice)

    assert (count, found(world.first, "")) == (2, [MEID])


def test_what_came_in_since_the_person_confirmed_stays(world, three):
    with pytest.raises(RuleBroken, match="3 devices match now, and you confirmed 2"):
        picked_devices.delete(picked(world.first, query="all=1"), at_most=2, by=world.alice)

    assert len(found(world.first, "")) == 3


def test_the_second_of_two_people_deletes_what_is_left(world, three):
    both = picked(world.first, *three[:2])
    picked_devices.delete(picked(world.first, three[0]), at_most=1, by=world.alice)

    assert picked_devices.delete(both, at_most=2, by=world.alice) == 1
    with pytest.raises(RuleBroken, match="These devices are not there any more"):
        picked_devices.delete(both, at_most=2, by=world.alice)


def test_devices_of_another_customer_are_left_alone(world, three):
    added(world.alice, [imei(5)], customer=world.second)
    other = Device.objects.get(imei=imei(5))

    picked_devices.tag(picked(world.first, three[0], other), ["mine"], by=world.alice)
    picked_devices.delete(picked(world.first, three[0], other), at_most=2, by=world.alice)

    other.refresh_from_db()
    assert other.tags == []


def test_pending_devices_are_not_for_acts(world, three):
    waits(world, imei(8))

    count = picked_devices.delete(picked(world.first, query="all=1&state=all"), at_most=4, by=world.alice)

    assert (count, found(world.first, "state=all")) == (3, [imei(8)])


def test_an_act_is_one_line_of_history_with_the_count(world, three):
    picked_devices.tag(picked(world.first, *three), ["pilot"], by=world.alice)
    picked_devices.delete(picked(world.first, three[0]), at_most=1, by=world.alice)

    events = Event.objects.filter(verb__startswith="device.").order_by("pk")
    assert [(one.actor_name, one.side, one.customer_id, one.sentence) for one in events] == [
        ("Alice Example", "msp", world.first.pk, "tagged 3 devices: pilot"),
        ("Alice Example", "msp", world.first.pk, f"deleted {imei(1)}"),
    ]


def test_who_only_views_cannot_act_even_past_the_door(world, three):
    with acting_as(world.vera):
        with pytest.raises(RuleBroken, match="There is nothing here"):
            picked_devices.delete(picked(world.first, three[0]), at_most=1, by=world.vera)

        assert Device.objects.count() == 3


def test_an_msp_finds_a_device_of_whichever_customer_by_its_number(world, three):
    added(world.bob, [imei(7, AMERICA)], customer=world.foreign)

    assert inventory.find(imei(2), world.aurora) == three[1]
    assert inventory.find(imei(7, AMERICA), world.aurora) is None
    with acting_as(world.mira):  # works for both MSPs
        assert inventory.find(imei(7, AMERICA), world.aurora) is None
        assert inventory.find(imei(7, AMERICA), world.borealis).customer_id == world.foreign.pk


def test_the_numbers_of_these_tests_are_valid():
    assert identifiers.read(imei(1)) == (imei(1), "")
