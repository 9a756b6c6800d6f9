"""The code with which devices enroll: shown to people who may act, made anew, told to the leads."""

import re

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import deployment_app
from devices.models import EnrollmentCode
from onboarding import endings
from rules.errors import RuleBroken
from services import agents, codes
from tenants.models import Management
from tests.devices.deciding import own_people
from tests.mail.letters import letters, said
from tests.services.ground import ground
from tests.services.phones import CONFIGURE

SECRET = "s" * 43


@pytest.fixture
def at(world, client):
    """Two devices of the first customer in Knox Configure, and Alice signed in."""
    client.force_login(world.alice)
    return ground(world)


def url(at):
    return reverse("customer-console-code", args=[at.customer.kcs_id, at.console.slug])


def code_of(customer):
    with as_operator():
        return EnrollmentCode.objects.get(customer=customer).code


def test_the_page_makes_the_first_code_and_shows_it(at, client):
    assert "has no code yet" in client.get(url(at)).text

    page = client.post(url(at), {"act": "make"}, follow=True).text

    assert code_of(at.customer) in page
    assert 'aria-label="QR code"' in page


def test_a_new_code_is_asked_for_where_one_reads_what_stops(at, client):
    client.post(url(at), {"act": "make"})

    page = client.get(url(at)).text

    (asked,) = re.findall(r"<details class=\"card reject no-print\">.*?</details>", page, re.DOTALL)
    summary, _, form = asked.partition("</summary>")
    assert ("<button" in summary, "The old code stops at once" in form, 'value="renew"' in form) == (False, True, True)
    assert page.count('value="renew"') == 1


def test_a_new_code_ends_the_one_before_and_nobody_who_is_in(world, at, client):
    client.post(url(at), {"act": "make"})
    old, (first, second) = code_of(at.customer), at.devices
    agents.enroll(old, identifier=str(first), secret=SECRET)

    client.post(url(at), {"act": "renew"})

    with pytest.raises(RuleBroken) as no:
        agents.enroll(old, identifier=str(second), secret="t" * 43)
    assert no.value.status == 404
    assert agents.check_in(SECRET).device == first.pk
    assert agents.enroll(code_of(at.customer), identifier=str(second), secret="t" * 43).device == second.pk
    with acting_as(world.alice), transaction.atomic():
        assert Event.objects.filter(verb="service.code_renewed", customer_id=at.customer.pk).count() == 1


def test_a_new_code_leaves_those_of_other_customers(world, at, client):
    with acting_as(world.alice):
        other = codes.of(world.second, by=world.alice)
    client.post(url(at), {"act": "make"})

    client.post(url(at), {"act": "renew"})

    assert code_of(world.second) == other


def test_a_new_code_of_a_managed_customer_opens_nothing_to_uploads(at, client):
    """FAQ Q16: the Knox Deployment App is for direct customers only."""
    client.post(url(at), {"act": "make"})
    client.post(url(at), {"act": "renew"})

    with pytest.raises(RuleBroken) as no:
        deployment_app.enroll(code_of(at.customer), typed="352143000000016")
    assert no.value.status == 422


def test_an_msp_that_left_enrolls_no_agent_with_the_code_that_it_knows(world, at, client):
    client.post(url(at), {"act": "make"})
    old, (first, second) = code_of(at.customer), at.devices
    agents.enroll(old, identifier=str(first), secret=SECRET)
    with as_operator():
        endings.end(Management.objects.select_related("customer", "msp").get(customer=at.customer))

    with pytest.raises(RuleBroken) as no:
        agents.enroll(old, identifier=str(second), secret="t" * 43)

    assert no.value.status == 404
    assert agents.check_in(SECRET).device == first.pk


def test_a_direct_customer_has_one_code_for_both(world, client):
    client.force_login(world.carl)
    with acting_as(world.carl):
        old = deployment_app.make(world.contoso, by=world.carl).code

    client.post(reverse("admin-portal-console-code", args=["knox-configure"]), {"act": "renew"})

    assert deployment_app.customer_of(code_of(world.contoso)) == world.contoso
    with pytest.raises(RuleBroken):
        deployment_app.customer_of(old)
    assert letters("carl@contoso.example")[-1].subject == "Contoso: QR code to enroll devices"


def test_the_leads_hear_of_a_new_code_and_never_read_it(at, client):
    client.post(url(at), {"act": "make"})
    client.post(url(at), {"act": "renew"})

    letter = letters("alice@aurora.example")[-1]

    assert letter.subject == f"{at.customer}: QR code to enroll devices"
    assert url(at) in letter.message
    assert code_of(at.customer) not in letter.message + letter.html_message


def test_who_may_only_look_does_not_see_the_code(world, at, client):
    with acting_as(world.alice):
        codes.of(at.customer, by=world.alice)
    client.force_login(world.vera)

    assert client.get(url(at)).status_code == 403
    assert "Enroll devices" not in client.get(reverse("customer-console", args=url(at).split("/")[2:4])).text


@pytest.mark.parametrize("who", ["alice", "karin"])
def test_where_both_manage_both_hear_of_a_new_code_and_read_no_name_of_the_other(world, who):
    """knox.md 9.5: jointly managed, the customer's people get what they would without an MSP."""
    karin, kestrel = own_people(world)
    by = karin if who == "karin" else world.alice
    with acting_as(world.alice):
        codes.of(kestrel, by=world.alice)

    with acting_as(by):
        codes.renew(kestrel, CONFIGURE, by=by)

    (ours,), (theirs,) = [
        [one for one in letters(person.email) if "QR code" in one.subject] for person in (world.alice, karin)
    ]
    assert said(ours)[0].startswith(f"{'Kestrel' if who == 'karin' else world.alice} made a new code.")
    assert said(theirs)[0].startswith(f"{karin if who == 'karin' else world.aurora} made a new code.")
    assert "/admin-portal/knox-configure/enroll/" in theirs.message
