"""What devices of a reseller get when they are approved (knox.md 4.4): a default, or the profile that it named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event
from devices import approvals, resellers
from devices.inventory import Some
from devices.models import Approval, ResellerCustomer, Upload
from rules.errors import RuleBroken
from services import engine, preferences, things
from services.engine import Options
from services.models import Preference
from services.modules.mobile_enrollment import ADVANCED
from tests.constraints import refused
from tests.devices import sending
from tests.devices.deciding import deciding, ids, waiting
from tests.devices.sending import imeis
from tests.services.giving import given, prefer, profile, registered, told
from tests.world import second_reseller

NOBODY = "4000000002"
ASSIGNED = ("profile_assigned", "Store phones")


@pytest.fixture
def relation(world):
    return registered(world, world.first)


def approved(world, approval):
    deciding(world.alice, approvals.approve, approval)
    preferences.apply()
    return given(approval)


def named(world, name, *, customer=None, first=0):
    """An upload of two devices with which the reseller names a profile."""
    return sending.waiting(world, imeis(2, first=first), customer=customer or world.first, profile=name)


def test_approved_devices_get_the_default(world, relation):
    prefer(world, relation, profile(world, world.first))

    approval = waiting(world)

    assert approved(world, approval) == [ASSIGNED] * 3
    assert told() == [
        f"gave 3 devices of upload {approval.upload_id} the profile Store phones of Knox Mobile Enrollment"
    ]


def test_devices_that_are_approved_by_themselves_get_the_default(world, relation):
    prefer(world, relation, profile(world, world.first))
    deciding(world.alice, resellers.approve_by_itself, relation, to=True, msp=world.aurora)

    approval = waiting(world)
    preferences.apply()

    assert given(approval) == [ASSIGNED] * 3


def test_devices_that_nobody_approved_get_nothing(world, relation):
    prefer(world, relation, profile(world, world.first))
    approval = waiting(world)

    deciding(world.alice, approvals.approve_some, approval, ids(approval)[:1])
    preferences.apply()

    assert given(approval) == [ASSIGNED]


def test_without_a_default_nothing_is_given(world, relation):
    profile(world, world.first)

    assert (approved(world, waiting(world)), told(), preferences.apply()) == ([], [], 0)


def test_the_default_is_for_one_reseller_at_one_customer(world, relation):
    registered(world, world.second)
    profile(world, world.second)
    prefer(world, relation, profile(world, world.first))

    assert approved(world, waiting(world, customer=world.second, first=10)) == []


def test_what_a_person_took_away_is_not_given_again(world, relation):
    prefer(world, relation, profile(world, world.first))
    approval = waiting(world)
    first, *others = ids(approval)
    deciding(world.alice, approvals.approve_some, approval, [first])
    preferences.apply()
    clear = preferences.CONSOLE.action("clear")
    deciding(world.alice, engine.act, Some(world.first, [first]), preferences.CONSOLE, clear, options=Options())

    assert approved(world, approval) == [ASSIGNED] * len(others)


def test_a_deleted_profile_is_no_default(world, relation):
    thing = profile(world, world.first)
    prefer(world, relation, thing)

    with acting_as(world.alice):
        things.delete(thing, by=world.alice)

    with as_operator():
        assert not Preference.objects.exists()
    assert approved(world, waiting(world)) == []


def test_the_default_goes_with_the_reseller(world, relation):
    prefer(world, relation, profile(world, world.first))
    approval = waiting(world)

    deciding(world.alice, preferences.remove, relation, msp=world.aurora)

    assert approved(world, approval) == []


def of_each(world):
    """Both resellers at the first customer and one of them at the second, each with a default profile."""
    _, handel = second_reseller(world)
    pairs = [(world.first, world.reseller), (world.first, handel), (world.second, world.reseller)]
    relations = [registered(world, customer, reseller) for customer, reseller in pairs]
    for place, customer in enumerate((world.first, world.second)):
        thing = profile(world, customer)
        for relation in (relations[:2], relations[2:])[place]:
            prefer(world, relation, thing)
    return relations


def whose():
    with as_operator():
        return sorted(Preference.objects.values_list("customer", "reseller"))


def test_each_reseller_has_a_default_of_its_own_at_each_customer(world):
    relations = of_each(world)

    assert whose() == sorted((one.customer_id, one.reseller_id) for one in relations)
    with acting_as(world.alice):
        assert {one.customer for one in preferences.defaults(world.first).values()} == {world.first}


def test_clearing_a_default_leaves_those_of_others(world):
    cleared, *others = of_each(world)

    prefer(world, cleared, None)

    assert whose() == sorted((one.customer_id, one.reseller_id) for one in others)


def test_removing_a_reseller_leaves_the_defaults_of_others(world):
    removed, *others = of_each(world)

    deciding(world.alice, preferences.remove, removed, msp=world.aurora)

    assert whose() == sorted((one.customer_id, one.reseller_id) for one in others)


def test_a_profile_that_needs_seats_is_no_default(world, relation):
    thing = profile(world, world.first, type=ADVANCED)

    with pytest.raises(RuleBroken) as no:
        prefer(world, relation, thing)

    assert no.value.field == "profile"


def test_a_profile_of_another_customer_is_no_default(world, relation):
    thing = profile(world, world.second)
    profile(world, world.first)

    with pytest.raises(RuleBroken):
        prefer(world, relation, thing)
    row = f"{world.first.pk}, {world.reseller.pk}, 'KME', {thing.pk}"
    into = "services_preference (customer_id, reseller_id, service, thing_id)"
    put = f"INSERT INTO {into} VALUES ({row})"  # noqa: S608  (keys of this test)
    assert "preference_of_the_things_customer" in refused(put)


def test_only_a_registered_reseller_has_a_default(world):
    thing = profile(world, world.first)
    waiting(world)
    with as_operator():
        pending = ResellerCustomer.objects.get(customer=world.first)

    with pytest.raises(RuleBroken) as no:
        prefer(world, pending, thing)

    assert str(no.value) == "Resell is not registered at Fjordline Freight. Register it first."


def test_a_named_profile_comes_before_the_default(world, relation):
    prefer(world, relation, profile(world, world.first))
    profile(world, world.first, "Drivers")

    assert approved(world, named(world, "DRIVERS")) == [("profile_assigned", "Drivers")] * 2
    assert approved(world, named(world, "Unknown", first=10)) == [ASSIGNED] * 2


def test_a_named_profile_that_needs_seats_is_not_given_and_the_log_says_why(world, relation):
    profile(world, world.first, type=ADVANCED)

    assert approved(world, named(world, "Store phones")) == []
    assert [one.partition(": ")[2] for one in told()] == [
        "Each device needs a seat in Knox Mobile Enrollment. Choose a license, or enter a license key first."
    ]


def test_giving_takes_as_many_statements_for_many_devices(world, relation):
    prefer(world, relation, profile(world, world.first))

    def statements(count, first):
        deciding(world.alice, approvals.approve, waiting(world, count, first=first))
        with CaptureQueriesContext(connection) as asked:
            preferences.apply()
        return len(asked)

    assert statements(60, 100) <= statements(2, 0)


def test_more_devices_than_a_block_get_it(world, relation, monkeypatch):
    monkeypatch.setattr(preferences, "BLOCK", 2)
    prefer(world, relation, profile(world, world.first))

    assert approved(world, waiting(world, 5)) == [ASSIGNED] * 5
    with as_operator():
        assert not Approval.objects.filter(preferences_due=True).exists()


def address(world, relation):
    return reverse("customer-reseller-preferences", args=[world.first.kcs_id, relation.pk])


def test_the_default_is_chosen_shown_and_taken_away(world, client, relation):
    thing = profile(world, world.first)
    client.force_login(world.alice)

    pages = [client.post(address(world, relation), {"profile": one}, follow=True).text for one in (thing.pk, "")]

    assert ["get the Mobile Enrollment profile Store phones." in page for page in pages] == [True, False]
    with as_operator():
        events = Event.objects.filter(verb__startswith="reseller.default").order_by("pk")
        assert [one.sentence for one in events] == [
            "gives new devices of Resell the profile Store phones of Knox Mobile Enrollment",
            "gives new devices of Resell no profile of Knox Mobile Enrollment any more",
        ]


def test_profiles_that_need_seats_are_not_offered(world, client, relation):
    profile(world, world.first)
    profile(world, world.first, "Costly", type=ADVANCED)
    profile(world, world.second, "Of another")
    client.force_login(world.alice)

    page = client.get(address(world, relation)).text

    assert [name in page for name in ("Store phones", "Costly", "Of another")] == [True, False, False]


def test_without_a_profile_the_page_says_what_comes_first(world, client, relation):
    profile(world, world.first, "Costly", type=ADVANCED)
    client.force_login(world.alice)

    page = client.get(address(world, relation)).text

    assert "No profile to choose" in page
    assert "Save preferences" not in page


def upload(world, client, profile_name, *, kcs_id=None):
    client.force_login(world.rita)
    target = kcs_id or world.first.kcs_id
    typed = {"target": target, "lines": "\n".join(imeis(2)), "profile": profile_name, "tags": "Berlin, store"}
    return client.post(reverse("reseller-upload-new"), typed)


def test_a_reseller_names_a_profile_and_tags(world, client, relation):
    profile(world, world.first)

    answer = upload(world, client, "Store phones")

    with as_operator():
        sent = Upload.objects.latest("pk")
    assert (answer.status_code, sent.profile, sent.tags) == (302, "Store phones", ["Berlin", "store"])


def test_a_wrong_profile_is_said_beside_its_field(world, client, relation):
    profile(world, world.second, "Of another")

    answer = upload(world, client, "Of another")

    assert (answer.status_code, answer.context["form"].errors["profile"]) == (
        422, ["Of another is not a profile of this customer."],
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Store phones", "Unknown"])
def test_a_reseller_that_is_not_registered_does_not_find_out_profiles(world, client, name):
    profile(world, world.first)
    with acting_as(world.rita), as_reseller():
        resellers.add_customer(world.reseller, world.first.kcs_id, by=world.rita)

    assert upload(world, client, name).status_code == 302


@pytest.mark.parametrize("name", ["Store phones", "Unknown", ""])
def test_of_a_customer_that_it_does_not_serve_a_reseller_reads_the_same_sentence(world, client, name):
    profile(world, world.second)

    said = [
        upload(world, client, name, kcs_id=kcs_id).context["form"].errors for kcs_id in (world.second.kcs_id, NOBODY)
    ]

    assert [list(one) for one in said] == [["target"], ["target"]]
    assert str(said[0]).replace(world.second.kcs_id, NOBODY) == str(said[1])


def test_who_decides_reads_the_named_profile(world, client, relation):
    approval = named(world, "Store phones")
    client.force_login(world.alice)

    page = client.get(reverse("approval", args=[world.first.kcs_id, approval.pk])).text

    assert "Store phones" in page
