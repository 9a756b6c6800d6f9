"""Services that a customer gets later."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from rules.errors import RuleBroken
from tenants.models import Customer, CustomerService, KnoxService, Management
from tests.bad_input.pages.page import errors
from tests.onboarding.customer_acts import KC, KG, KME, add_services, newest_event
from tests.world import World, customer

pytestmark = pytest.mark.django_db
DELINKING = (
    "You asked to delink Fjordline Freight. Its details and access stay as they are until it answers. Take the delink "
    "back to change them."
)


def test_services_are_added_to_those_it_has(world: World) -> None:
    new = add_services(world, world.first, KC, KME, KME)

    with acting_as(world.alice):
        have = set(world.first.services.values_list("service", flat=True))
    assert (new, have) == ([KME], {"KC", "KME"})
    assert str(newest_event(world.first)) == "Alice Example added Knox Mobile Enrollment"


def test_adding_what_it_has_leaves_no_trace(world: World) -> None:
    before = newest_event(world.first).pk

    assert add_services(world, world.first, KC) == []
    assert newest_event(world.first).pk == before


def test_knox_manage_comes_later_with_a_prefix_where_the_domain_is_in_use(world: World) -> None:
    fields = {"contact_email": "it@kestrel.example", "services": [KnoxService.MANAGE]}
    customer(world.aurora, world.alice, "Kestrel", **fields)
    berlin = customer(world.aurora, world.alice, "Kestrel Berlin", contact_email="berlin@kestrel.example")

    with pytest.raises(RuleBroken, match=r"tenant ID kestrel\.example is in use") as no:
        add_services(world, berlin, KnoxService.MANAGE)
    added = add_services(world, berlin, KnoxService.MANAGE, prefix="berlin")

    assert (no.value.field, added) == ("tenant_prefix", [KnoxService.MANAGE])
    with acting_as(world.alice):
        assert Customer.objects.get(pk=berlin.pk).tenant_prefix == "berlin"


def test_a_prefix_that_is_needed_is_asked_for_at_its_field(world: World, client: Client) -> None:
    fields = {"contact_email": "it@kestrel.example", "services": [KnoxService.MANAGE]}
    customer(world.aurora, world.alice, "Kestrel", **fields)
    berlin = customer(world.aurora, world.alice, "Kestrel Berlin", contact_email="berlin@kestrel.example")
    client.force_login(world.alice)

    answer = client.post(reverse("customer-services", args=[berlin.kcs_id]), {"services": ["KM"], "tenant_prefix": ""})

    assert answer.status_code == 422
    assert errors(answer.text) == {
        "tenant_prefix": ["The tenant ID kestrel.example is in use in Knox Manage. Enter a prefix."]
    }


def test_knox_guard_cannot_come_later_without_a_tenant_type(world: World) -> None:
    with pytest.raises(RuleBroken) as no:
        add_services(world, world.first, KME, KG)

    assert str(no.value) == "Knox Guard needs a tenant type. It cannot change later."
    with acting_as(world.alice):
        assert world.first.services.count() == 1


def test_whoever_has_every_service_reads_how_one_is_removed(world: World, client: Client) -> None:
    with as_operator():
        CustomerService.objects.bulk_create(
            CustomerService(customer=world.first, service=one) for one in KnoxService if one != KnoxService.CONFIGURE
        )
    client.force_login(world.alice)

    page = client.get(reverse("customer", args=[world.first.kcs_id])).text

    assert "You can add a service but not remove one." in page
    assert f"{reverse('ticket-new')}?category=service_removal&amp;customer={world.first.kcs_id}" in page


def test_nothing_is_added_while_the_customer_is_asked_to_take_over(world: World, client: Client) -> None:
    """knox.md 8, 4002116: what it approves to take over stays as it is."""
    with as_operator():
        Management.objects.filter(customer=world.first).update(state=Management.State.DELINK_REQUESTED)
    client.force_login(world.alice)

    with pytest.raises(RuleBroken) as no:
        add_services(world, world.first, KME)
    page = client.get(reverse("customer", args=[world.first.kcs_id])).text

    assert str(no.value) == DELINKING
    assert world_services(world) == ["KC"]
    assert page.count(DELINKING) == len(KnoxService) - 1  # beside each that it does not have
    assert "You can add it at any time." not in page


def test_the_form_of_an_account_says_so_before_it_is_filled_in(world: World, client: Client) -> None:
    with as_operator():
        Management.objects.filter(customer=world.first).update(state=Management.State.DELINK_REQUESTED)
    client.force_login(world.alice)

    page = client.get(reverse("customer-edit", args=[world.first.kcs_id])).text

    assert DELINKING in page
    assert 'type="submit">Save changes' not in page


def world_services(world: World) -> list[str]:
    with acting_as(world.alice):
        return list(world.first.services.values_list("service", flat=True))
