"""The people of an organization: who reaches what, who may change whom, and one super admin stays."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from rules.errors import RuleBroken
from tenants import access, administrators, managements, memberships, roles
from tenants.models import Customer, CustomerGroupGrant, CustomerUserGrant, Membership, NamedCustomer
from tenants.pages.people_forms import MembershipForm
from tests import world as cast
from tests.mail.letters import letters

Scope = Membership.Scope


def place(person, msp):
    with as_operator():
        whole = ("role", "user", "msp", "reseller", "license_reseller", "customer")
        return Membership.objects.select_related(*whole).get(user=person, msp=msp)


def role(msp, name):
    with as_operator():
        return msp.roles.get(name=name)


def change(world, person, name, *, by=None, **scope):
    by = by or world.alice
    with acting_as(by):
        return administrators.change(place(person, world.aurora), role=role(world.aurora, name), by=by, **scope)


def sees(person):
    with acting_as(person):
        return {customer.name for customer in Customer.objects.all()}


def no(act, *args, **more):
    with pytest.raises(RuleBroken) as refused:
        act(*args, **more)
    return str(refused.value)


def test_a_person_limited_to_some_sees_those_alone(world):
    change(world, world.vera, "Viewer", scope=Scope.SOME, customers=[world.second])

    assert sees(world.vera) == {"Lumen Retail"}


def test_a_place_at_the_customer_itself_takes_nothing_from_the_one_at_its_msp(world):
    customer = cast.full_access(world.aurora, world.alice, "Kestrel")
    change(world, world.tom, "Technician", scope=Scope.SOME, customers=[customer])

    with as_operator():
        own = memberships.join(world.tom, customer.roles.get(name="Viewer"), by=world.alice)
        memberships.block(own, by=world.alice)

    with acting_as(world.tom):
        assert access.MANAGE in access.rights(world.tom, customer)


def test_all_but_some_leaves_those_closed(world):
    change(world, world.vera, "Technician", scope=Scope.ALL_BUT, customers=[world.second])

    assert sees(world.vera) == {"Fjordline Freight"}


def test_all_but_some_reaches_a_customer_that_comes_later(world):
    change(world, world.vera, "Viewer", scope=Scope.ALL_BUT, customers=[world.second])
    cast.customer(world.aurora, world.alice, "Kestrel")

    assert sees(world.vera) == {"Fjordline Freight", "Kestrel"}


def test_all_but_none_is_all(world):
    changed = change(world, world.vera, "Viewer", scope=Scope.ALL_BUT, customers=[])

    assert (changed.scope, sees(world.vera)) == (Scope.ALL, {"Fjordline Freight", "Lumen Retail"})


def test_who_is_given_all_again_holds_nothing_alone(world):
    change(world, world.tom, "Technician", scope=Scope.ALL)

    with as_operator():
        assert not CustomerUserGrant.objects.filter(user=world.tom).exists()
    assert sees(world.tom) == {"Fjordline Freight", "Lumen Retail"}


def test_an_other_role_takes_the_rights_of_the_one_before(world):
    change(world, world.mira, "Viewer")

    with acting_as(world.mira):
        assert access.rights(world.mira, world.first) == {access.VIEW}
        assert access.rights(world.mira, world.foreign) == {access.VIEW}  # of Borealis, untouched


def test_a_limited_technician_sees_what_it_adds(world):
    cast.customer(world.aurora, world.tom, "Kestrel")

    with as_operator():
        named = {one.customer.name for one in NamedCustomer.objects.filter(membership=place(world.tom, world.aurora))}
    assert sees(world.tom) == named == {"Fjordline Freight", "Kestrel"}


def test_a_customer_that_leaves_takes_its_grants_and_names_along(world):
    change(world, world.vera, "Viewer", scope=Scope.ALL_BUT, customers=[world.second])
    with as_operator():
        managements.take(world.first, of=world.aurora)

        assert not CustomerUserGrant.objects.filter(content_object=world.first).exists()
        assert not CustomerGroupGrant.objects.filter(content_object=world.first, group__role__msp=world.aurora).exists()
        assert [one.customer for one in NamedCustomer.objects.select_related("customer")] == [world.second]


def test_only_some_needs_a_customer(world):
    said = no(change, world, world.vera, "Viewer", scope=Scope.SOME, customers=[])

    assert said == "Choose a role and at least one customer. Without them the person can see nothing."


def test_a_customer_of_another_msp_cannot_be_given(world):
    said = no(change, world, world.vera, "Viewer", scope=Scope.SOME, customers=[world.foreign])

    assert said == "Cascadia is not one of your customers."
    assert sees(world.vera) == {"Fjordline Freight", "Lumen Retail"}


def test_nobody_changes_the_own_role(world):
    said = no(change, world, world.alice, "Viewer")

    assert said == "You cannot change your own role or block yourself. Ask another super admin."


def test_the_last_super_admin_stays(world):
    second = cast.person("sue@people.example")
    with as_operator():
        memberships.join(second, role(world.aurora, "Super Admin"), by=world.alice)
    with acting_as(second):
        administrators.block(place(world.alice, world.aurora), by=second)

    with as_operator():  # nobody is left who could try it, so it is asked for by itself
        said = administrators.last_super_admin(place(second, world.aurora))
    assert said == "Sue Example is the only super admin. Give the role to someone else first."


def test_nobody_with_the_same_rights_removes_the_last_super_admin(world):
    every = role(world.aurora, "Super Admin").rights
    with acting_as(world.alice):
        roles.add(world.aurora, name="Deputy", description="", chosen=every, by=world.alice)
    change(world, world.vera, "Deputy")

    lowered = no(change, world, world.alice, "Viewer", by=world.vera)
    alice = place(world.alice, world.aurora)
    with acting_as(world.vera):
        blocked = no(administrators.block, alice, by=world.vera)

    assert lowered == blocked == f"{world.alice} is the only super admin. Give the role to someone else first."


def test_an_admin_changes_nobody_with_more_rights(world):
    change(world, world.vera, "Admin")

    alice = place(world.alice, world.aurora)
    with acting_as(world.vera):
        blocked = no(administrators.block, alice, by=world.vera)
    given = no(change, world, world.tom, "Super Admin", by=world.vera)

    assert blocked == 'You can change only people whose rights you have. "Change the company" is missing in your role.'
    assert given == 'You can give only rights that you have. "Change the company" is missing in your role.'


def test_a_technician_changes_nobody(world):
    said = no(change, world, world.vera, "Viewer", by=world.mira)

    assert said == 'Your role does not include "Manage administrators". Ask a super admin for it.'


def test_who_is_limited_gives_and_changes_only_within_that(world):
    change(world, world.vera, "Admin", scope=Scope.SOME, customers=[world.first])

    everything = no(change, world, world.tom, "Viewer", by=world.vera)
    other = no(change, world, world.tom, "Viewer", by=world.vera, scope=Scope.SOME, customers=[world.second])
    mira = place(world.mira, world.aurora)
    with acting_as(world.vera):
        beyond = no(administrators.block, mira, by=world.vera)
    change(world, world.tom, "Viewer", by=world.vera, scope=Scope.SOME, customers=[world.first])

    assert everything == "You can give only customers that you see. Choose them one by one."
    assert other == "Lumen Retail is not one of your customers."
    assert beyond.startswith("You can change only people who work for customers that you see")
    assert sees(world.tom) == {"Fjordline Freight"}


def test_blocking_ends_the_session_at_the_next_click(world, client):
    client.force_login(world.vera)
    assert client.get(reverse("customer-list")).status_code == 200

    with acting_as(world.alice):
        administrators.block(place(world.vera, world.aurora), by=world.alice)

    response = client.get(reverse("customer-list"))
    assert (response.status_code, "stopped your sign-in" in response.content.decode()) == (403, True)
    assert sees(world.vera) == set()


def test_who_works_elsewhere_too_stays_signed_in(world, client, django_capture_on_commit_callbacks):
    def still_in():
        return client.get(reverse("preferences")).status_code == 200

    world.mira.set_password("a password, for a test")
    world.mira.save()
    client.post(reverse("account_login"), {"login": world.mira.email, "password": "a password, for a test"})
    before, signed_in = still_in(), []
    for msp, by in ((world.aurora, world.alice), (world.borealis, world.bob)):
        with acting_as(by), django_capture_on_commit_callbacks(execute=True):
            administrators.block(place(world.mira, msp), by=by)
        signed_in.append(still_in())

    assert (before, signed_in) == (True, [True, False])


def test_who_is_unblocked_has_what_was_before(world):
    with acting_as(world.alice):
        administrators.block(place(world.tom, world.aurora), by=world.alice)
        nothing = sees(world.tom)
        administrators.unblock(place(world.tom, world.aurora), by=world.alice)

    assert (nothing, sees(world.tom)) == (set(), {"Fjordline Freight"})


def test_who_is_blocked_or_not_already_stays_so(world):
    vera = place(world.vera, world.aurora)
    with acting_as(world.alice):
        unblocked = no(administrators.unblock, vera, by=world.alice)
        administrators.block(vera, by=world.alice)
        blocked = no(administrators.block, vera, by=world.alice)

    assert unblocked == f"{world.vera} is not blocked. Nothing changed."
    assert blocked == f"{world.vera} is blocked. Nothing changed."


def test_the_person_is_told_of_each_change(world):
    change(world, world.vera, "Technician", scope=Scope.SOME, customers=[world.first])
    with acting_as(world.alice):
        administrators.block(place(world.vera, world.aurora), by=world.alice)
        administrators.unblock(place(world.vera, world.aurora), by=world.alice)

    mails = letters(world.vera.email)
    assert [mail.subject for mail in mails] == ["Your rights at Aurora changed"] * 3
    assert "changed your role to Technician and your customers to 1 customer" in mails[0].message
    assert "You can no longer sign in for Aurora." in mails[1].message
    assert not any("Fjordline" in mail.message for mail in mails)


def test_the_list_shows_only_the_own_people(world, client):
    client.force_login(world.bob)

    page = client.get(reverse("administrators")).content.decode()

    assert ("Mira Example" in page, "Vera Example" in page) == (True, False)


def test_the_list_filters_and_is_a_csv(world, client):
    client.force_login(world.alice)

    found = client.get(reverse("administrators"), {"q": "ver", "status": "active"}).content.decode()
    csv = client.get(reverse("administrators-export"), {"status": "blocked"}).content.decode("utf-8-sig").splitlines()

    assert ("Vera Example" in found, "Tom Example" in found) == (True, False)
    assert csv == ["Name,Email,Role,Customers,Status", "Blake Example,blake@people.example,Admin,All customers,Blocked"]


def test_a_person_is_changed_on_the_page(world, client):
    client.force_login(world.alice)
    url = reverse("administrator", args=[place(world.vera, world.aurora).pk])
    typed = {"role": role(world.aurora, "Technician").pk, "scope": "some", "customers": [world.second.kcs_id]}

    response = client.post(url, typed)

    assert (response.status_code, sees(world.vera)) == (302, {"Lumen Retail"})
    page = client.get(url).content.decode()
    assert "1 of 2" in page
    assert "given to this person alone" in page


def test_a_customer_says_why_one_sees_it(world, client):
    client.force_login(world.tom)
    limited = client.get(reverse("customer-why", args=[world.first.kcs_id])).content.decode()
    client.force_login(world.vera)
    by_role = client.get(reverse("customer-why", args=[world.first.kcs_id])).content.decode()

    assert "Given to you alone, by the role Technician" in limited
    assert "Role Viewer of Aurora" in by_role
    assert "Change customers" not in by_role


def test_a_reseller_keeps_its_own_people(world, client):
    client.force_login(world.rita)
    with as_operator():
        admin = world.reseller.roles.get(name="Admin")

    invited = {"first_name": "Rob", "last_name": "Roy", "email": "rob@resell.example", "role": admin.pk}
    response = client.post(reverse("reseller-administrator-invite"), invited)

    page = client.get(reverse("reseller-administrators")).content.decode()
    assert (response.status_code, "Rob Roy" in page, "Customers" in page.split("<main")[1]) == (302, True, False)


def test_the_rights_of_a_role_are_asked_for(world, client):
    """Each finer right has a door: without it, its act answers 403."""
    from_all = set(role(world.aurora, "Technician").rights)
    finer = {access.DELETE, access.APPROVE, access.LICENSES, "delink_customers"}
    with as_operator():
        roles.change_rights(role(world.aurora, "Technician"), sorted(from_all - finer))
    client.force_login(world.mira)
    own = [world.first.kcs_id]

    got = {
        name: client.get(reverse(name, args=own) + "?all=1").status_code
        for name in ("customer-devices-delete", "license-enter", "customer-delink", "customer-edit")
    }

    assert got == {
        "customer-devices-delete": 403,
        "license-enter": 403,
        "customer-delink": 403,
        "customer-edit": 200,
    }


def test_who_is_blocked_reads_it_after_the_sign_in(world, client):
    client.force_login(world.blake)

    assert "Your organization stopped your sign-in on" in client.get(reverse("knox-dashboard")).content.decode()


@pytest.mark.parametrize(("count", "has_search"), [(50, False), (51, True)])
def test_many_customers_to_choose_from_have_a_search(count, has_search):
    offered = [Customer(kcs_id=f"4{number:09}", name=f"Company {number}") for number in range(count)]

    form = MembershipForm(roles=[], customers=offered)

    page = render_to_string("tenants/_membership_fields.html", {"form": form})
    assert page.count('name="customers"') == count
    assert ("data-narrow" in page) is has_search
