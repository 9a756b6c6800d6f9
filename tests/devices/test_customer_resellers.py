"""The pages on which a customer's side keeps its resellers, in both portals."""

from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices import resellers
from tenants import access, roles
from tests.devices.reseller_pages import relation_to, text


def of(world):
    return reverse("customer-resellers", args=[world.first.kcs_id])


def test_a_reseller_is_looked_up_and_then_registered(world, alice):
    shown = text(alice.post(of(world), {"reseller_id": world.reseller.public_id}))
    before = relation_to(world)
    done = alice.post(of(world), {"reseller_id": world.reseller.public_id, "act": "register"}, follow=True)

    assert ("Register reseller" in shown, "Berlin, Germany" in shown, before) == (True, True, None)
    assert "Resell is a reseller of Fjordline Freight now." in text(done)
    assert relation_to(world).state == "active"


def test_the_resellers_of_another_customer_are_not_listed(world, alice):
    with acting_as(world.alice), transaction.atomic():
        resellers.register(world.second, world.reseller.public_id, msp=world.aurora, by=world.alice)

    listed = [
        [row.reseller_name for row, *_ in alice.get(reverse("customer-resellers", args=[one.kcs_id])).context["rows"]]
        for one in (world.first, world.second)
    ]

    assert listed == [[], ["Resell"]]


def test_auto_approve_can_be_undone_at_once(world, alice, added):
    alice.post(of(world), {"reseller_id": world.reseller.public_id, "act": "register"})
    address = reverse("customer-reseller", args=[world.first.kcs_id, relation_to(world).pk])

    page = text(alice.post(address, {"act": "auto-approve"}, follow=True))
    switched_on = relation_to(world).auto_approve
    alice.post(address, {"act": "by-hand"})

    assert ("The portal now approves uploads of Resell by itself." in page, "Undo" in page) == (True, True)
    assert (switched_on, relation_to(world).auto_approve) == (True, False)


def test_a_reseller_is_removed_and_can_come_back(world, alice, added):
    address = reverse("customer-reseller", args=[world.first.kcs_id, relation_to(world).pk])

    page = text(alice.post(address, {"act": "remove"}, follow=True))

    assert "You removed Resell." in page
    assert relation_to(world).state == "inactive"


def test_the_relation_of_another_customer_is_not_there(world, alice, added):
    address = reverse("customer-reseller", args=[world.second.kcs_id, relation_to(world).pk])

    assert alice.post(address, {"act": "remove"}).status_code == 404
    assert relation_to(world).state == "pending"


def test_a_viewer_sees_the_resellers_and_changes_nothing(world, client, added):
    client.force_login(world.vera)

    page = client.get(of(world))
    act = client.post(reverse("customer-reseller", args=[world.first.kcs_id, relation_to(world).pk]), {"act": "remove"})

    assert (page.status_code, "LOOK UP" in text(page), act.status_code) == (200, False, 403)


def test_a_customer_keeps_its_resellers_itself(world, client):
    client.force_login(world.carl)
    address = reverse("admin-portal-resellers")

    client.post(address, {"reseller_id": world.reseller.public_id, "act": "register"})
    own = relation_to(world, world.contoso)
    client.post(reverse("admin-portal-reseller", args=[own.pk]), {"act": "auto-approve"})

    page = text(client.get(address))
    assert ("Resell" in page, "The portal approves its uploads by itself." in page) == (True, True)


def test_people_of_another_customer_change_nothing(world, client, added):
    client.force_login(world.carl)

    response = client.post(reverse("admin-portal-reseller", args=[relation_to(world).pk]), {"act": "remove"})

    assert (response.status_code, relation_to(world).state) == (404, "pending")


def test_whoever_may_not_approve_is_not_offered_to_let_uploads_in(world, client, alice):
    alice.post(of(world), {"reseller_id": world.reseller.public_id, "act": "register"})
    with as_operator():
        technician = world.aurora.roles.get(name="Technician")
        roles.change_rights(technician, sorted(set(technician.rights) - {access.APPROVE}))
    client.force_login(world.mira)

    page = text(client.get(of(world)))
    tried = client.post(
        reverse("customer-reseller", args=[world.first.kcs_id, relation_to(world).pk]), {"act": "auto-approve"}
    )

    assert ("Approve by itself" in page, "Remove reseller" in page, tried.status_code) == (False, True, 403)
