"""The pages on which a customer asks for a delink, and its MSP answers."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from onboarding import endings
from onboarding.models import Delink
from tenants import access, administrators, memberships, roles
from tenants.models import Membership
from tests import world as cast
from tests.onboarding.wishing import wish, with_olga


@pytest.fixture
def world(world):
    return with_olga(world)


def signed_in(client, person):
    client.force_login(person)
    return client


def of(world, name):
    return reverse(name, args=[world.open_company.kcs_id])


def test_the_customer_asks_and_takes_it_back_on_its_company_page(world, client):
    signed_in(client, world.olga)
    url = reverse("admin-portal-ask-end")

    asked = client.post(url, {"answer": "ask"}, follow=True).text
    back = client.post(url, {"answer": "take_back"}, follow=True).text

    assert "We asked Aurora to end the management." in asked
    assert "Take request back" in asked
    assert "Aurora goes on managing." in back
    assert "Ask Aurora to end it" in back


def test_the_msp_sees_it_in_the_list_and_on_the_customers_page(world, client):
    wish(world)
    signed_in(client, world.alice)

    listed = client.get(reverse("customer-list"), {"status": "delink_wanted"})
    page = client.get(of(world, "customer")).text

    assert [row.name for row in listed.context["page"].rows] == ["Open Company"]
    assert "Delink requested by customer" in listed.text
    assert "<b>Open Company asks for a delink.</b>" in page


def test_the_msp_approves_on_the_delink_page(world, client):
    wish(world)
    signed_in(client, world.alice)

    page = client.get(of(world, "customer-delink")).text
    done = client.post(of(world, "delink-approve"), follow=True)

    asked, _, question = page.partition("To manage it again you need its consent.")
    assert ("Let Open Company go" in asked, "Let Open Company go" in question) == (False, True)
    assert "Olga" not in page
    assert "You no longer manage Open Company." in done.text
    assert client.get(of(world, "customer")).status_code == 404


def test_a_rejection_without_a_reason_comes_back_and_one_with_a_reason_is_read_by_the_customer(world, client):
    wish(world)
    signed_in(client, world.alice)

    empty = client.post(of(world, "delink-reject"), {"reason": ""})
    done = client.post(of(world, "delink-reject"), {"reason": "The contract <b>runs</b> until May."}, follow=True)
    late = client.post(of(world, "delink-reject"), {"reason": "Again."})
    theirs = signed_in(client, world.olga).get(reverse("admin-portal-home")).text

    assert (empty.status_code, late.status_code) == (422, 409)
    assert "Write one or two sentences." in empty.text
    assert "Aurora already answered on " in late.text
    assert "You go on managing Open Company. We emailed it your reason." in done.text
    assert "The contract &lt;b&gt;runs&lt;/b&gt; until May." in theirs


def test_the_company_page_shows_the_msps_own_delink(world, client):
    wish(world, endings.ask, world.alice)

    page = signed_in(client, world.olga).get(reverse("admin-portal-home")).text

    assert "Aurora wants to stop managing Knox for Open Company." in page
    assert "Ask Aurora to end it" not in page


def test_the_company_page_sends_nobody_to_a_link_of_the_msps_delink_that_is_over(world, client):
    delink = wish(world, endings.ask, world.alice)
    with as_operator():
        Delink.objects.filter(pk=delink.pk).update(ends_at=timezone.now())

    page = signed_in(client, world.olga).get(reverse("admin-portal-home")).text

    assert "The link for your answer ended on" in page
    assert "Ask Aurora for a new one" in page
    assert "Answer with the link" not in page


def test_asking_again_and_again_is_stopped(world, client):
    signed_in(client, world.olga)
    url = reverse("admin-portal-ask-end")

    got = [client.post(url, {"answer": answer}).status_code for _ in range(6) for answer in ("ask", "take_back")]

    assert got == [302] * 10 + [429, 302]


def test_who_may_not_ask_does_not_use_up_the_number_of_those_who_may(world, client):
    viola = cast.person("viola@opencompany.example")
    with as_operator():
        memberships.join(viola, world.open_company.roles.get(name="Viewer"), by=world.olga)
    url = reverse("admin-portal-ask-end")

    tried = [signed_in(client, viola).post(url, {"answer": "ask"}).status_code for _ in range(6)]

    assert tried == [302] * 6
    assert (
        "We asked Aurora to end the management."
        in signed_in(client, world.olga).post(url, {"answer": "ask"}, follow=True).text
    )


def test_who_may_not_delink_does_not_use_up_the_links_of_those_who_may(world, client):
    url = of(world, "delink-again")
    with acting_as(world.alice):
        role = roles.add(world.aurora, name="Engineer", description="", chosen=[access.MANAGE], by=world.alice)
        place = Membership.objects.get(user=world.vera, msp=world.aurora)
        administrators.change(place, role=role, by=world.alice)

    tried = [signed_in(client, world.vera).post(url).status_code for _ in range(6)]

    assert (tried, signed_in(client, world.alice).post(url).status_code) == ([403] * 6, 302)
