"""The first page of a company reads some tables as the operator: no policy stands behind its filters."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from alerts import handling
from onboarding import consents, customers, endings, requests
from services import modules
from tenants.models import Access, Customer, KnoxService, Management
from tests import world as cast
from tests.alerts.alarm import alert
from tests.mail.letters import newest_token

SERVICES = [KnoxService.CONFIGURE]


def asked(world, name):
    """Another direct customer, whose management Aurora asks for; where its link goes."""
    contact = f"contact@{name.lower()}.example"
    data = cast.CUSTOMER_FIELDS | {"name": name, "contact_email": contact}
    with acting_as(world.sam), as_operator():
        other = customers.register(by=world.sam, services=SERVICES, **data)
    with acting_as(world.alice):
        requests.ask(other.kcs_id, msp=world.aurora, services=SERVICES, access=Access.NONE, by=world.alice)
    return contact


def test_a_company_reads_nothing_of_what_was_asked_of_others(world, client):
    asked(world, "Helios")
    consents.approve(newest_token("consent", asked(world, "Ilion")), person="Ida")
    client.force_login(world.carl)

    page = client.get(reverse("admin-portal-home"))

    assert page.status_code == 200
    assert "Aurora" not in page.content.decode()


def test_the_services_of_a_company_lead_to_their_consoles(world, client):
    client.force_login(world.carl)

    page = client.get(reverse("admin-portal-home")).text

    with acting_as(world.carl):
        have = [modules.of(one) for one in world.contoso.services.values_list("service", flat=True)]
    assert have
    assert [one.name for one in have if reverse("admin-portal-console", args=[one.slug]) not in page] == []


def managed(world, msp, by):
    """Contoso approves this MSP, which changes something there."""
    with acting_as(by):
        requests.ask(world.contoso.kcs_id, msp=msp, services=SERVICES, access=Access.FULL, by=by)
    consents.approve(newest_token("consent", world.carl.email), person="Carl")
    with acting_as(by):
        seen = Customer.objects.get(pk=world.contoso.pk).modified_at
        customers.change(world.contoso, msp=msp, by=by, seen=seen, city=f"{msp} City")


def test_what_an_msp_of_former_days_did_stays_its_own(world, client):
    managed(world, world.aurora, world.alice)
    with as_operator():
        endings.end(Management.objects.select_related("customer", "msp").get(customer=world.contoso))
    paul, polaris = cast.company("paul@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    managed(world, polaris, paul)
    client.force_login(world.carl)

    events = client.get(reverse("admin-portal-home")).context["events"]

    assert [one["who"] for one in events if one["what"] == "changed city"] == ["Polaris", "Aurora"]


def test_who_of_the_msp_handles_an_alert_and_how_stays_with_the_msp(world, client):
    managed(world, world.aurora, world.alice)
    with acting_as(world.alice):
        handling.assign(alert(world.contoso), to=world.alice, by=world.alice)
    client.force_login(world.carl)

    names = ("admin-portal-home", "admin-portal-activity", "admin-portal-activity-export")
    pages = [client.get(reverse(name)).text.lower() for name in names]

    assert ["changed city" in page for page in pages] == [True] * 3
    assert not any("alice" in page or "assigned the alert" in page for page in pages)


def test_the_timeline_of_a_customer_begins_with_its_own_request_alone(world, client):
    for one in ("Helios", "Ilion"):
        consents.approve(newest_token("consent", asked(world, one)), person="Ida")
    client.force_login(world.alice)
    with as_operator():
        helios = Customer.objects.get(name="Helios")

    steps = client.get(reverse("customer", args=[helios.kcs_id])).context["events"]

    asked_for = [one["what"] for one in steps if one["what"].startswith("asked")]
    assert asked_for == ["asked Helios for the management of Knox Configure"]


@pytest.mark.parametrize("name", ["Helios", "Ilion"])
def test_the_receipt_of_a_customer_is_the_own_one(world, client, name):
    for one in ("Helios", "Ilion"):
        consents.approve(newest_token("consent", asked(world, one)), person="Ida")
    client.force_login(world.alice)
    with as_operator():
        customer = world.aurora.managements.select_related("customer").get(customer__name=name).customer

    page = client.get(reverse("customer-receipt", args=[customer.kcs_id])).content.decode()

    assert ("Helios" in page, "Ilion" in page) == (name == "Helios", name == "Ilion")
