"""The first page of a company reads some tables as the operator: no policy stands behind its filters."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from alerts import handling
from audit.models import Event, Side
from onboarding import consents, customers, endings, requests
from services import modules
from tenants import memberships
from tenants.models import Access, Customer, KnoxService, Management
from tests import world as cast
from tests.alerts.alarm import alert
from tests.mail.letters import letters, newest_token

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


CONTACT = {
    "contact_first_name": "Ida",
    "contact_last_name": "Roth",
    "contact_email": "Ida@contoso.example",
    "contact_job_title": "Head of IT",
}


def test_a_super_admin_names_another_contact_person_who_is_asked_from_then_on(world, client):
    client.force_login(world.carl)
    page = reverse("admin-portal-contact")
    assert page in client.get(reverse("admin-portal-home")).text

    answer = client.post(page, CONTACT)

    with acting_as(world.alice):
        requests.ask(world.contoso.kcs_id, msp=world.aurora, services=SERVICES, access=Access.NONE, by=world.alice)
    consents.approve(newest_token("consent", "ida@contoso.example"), person="Ida")
    assert answer.url == reverse("admin-portal-home")


def test_the_receipt_goes_to_the_contact_person_of_now_and_says_so(world, client):
    with acting_as(world.alice):
        requests.ask(world.contoso.kcs_id, msp=world.aurora, services=SERVICES, access=Access.FULL, by=world.alice)
    link = reverse("consent", args=[newest_token("consent", world.carl.email)])
    client.force_login(world.carl)
    client.post(reverse("admin-portal-contact"), CONTACT)

    page = client.post(link, {"answer": "approve", "name": "Carl Bauer", "may_decide": "on"})

    assert "We sent the receipt to i•••@contoso.example" in " ".join(page.text.split())
    assert letters("ida@contoso.example")[-1].subject == "Receipt: Aurora manages Knox for Contoso"


@pytest.mark.parametrize("role", ["Admin", "Viewer"])
def test_nobody_else_of_the_company_names_its_contact_person(world, client, role):
    with as_operator():
        memberships.join(world.nora, world.contoso.roles.get(name=role), by=world.carl)
    client.force_login(world.nora)
    page = reverse("admin-portal-contact")

    answers = [client.get(page).status_code, client.post(page, CONTACT).status_code]

    assert (answers, page in client.get(reverse("admin-portal-home")).text) == ([403, 403], False)


def test_a_contact_person_is_not_at_a_free_mailbox(world, client):
    client.force_login(world.carl)

    answer = client.post(reverse("admin-portal-contact"), CONTACT | {"contact_email": "ida@gmail.com"})

    assert (answer.status_code, "Use an address of the company." in answer.text) == (422, True)


def test_the_msp_reads_that_the_contact_person_is_another_one(world, client):
    managed(world, world.aurora, world.alice)
    client.force_login(world.carl)
    client.post(reverse("admin-portal-contact"), CONTACT)

    with acting_as(world.alice):
        event = Event.objects.of_customer(world.contoso.pk)[0]
        now = Customer.objects.get(pk=world.contoso.pk)

    assert (event.side, event.msp_id, now.contact_email) == (Side.CUSTOMER, world.aurora.pk, "ida@contoso.example")
    assert "contact person's email" in event.sentence
