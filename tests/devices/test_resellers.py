"""Resellers and customers: who adds and registers whom, and that a reseller learns nothing about others (FAQ Q6)."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event
from devices import approvals, resellers
from devices.models import Approval, Device, ResellerCustomer
from onboarding import endings
from tenants import public_ids
from tenants.models import Customer, Management
from tests.devices.relations import add, auto_approve, refusal, register, remove, stored
from tests.devices.sending import from_reseller, imeis
from tests.world import second_reseller

PENDING, ACTIVE, INACTIVE = ResellerCustomer.State
NOBODY = "4000000002"
NO = (
    "We cannot upload to the KCS Customer ID {}. Check it with the customer, and ask whether your company may upload "
    "for it."
)


def names_seen(world):
    """The customers whose rows the reseller can read."""
    with acting_as(world.rita), as_reseller():
        return list(Customer.objects.values_list("name", flat=True))


def test_a_reseller_adds_a_customer_and_reads_no_name_yet(world):
    added = add(world, f" {world.first.kcs_id[:4]} {world.first.kcs_id[4:]} ", internal_reference=" Berlin stores ")

    assert (added.state, added.kcs_id, added.internal_reference) == (PENDING, world.first.kcs_id, "Berlin stores")
    assert names_seen(world) == []


def test_the_same_customer_twice_changes_nothing(world):
    add(world, world.first.kcs_id)

    sentence, status, field = refusal(add, world, world.first.kcs_id)

    assert sentence.startswith(f"The KCS Customer ID {world.first.kcs_id} was added to your list on ")
    assert (status, field) == (409, "kcs_id")


def test_an_msp_id_is_named_and_the_reseller_reads_which_one_to_ask_for(world):
    for kind, typed in (("an MSP ID", world.aurora.public_id), ("a Reseller ID", world.reseller.public_id)):
        assert refusal(add, world, typed) == (
            f"{typed} is {kind}. Devices go to a customer, never to an MSP. Ask the MSP for the KCS Customer ID of its "
            "customer.",
            422,
            "kcs_id",
        )


def test_an_msp_id_that_nobody_has_is_refused_like_one_that_somebody_has(world):
    """The kind is in the digits: nothing is looked up."""
    unused = "7" + "1" * 8
    unused = next(unused + digit for digit in "0123456789" if public_ids.kind_of(unused + digit))

    with CaptureQueriesContext(connection) as asked:
        known, unknown = refusal(add, world, world.aurora.public_id), refusal(add, world, unused)

    assert known[0].replace(world.aurora.public_id, "") == unknown[0].replace(unused, "")
    assert not any("tenants_" in one["sql"] for one in asked)


def _refused_ids(world):
    """An ID that nobody has, one of a region where the reseller does not sell, and one that removed it."""
    relation = register(world, world.second)
    remove(world, relation)
    return NOBODY, world.foreign.kcs_id, world.second.kcs_id


def test_every_refusal_that_would_tell_about_others_is_the_same(world):
    ids = _refused_ids(world)

    got = [refusal(add, world, typed) for typed in ids]

    assert got == [(NO.format(typed), 422, "kcs_id") for typed in ids]


def test_every_such_refusal_asks_the_same_of_the_database(world):
    shapes = []
    for typed in _refused_ids(world):
        with CaptureQueriesContext(connection) as asked:
            refusal(add, world, typed)
        shapes.append([one["sql"][:40] for one in asked if "SAVEPOINT" not in one["sql"]])

    assert len(shapes[0]) > 4
    assert shapes[0] == shapes[1] == shapes[2]


def test_a_refused_try_stays_in_the_history_of_the_customer_with_its_reason(world):
    """As a page does: the refusal is caught inside the transaction."""
    with acting_as(world.rita), as_reseller():
        refusal(resellers.add_customer, world.reseller, world.foreign.kcs_id, by=world.rita)

    with as_operator():
        event = Event.objects.get(verb="customer.reseller_refused", customer_id=world.foreign.pk)

    assert event.sentence == "tried to upload as Resell: Samsung has not authorized Resell for North America."
    assert event.msp_id == world.borealis.pk


def test_uploads_go_to_customers_of_the_list_only(world):
    def target(typed):
        with acting_as(world.rita), as_reseller():
            return resellers.target(world.reseller, typed, by=world.rita)

    add(world, world.first.kcs_id)
    not_added = [refusal(target, typed) for typed in (world.second.kcs_id, NOBODY)]

    assert target(world.first.kcs_id) == world.first
    assert not_added == [(NO.format(typed), 422, "kcs_id") for typed in (world.second.kcs_id, NOBODY)]
    assert refusal(from_reseller, world, imeis(1), target=world.second)[1:] == (422, "customer")


def test_registering_lets_the_reseller_read_the_name(world):
    relation = register(world)

    assert (relation.state, relation.registered_at is not None) == (ACTIVE, True)
    assert names_seen(world) == ["Fjordline Freight"]


def test_registering_takes_what_the_reseller_added_before(world):
    added = add(world, world.first.kcs_id, internal_reference="Berlin")

    registered = register(world)

    assert (registered.pk, stored(world).internal_reference) == (added.pk, "Berlin")


def test_the_look_up_shows_name_and_place_and_registers_nothing(world):
    with acting_as(world.alice), transaction.atomic():
        found = resellers.look_up(world.reseller.public_id, customer=world.first, msp=world.aurora, by=world.alice)

    assert (found.name, found.city, found.country_name) == ("Resell", "Berlin", "Germany")
    with as_operator():
        assert not ResellerCustomer.objects.exists()


def test_a_reseller_id_that_nobody_has_is_refused(world):
    license_reseller_id = world.license_reseller.public_id

    got = [refusal(register, world, reseller_id=typed)[0] for typed in (license_reseller_id, "8000000003")]

    assert (
        got
        == ["Samsung has not approved a reseller with this Reseller ID. Check the ten digits, or ask the reseller."] * 2
    )


def test_what_is_no_reseller_id_is_refused_with_the_reason(world):
    for typed in ("12", world.aurora.public_id, world.first.kcs_id):
        reason = public_ids.problem(typed, wanted=public_ids.Kind.RESELLER)

        assert refusal(register, world, reseller_id=typed) == (reason, 422, "reseller_id")


def test_a_reseller_of_another_region_cannot_be_registered(world):
    with acting_as(world.bob), transaction.atomic():
        sentence, status, _ = refusal(
            resellers.register, world.foreign, world.reseller.public_id, msp=world.borealis, by=world.bob
        )

    assert (sentence, status) == (
        "Samsung has not authorized Resell for North America. Choose a reseller that sells there.",
        422,
    )


def test_registering_twice_changes_nothing(world):
    register(world)

    assert refusal(register, world) == (
        "Fjordline Freight already has the reseller Resell. Nothing changed.",
        409,
        None,
    )


def test_an_auto_approved_reseller_waits_for_no_click(world):
    auto_approve(world, register(world))

    upload = from_reseller(world, imeis(2), target=world.first)

    with as_operator():
        states = set(Device.objects.filter(approval__upload=upload).values_list("state", flat=True))
    assert states == {"verified"}


def test_auto_approve_can_be_taken_back(world):
    relation = auto_approve(world, register(world))

    auto_approve(world, relation, to=False)
    upload = from_reseller(world, imeis(1), target=world.first)

    with as_operator():
        assert Approval.objects.get(upload=upload).state == "pending"


def test_only_a_registered_reseller_is_auto_approved(world):
    add(world, world.first.kcs_id)

    sentence, status, _ = refusal(auto_approve, world, stored(world))

    assert (sentence, status) == ("Resell is not registered at Fjordline Freight. Register it first.", 409)


def test_a_removed_reseller_reads_no_name_and_uploads_nothing(world):
    relation = auto_approve(world, register(world))

    remove(world, relation)

    now = stored(world)
    assert (now.state, now.auto_approve, names_seen(world)) == (INACTIVE, False, [])
    assert refusal(add, world, world.first.kcs_id)[0] == NO.format(world.first.kcs_id)
    assert refusal(remove, world, relation) == ("Resell is no reseller of Fjordline Freight any more.", 409, None)


def test_a_reseller_is_not_refused_for_another_one_that_was_removed(world):
    remove(world, register(world))
    otto, handel = second_reseller(world)

    with acting_as(otto), as_reseller():
        added = resellers.add_customer(handel, world.first.kcs_id, by=otto)

    assert added.state == PENDING


def test_approving_what_waited_does_not_bring_a_removed_reseller_back(world):
    relation = register(world)
    upload = from_reseller(world, imeis(2), target=world.first)
    remove(world, relation)

    with acting_as(world.alice):
        approvals.approve(Approval.objects.get(upload=upload), by=world.alice)

    assert (stored(world).state, names_seen(world)) == (INACTIVE, [])


def test_a_customer_changes_its_own_relation_alone(world):
    register(world)
    theirs = register(world, world.second)

    auto_approve(world, theirs)
    remove(world, stored(world))
    register(world)

    assert [(one.state, one.auto_approve) for one in (stored(world), stored(world, world.second))] == [
        ("active", False),
        ("active", True),
    ]


def test_a_removed_reseller_can_be_registered_again_but_is_not_auto_approved(world):
    remove(world, auto_approve(world, register(world)))

    register(world)

    now = stored(world)
    assert (now.state, now.auto_approve) == (ACTIVE, False)


def test_what_both_sides_did_is_in_the_history_of_the_customer(world):
    remove(world, auto_approve(world, register(world)))

    with as_operator():
        told = [one.sentence for one in Event.objects.of_customer(world.first.pk) if "reseller" in one.verb]

    assert told[::-1] == [
        "registered the reseller Resell",
        "lets the portal approve uploads of Resell by itself",
        "removed the reseller Resell",
    ]


def test_a_customer_acts_for_itself_in_its_own_portal(world):
    with acting_as(world.carl), transaction.atomic():
        resellers.register(world.contoso, world.reseller.public_id, by=world.carl)

    with as_operator():
        event = Event.objects.get(verb="reseller.registered")
    assert (event.side, event.customer_id, event.msp_id) == ("customer", world.contoso.pk, None)


def test_an_msp_that_let_the_customer_go_hears_of_no_reseller(world):
    with as_operator():
        endings.end(Management.objects.select_related("customer", "msp").get(customer=world.first))

    add(world, world.first.kcs_id)

    with as_operator():
        event = Event.objects.get(verb="customer.reseller_added", customer_id=world.first.pk)
    assert event.msp_id is None
