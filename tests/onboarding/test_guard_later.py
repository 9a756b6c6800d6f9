"""Knox Guard for a customer that was added without it, and whom the people of its devices reach (knox.md 3.2, 6.6)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from onboarding import customers, requests
from rules.errors import RuleBroken
from tenants.models import Access, Customer, KnoxService
from tests.world import World, customer

pytestmark = pytest.mark.django_db
KC, KG = KnoxService.CONFIGURE, KnoxService.GUARD
TENANT = {"guard_domain": "financing", "tenant_type": "payg", "guard_phone": "+4930555020", "guard_email": ""}


def add_guard(world: World, **tenant: str) -> None:
    with acting_as(world.alice):
        customers.add_guard(world.first, msp=world.aurora, by=world.alice, **TENANT | tenant)


def guarded(world: World, **tenant: str) -> Customer:
    return customer(world.aurora, world.alice, "Kestrel", services=[KG], **TENANT | tenant)


def edit(world: World, target: Customer, **fields: Any) -> None:
    with acting_as(world.alice):
        seen = Customer.objects.get(pk=target.pk).modified_at
        customers.change(target, msp=world.aurora, by=world.alice, seen=seen, **fields)


def stored(target: Customer) -> tuple[Customer, set[str], str]:
    """The customer, its services, and what its history says last."""
    with as_operator():
        services = set(target.services.values_list("service", flat=True))
        return Customer.objects.get(pk=target.pk), services, str(Event.objects.about(target)[0])


def test_knox_guard_comes_later_with_its_tenant(world: World) -> None:
    add_guard(world)

    first, services, told = stored(world.first)
    assert {name: getattr(first, name) for name in TENANT} == TENANT
    assert services == {"KC", "KG"}
    assert told == "Alice Example added Knox Guard"


@pytest.mark.parametrize(
    ("tenant", "field"),
    [
        ({"guard_domain": "", "tenant_type": ""}, "tenant_type"),
        ({"guard_domain": "others", "tenant_type": ""}, "tenant_type"),
        ({"guard_domain": "enterprise", "tenant_type": "normal"}, "tenant_type"),
        ({"guard_phone": ""}, "guard_phone"),
    ],
)
def test_a_tenant_that_is_not_whole_is_refused(world: World, tenant: dict[str, str], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        add_guard(world, **tenant)

    first, services, _ = stored(world.first)
    assert (no.value.field, first.tenant_type, services) == (field, "", {"KC"})


def test_a_tenant_type_does_not_change(world: World) -> None:
    add_guard(world)

    with pytest.raises(RuleBroken) as no:
        add_guard(world, tenant_type="normal")

    assert str(no.value) == (
        "The tenant type of Fjordline Freight stays as it was when you added it. Open a ticket if it is wrong."
    )
    assert (no.value.status, stored(world.first)[0].tenant_type) == (409, "payg")


def test_an_msp_without_knox_guard_cannot_add_it(world: World) -> None:
    with acting_as(world.bob), pytest.raises(RuleBroken) as no:
        customers.add_guard(world.foreign, msp=world.borealis, by=world.bob, **TENANT)

    assert (no.value.status, stored(world.foreign)[0].tenant_type) == (403, "")


def test_the_page_of_a_customer_leads_to_it(world: World, client: Client) -> None:
    client.force_login(world.alice)
    url = reverse("customer-guard", args=[world.first.kcs_id])
    before = client.get(reverse("customer", args=[world.first.kcs_id])).content.decode()

    refused = client.post(url, TENANT | {"guard_phone": ""})
    done = client.post(url, TENANT, follow=True).content.decode()

    assert f'href="{url}"' in before
    assert (refused.status_code, 'value="payg" selected' in refused.content.decode()) == (422, True)
    assert "Fjordline Freight has Knox Guard now." in done
    assert f'href="{url}"' not in done


def test_whom_people_of_devices_reach_can_change(world: World, client: Client) -> None:
    kestrel = guarded(world)
    client.force_login(world.alice)
    url = reverse("customer-edit", args=[kestrel.kcs_id])
    form = client.get(url).context["form"]

    client.post(url, {name: form[name].value() for name in form.fields} | {"guard_phone": "+4930555021", "tags": ""})

    changed, _, told = stored(kestrel)
    assert changed.guard_phone == "+4930555021"
    assert told == "Alice Example changed support phone"


def test_financing_keeps_somebody_to_reach(world: World) -> None:
    kestrel = guarded(world)

    with pytest.raises(RuleBroken, match="Financing also needs a support phone or email") as no:
        edit(world, kestrel, guard_phone="")

    assert no.value.field == "guard_phone"
    edit(world, kestrel, guard_phone="", guard_email="pay@kestrel.example")
    assert stored(kestrel)[0].guard_email == "pay@kestrel.example"


def test_without_knox_guard_nobody_is_asked_whom_to_reach(world: World, client: Client) -> None:
    client.force_login(world.alice)

    form = client.get(reverse("customer-edit", args=[world.first.kcs_id])).context["form"]

    assert not {"guard_phone", "guard_email"} & set(form.fields)


def test_a_request_says_how_knox_guard_comes_afterwards(world: World) -> None:
    with acting_as(world.alice), pytest.raises(RuleBroken) as no:
        requests.ask(world.contoso.kcs_id, msp=world.aurora, services=[KC, KG], access=Access.NONE, by=world.alice)

    assert (no.value.field, str(no.value)) == (
        "services",
        "Knox Guard needs a tenant type, which a request does not carry. Ask without it, and add Knox Guard on the "
        "customer's page afterwards.",
    )
