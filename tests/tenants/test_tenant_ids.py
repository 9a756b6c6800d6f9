"""The tenant ID in Knox Manage: given once, to one customer (knox.md 1.2)."""

from importlib import import_module

import pytest
from django.db import connection, transaction

from accounts.acting import acting_as, as_operator
from onboarding import consents, customers, requests
from rules.errors import RuleBroken
from services.modules.manage import CONSOLE
from tenants.models import Access, Customer, KnoxService
from tests.mail.letters import newest_token
from tests.world import CUSTOMER_FIELDS, customer

KM, KC = KnoxService.MANAGE, KnoxService.CONFIGURE
FILL = import_module("tenants.migrations.0013_tenant_id").FILL


def add(world, name, *, domain="fjordline", services=(KM,), **fields):
    fields |= {"contact_email": f"{name.lower().replace(' ', '.')}@{domain}.example", "services": list(services)}
    with transaction.atomic():
        return customer(world.aurora, world.alice, name, **fields)


def stored(one):
    with as_operator():
        return Customer.objects.get(pk=one.pk).tenant_id


def ask(world, *services):
    with acting_as(world.alice):
        requests.ask(world.contoso.kcs_id, msp=world.aurora, services=services, access=Access.NONE, by=world.alice)


def approve(world):
    consents.approve(newest_token("consent", world.contoso.contact_email), person="Carl Bauer")


@pytest.mark.parametrize(("prefix", "shown"), [("", "fjordline.example"), ("Oslo", "oslo.fjordline.example")])
def test_the_tenant_id_is_prefix_and_domain(world, prefix, shown):
    north = add(world, "North", tenant_prefix=prefix)

    with acting_as(world.alice):
        assert CONSOLE.about(north)[0] == ("Tenant ID", shown)


def test_a_domain_that_is_in_use_needs_a_prefix(world):
    add(world, "North")
    with pytest.raises(RuleBroken, match=r"tenant ID fjordline\.example is in use") as no:
        add(world, "South")
    add(world, "South", tenant_prefix="south")
    with pytest.raises(RuleBroken, match=r"south\.fjordline\.example is in use in Knox Manage\. Enter another prefix"):
        add(world, "Third", tenant_prefix="South")

    assert no.value.field == "tenant_prefix"
    assert add(world, "Other", domain="x")
    assert stored(add(world, "No Knox Manage", services=[KC])) == ""


def test_another_contact_does_not_change_the_tenant_id(world):
    north = add(world, "North")

    with acting_as(world.alice):
        seen = Customer.objects.get(pk=north.pk).modified_at
        moved = {"contact_email": "it@contoso.example"}
        customers.change(north, msp=world.aurora, by=world.alice, seen=seen, **moved)

    assert stored(north) == "fjordline.example"


def test_samsung_does_not_register_a_tenant_id_twice(world):
    add(world, "North")
    fields = CUSTOMER_FIELDS | {"name": "South", "contact_email": "it@fjordline.example"}

    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken, match="is in use in Knox Manage"):
        customers.register(by=world.sam, services=[KM], **fields)


def test_an_msp_is_told_before_it_asks_for_a_tenant_id_that_is_in_use(world):
    add(world, "North", domain="contoso")

    with pytest.raises(RuleBroken) as no:
        ask(world, KC, KM)
    ask(world, KC)

    assert str(no.value) == (
        "The tenant ID of Contoso is in use in Knox Manage. Ask without Knox Manage now, and add it with a prefix "
        "once Contoso has approved."
    )
    assert (no.value.field, no.value.status) == ("services", 422)


def test_a_consent_gives_knox_manage_a_tenant_id(world):
    ask(world, KM)
    approve(world)

    assert stored(world.contoso) == "contoso.example"


def test_a_consent_takes_another_tenant_id_where_a_twin_came_meanwhile(world):
    ask(world, KM)
    add(world, "North", domain="contoso")
    approve(world)

    assert stored(world.contoso) == f"{world.contoso.kcs_id}.contoso.example"


def test_twins_from_before_get_a_tenant_id_each(world):
    north, south = add(world, "North"), add(world, "South", tenant_prefix="south")
    none = add(world, "No Knox Manage", services=[KC])
    with as_operator():
        Customer.objects.update(tenant_id="", tenant_prefix="")

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL role TO portal_owner; {FILL}; SET LOCAL role TO DEFAULT")

    found = [stored(one) for one in (north, south, none)]
    assert found == ["fjordline.example", f"{south.kcs_id}.fjordline.example", ""]
