"""Roles of an MSP's own: put together from rights, counted from the next click on, never more than one has."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from onboarding import endings
from rules.errors import RuleBroken
from tenants import access, administrators, invitations, memberships, organizations, rights, roles
from tenants.models import Customer, CustomerGroupGrant, Management, Membership, Role
from tests import world as cast

PASSWORD = "a password, for a test"
HELP_DESK = {"name": "Help desk", "description": "", "chosen": ["approve_uploads"]}

PIA = {"email": "pia@aurora.example", "first_name": "Pia", "last_name": "Vogel"}


def add(world, **more):
    with acting_as(world.alice):
        return roles.add(world.aurora, by=world.alice, **(HELP_DESK | more))


def give(world, person, role, **scope):
    with acting_as(world.alice):
        place = Membership.objects.get(user=person, msp=world.aurora)
        return administrators.change(place, role=role, by=world.alice, **scope)


def test_a_right_brings_what_it_needs(world):
    assert add(world).rights == ["view_msp", "view_customer", "manage_customer", "approve_uploads"]


def test_a_role_reaches_all_customers_now_and_later(world):
    give(world, world.vera, add(world))
    cast.customer(world.aurora, world.alice, "Kestrel")

    with acting_as(world.vera):
        assert Customer.objects.count() == 3
        assert access.rights(world.vera, world.first) == {access.VIEW, access.MANAGE, access.APPROVE}


def test_a_changed_role_counts_for_everybody_who_has_it(world):
    role = add(world)
    give(world, world.vera, role)
    give(world, world.tom, role, scope=Membership.Scope.SOME, customers=[world.first])
    with acting_as(world.alice):
        roles.change(role, name="Readers", description="", chosen=["view_customer"], by=world.alice)

    held = {}
    for who in (world.vera, world.tom):
        with acting_as(who):
            held[who.first_name] = access.rights(who, world.first)
            assert not Customer.objects.filter(pk=world.first.pk).update(city="Elsewhere")
    assert held == {"Vera": {access.VIEW}, "Tom": {access.VIEW}}


def test_the_change_is_told_before_it_is_saved(world, client):
    role = add(world)
    give(world, world.vera, role)
    client.force_login(world.alice)
    typed = {"name": "Help desk", "rights": ["delete_devices"]}

    first = client.post(reverse("role", args=[role.pk]), typed)
    with as_operator():
        unchanged = Role.objects.get(pk=role.pk).rights
    second = client.post(reverse("role", args=[role.pk]), typed | {"sure": "1"})

    assert "1 person gets these rights now: + Delete devices, − Approve uploads." in first.content.decode()
    assert ("approve_uploads" in unchanged, second.status_code) == (True, 302)


def test_a_role_in_use_is_not_deleted_and_says_who_has_it(world, client):
    role = add(world)
    give(world, world.vera, role)
    client.force_login(world.alice)

    client.post(reverse("role-delete", args=[role.pk]))

    page = client.get(reverse("role", args=[role.pk])).content.decode()
    assert "1 person has this role and would see nothing." in page
    assert "Vera Example" in page


def test_a_role_to_which_somebody_is_invited_is_deleted_once_the_invitation_is_taken_back(world, client):
    role = add(world)
    client.force_login(world.alice)
    delete = reverse("role-delete", args=[role.pk])
    with acting_as(world.alice):
        scope = {"scope": Membership.Scope.SOME, "customers": [world.first]}
        pia = invitations.invite(world.aurora, role=role, by=world.alice, **PIA, **scope)

    early = client.post(delete, follow=True)
    with acting_as(world.alice):
        invitations.revoke(pia, by=world.alice)
    late = client.post(delete, follow=True)

    assert "1 person has this role and would see nothing." in early.content.decode()
    assert "You deleted Help desk." in late.content.decode()
    assert client.get(reverse("administrator", args=[pia.pk])).status_code == 404


def test_a_deleted_role_takes_its_grants_along(world):
    role = add(world)
    with acting_as(world.alice):
        roles.delete(role, by=world.alice)

    with as_operator():
        assert not Role.objects.filter(name="Help desk").exists()
        assert not CustomerGroupGrant.objects.filter(group=role.group_id).exists()
    assert add(world).name == "Help desk"


def test_a_built_in_role_stays_as_it_is(world):
    with acting_as(world.alice):
        viewer = world.aurora.roles.get(name="Viewer")

        with pytest.raises(RuleBroken, match="comes with the portal"):
            roles.change(viewer, name="Viewer", description="", chosen=["manage_people"], by=world.alice)
        with pytest.raises(RuleBroken, match="comes with the portal"):
            roles.delete(viewer, by=world.alice)


def test_nobody_makes_a_role_with_more_than_the_own(world):
    keeper = add(world, name="Keeper", chosen=["manage_roles", "manage_people"])
    give(world, world.vera, keeper)

    with acting_as(world.vera):
        with pytest.raises(RuleBroken, match='"See customers" is missing in your role'):
            roles.add(world.aurora, name="More", description="", chosen=["view_customer"], by=world.vera)
        with pytest.raises(RuleBroken, match="You cannot change your own role"):
            roles.change(keeper, name="Keeper", description="", chosen=["view_activity"], by=world.vera)


def test_a_role_reaches_no_customer_of_another_msp_in_which_its_maker_works(world):
    with as_operator():
        memberships.join(world.alice, world.borealis.roles.super_admin(), by=world.bob)

    made = add(world)

    with as_operator():
        reached = CustomerGroupGrant.objects.filter(group=made.group).values_list("content_object", flat=True)
        assert set(reached) == {world.first.pk, world.second.pk}


def test_a_changed_role_gives_nothing_to_who_is_blocked(world):
    role = add(world)
    give(world, world.tom, role, scope=Membership.Scope.SOME, customers=[world.first])
    with as_operator():
        memberships.block(Membership.objects.get(user=world.tom, msp=world.aurora), by=world.alice)

    with acting_as(world.alice):
        roles.change(role, name="Readers", description="", chosen=["view_customer"], by=world.alice)

    with acting_as(world.tom):
        assert (access.rights(world.tom, world.first), Customer.objects.count()) == (set(), 0)


def test_two_roles_have_two_names(world):
    add(world)

    with pytest.raises(RuleBroken, match="Another role has the name Help desk"):
        add(world)


def test_a_role_of_another_msp_is_not_there(world, client):
    role = add(world)
    client.force_login(world.bob)

    assert client.get(reverse("role", args=[role.pk])).status_code == 404


def test_the_pages_have_the_roles_of_the_launched_msp_alone(world, client):
    with as_operator():
        memberships.join(world.alice, world.borealis.roles.super_admin(), by=world.bob)
    client.force_login(world.alice)
    client.post(reverse("launch", args=["msp", world.borealis.pk]))

    page, other = client.get(reverse("roles")), client.get(reverse("role", args=[add(world).pk]))

    assert ({role.msp_id for role, _ in page.context["roles"]}, other.status_code) == ({world.borealis.pk}, 404)


def test_every_right_of_a_built_in_role_has_words():
    known = set(rights.ALL)

    for kind in organizations.BUILT_IN_ROLES.values():
        for codenames in kind.values():
            assert set(codenames) <= known


def test_every_right_on_offer_is_held_by_the_super_admin():
    offered = {one.codename for group in rights.MSP for one in group.rights}

    assert offered <= set(organizations.BUILT_IN_ROLES["msp"][Role.SUPER_ADMIN])


def test_a_changed_role_brings_nothing_of_customers_that_were_let_go(world):
    role = add(world)
    give(world, world.vera, role)
    with as_operator():
        endings.end(Management.objects.select_related("customer", "msp").get(customer=world.first))

    with acting_as(world.alice):
        roles.change(role, name="Readers", description="", chosen=["view_customer"], by=world.alice)

    with acting_as(world.vera):
        assert list(Customer.objects.all()) == [world.second]


@pytest.mark.parametrize("route", ["role-add", "role", "administrator", "msp-company"])
def test_what_is_corrected_after_the_password_is_sent_to_its_own_address(world, client, route):
    """The page that answers the password stands at the password's own address: allauth sends the form on."""
    world.alice.set_password(PASSWORD)
    world.alice.save()
    client.force_login(world.alice)
    with as_operator():
        tom = Membership.objects.get(user=world.tom, msp=world.aurora)
    about = {"role": [add(world).pk], "administrator": [tom.pk]}
    address = reverse(route, args=about.get(route))
    asked = client.post(address, {"name": "", "role": ""})

    answer = client.post(asked.url, {"password": PASSWORD, "next": address})

    assert (answer.status_code, f'action="{address}"' in answer.text) == (422, True)
