"""One portal at a time (FAQ Q14), across all sessions of a person."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import as_operator
from accounts.models import User
from audit.models import Event
from onboarding.models import Program
from tenants import memberships
from tests import world as cast
from tests.races.committed import at_once

pytestmark = pytest.mark.usefixtures("committed")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
def world(committed):
    """Rita, who runs a reseller, has a role in Aurora and in Borealis, too, and helps Samsung."""
    world = cast.build()
    with as_operator():
        memberships.join(world.rita, world.aurora.roles.get(name="Technician"), by=world.alice)
        memberships.join(world.rita, world.borealis.roles.get(name="Viewer"), by=world.bob)
    return world


def browser(person, agent=FIREFOX):
    client = Client(headers={"user-agent": agent})
    client.force_login(person)
    return client


def opened(client, name, *args):
    return client.get(reverse(name, args=args)).status_code


def kind_of(person):
    return User.objects.get(pk=person.pk).open_portal


def launch(client, kind, organization, **data):
    return client.post(reverse("launch", args=[kind, organization.pk]), data)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("second", ["reseller-home", "reseller-uploads"])
def test_a_page_of_another_portal_is_refused_in_the_same_browser(world, second):
    rita = browser(world.rita)
    rita.get(reverse("customer-list"))

    response = rita.get(reverse(second))

    assert response.status_code == 403
    assert "You are signed in to the Knox MSP Portal as rita@resell.example." in text(response)
    assert "Sign out there to open the Knox Reseller Portal." in text(response)
    assert "Open in this browser" in text(response)


def test_the_refusal_names_the_browser_in_which_the_other_portal_is_open(world):
    browser(world.rita, FIREFOX).get(reverse("reseller-home"))

    page = text(browser(world.rita, CHROME).get(reverse("customer", args=[world.first.kcs_id])))

    assert "You are signed in to the Knox Reseller Portal" in page
    assert "Open in Firefox on Windows <br> since <time" in page
    assert "as Aurora" in page


def test_launching_another_portal_shows_the_same_page(world):
    rita = browser(world.rita)
    launch(rita, "msp", world.aurora)

    response = launch(rita, "reseller", world.reseller)

    assert (response.status_code, "You are signed in to the Knox MSP Portal" in text(response)) == (403, True)
    assert kind_of(world.rita) == "msp"


def test_one_click_ends_the_other_browser_and_opens_what_was_asked_for(world):
    firefox, chrome = browser(world.rita, FIREFOX), browser(world.rita, CHROME)
    firefox.get(reverse("reseller-home"))
    wanted = reverse("customer", args=[world.first.kcs_id])

    response = launch(chrome, "msp", world.aurora, leave="yes", next=wanted)

    assert response.url == wanted
    assert chrome.get(wanted).status_code == 200
    assert firefox.get(reverse("reseller-home")).url.startswith(reverse("account_login"))


def test_one_click_leaves_only_the_portal_where_it_is_the_same_browser(world):
    rita = browser(world.rita)
    rita.get(reverse("reseller-home"))

    response = launch(rita, "msp", world.borealis, leave="yes", next="")

    assert response.url == reverse("msp-dashboard")
    assert "Borealis" in text(rita.get(response.url))
    with as_operator():
        verbs = list(Event.objects.filter(actor_id=world.rita.pk).order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["portal.left", "portal.launched"]


@pytest.mark.parametrize("elsewhere", ["//evil.example/customers/", "nowhere", "/\\evil.example", "javascript:x"])
def test_the_way_back_leads_to_no_other_site(world, elsewhere):
    rita = browser(world.rita)

    response = launch(rita, "msp", world.aurora, leave="yes", next=elsewhere)

    assert response.url == reverse("msp-dashboard")


def test_leaving_gives_nobody_a_portal_that_is_not_theirs(world):
    alice = browser(world.alice)
    alice.get(reverse("customer-list"))

    response = launch(alice, "reseller", world.reseller, leave="yes", next="")

    assert (response.status_code, kind_of(world.alice)) == (404, "msp")


def test_several_browsers_and_organizations_of_one_kind_are_fine(world):
    firefox, chrome = browser(world.rita, FIREFOX), browser(world.rita, CHROME)
    launch(firefox, "msp", world.aurora)
    launch(chrome, "msp", world.borealis)

    pages = [text(client.get(reverse("customer-list"))) for client in (firefox, chrome)]

    assert ["Fjordline" in page for page in pages] == [True, False]
    assert ["Cascadia" in page for page in pages] == [False, True]


def test_signing_out_frees_the_other_portal(world):
    firefox, chrome = browser(world.rita, FIREFOX), browser(world.rita, CHROME)
    firefox.get(reverse("reseller-home"))
    firefox.post(reverse("account_logout"))

    assert opened(chrome, "customer-list") == 200
    assert kind_of(world.rita) == "msp"


def test_a_second_browser_of_the_kind_keeps_it_open_when_the_first_signs_out(world):
    firefox, chrome, third = (browser(world.rita, agent) for agent in (FIREFOX, CHROME, FIREFOX))
    firefox.get(reverse("reseller-home"))
    chrome.get(reverse("reseller-home"))
    firefox.post(reverse("account_logout"))
    chrome.get(reverse("reseller-home"))

    response = third.get(reverse("customer-list"))

    assert (response.status_code, "Open in Chrome on Linux" in text(response)) == (403, True)


def test_a_changed_password_closes_what_other_browsers_had_open(world):
    browser(world.rita).get(reverse("reseller-home"))
    person = User.objects.get(pk=world.rita.pk)
    person.set_password("another one, for good")
    person.save()

    assert opened(browser(person), "customer-list") == 200


def test_a_portal_that_is_not_theirs_is_refused_as_before_and_not_as_a_clash(world):
    alice = browser(world.alice)
    alice.get(reverse("customer-list"))

    assert "The Reseller Portal is for companies" in text(alice.get(reverse("reseller-home")))
    assert opened(alice, "samsung-applications") == 404


def test_samsung_is_one_of_the_portals(world):
    with as_operator():
        memberships.join(world.sam, world.aurora.roles.get(name="Viewer"), by=world.alice)
    sam = browser(world.sam)
    sam.get(reverse("samsung-applications"))

    response = sam.get(reverse("customer-list"))

    assert (response.status_code, "signed in to the Samsung Admin Portal" in text(response)) == (403, True)


def test_the_knox_dashboard_shows_which_portal_is_open(world):
    firefox, chrome = browser(world.rita, FIREFOX), browser(world.rita, CHROME)
    firefox.get(reverse("reseller-home"))

    before = text(chrome.get("/"))
    firefox.post(reverse("account_logout"))
    after = text(chrome.get("/"))

    assert "Open now</span><span>in Firefox on Windows, since" in before
    assert "Open now" not in after


def test_a_list_that_loads_more_rows_opens_the_refusal_as_a_page(world):
    rita = browser(world.rita)
    rita.get(reverse("reseller-home"))

    response = rita.get(reverse("customer-list"), headers={"hx-request": "true"})

    assert (response.status_code, response["HX-Refresh"]) == (403, "true")


@pytest.mark.parametrize("_round", range(4))
def test_of_two_launches_at_once_one_wins(world, _round):
    firefox, chrome = browser(world.rita, FIREFOX), browser(world.rita, CHROME)

    answers = at_once(
        lambda: launch(firefox, "msp", world.aurora).status_code,
        lambda: launch(chrome, "reseller", world.reseller).status_code,
    )

    assert sorted(answers) == [302, 403]
    assert kind_of(world.rita) == ("msp" if answers[0] == 302 else "reseller")


def test_somebody_with_two_applications_may_still_open_links_and_pages_without_a_portal(world):
    rita = browser(world.rita)
    rita.get(reverse("reseller-home"))

    assert [opened(rita, name) for name in ("knox-dashboard", "preferences")] == [200, 200]
    assert opened(rita, "apply", Program.MSP) == 200
