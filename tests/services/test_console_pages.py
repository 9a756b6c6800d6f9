"""The console of a service: list, action page, history, device page, customer page; as people open them."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.acting import as_operator
from services.models import Command, Enrollment
from services.modules import CONSOLES
from services.pages.console_lists import because, told
from tenants.models import Access, Customer, Msp
from tests.architecture.test_budget import queries
from tests.services import phones
from tests.services.ground import ground
from tests.world import customer

PASSWORD_PAGE = "/accounts/reauthenticate/"
PASSWORD = "to-be-entered-again"


@pytest.fixture
def at(world, client):
    """Two devices of the first customer in Knox Configure, a profile, and Alice signed in."""
    client.force_login(world.alice)
    return ground(world)


def url(at, page="customer-console", *args):
    return reverse(page, args=[at.customer.kcs_id, at.console.slug, *args])


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def with_a_password(client, person):
    """Who has no password at all (the people of these tests) is never asked for it again."""
    with as_operator():
        person.set_password(PASSWORD)
        person.save()
    client.force_login(person)


def picks(*devices):
    return "?" + "&".join(f"device={one.pk}" for one in devices)


@pytest.mark.parametrize("service", list(CONSOLES))
def test_every_service_has_a_console_for_both_portals(world, client, service):
    at = ground(world, service)
    client.force_login(world.alice)
    page = client.get(url(at))

    assert page.status_code == 200
    for device in at.devices:
        assert device.identifier in text(page)
    assert client.get(url(at, "customer-console-history")).status_code == 200
    for action in at.console.actions:
        if action.states and not action.danger:
            assert client.get(url(at, "customer-console-act", action.code) + picks(*at.devices)).status_code == 200


def test_who_may_not_enter_a_key_is_not_led_to_where_keys_are_entered(at, client):
    page = url(at, "customer-console-act", "assign") + picks(*at.devices)
    offered = ["Enter a license key" in text(client.get(page))]

    with as_operator():
        Customer.objects.filter(pk=at.customer.pk).update(access=Access.FULL)
    offered.append("Enter a license key" in text(client.get(page)))

    assert offered == [True, False]


def test_a_service_that_the_customer_does_not_have_is_not_found(at, client):
    assert client.get(reverse("customer-console", args=[at.customer.kcs_id, "knox-manage"])).status_code == 404
    assert client.get(reverse("customer-console", args=[at.customer.kcs_id, "nonsense"])).status_code == 404
    assert client.get(url(at, "customer-console-act", "nonsense") + picks(*at.devices)).status_code == 404


def test_states_have_counts_and_narrow_the_list(at, client):
    first, second = at.devices
    at.force("locked", first)
    page = text(client.get(url(at)))

    assert "Locked 1" in page
    narrowed = text(client.get(url(at) + "?state=locked"))
    assert first.identifier in narrowed
    assert second.identifier not in narrowed


def test_search_is_by_the_whole_number(at, client):
    first, second = at.devices

    found = text(client.get(url(at) + f"?q={first.identifier}"))

    assert first.identifier in found
    assert second.identifier not in found
    assert "Nothing matches" in text(client.get(url(at) + "?q=490154203237518"))


def test_a_profile_is_assigned_from_the_page(at, client, world):
    thing = at.thing()
    address = url(at, "customer-console-act", "assign") + picks(*at.devices)

    assert "2 devices have no seat" in text(client.get(address))
    answer = client.post(address, {"thing": thing.pk, "license": at.license.pk}, follow=True)

    assert "Assign" in text(answer)
    assert "Waits for the device" in text(answer)
    with as_operator():
        assert Enrollment.objects.filter(customer=at.customer, thing=thing).count() == 2
        assert Command.objects.filter(customer=at.customer).count() == 2


def test_what_is_missing_is_said_at_its_field(at, client):
    thing = at.thing()
    address = url(at, "customer-console-act", "assign") + picks(*at.devices)

    nothing = client.post(address, {})
    assert nothing.status_code == 422
    assert "Choose profile." in text(nothing)
    unseated = client.post(address, {"thing": thing.pk})
    assert unseated.status_code == 422
    assert "needs a seat" in text(unseated)
    with as_operator():
        assert not Enrollment.objects.filter(customer=at.customer).exists()


def test_a_dangerous_action_asks_for_the_password_first(at, client, world):
    at.force("configured")
    with_a_password(client, world.alice)
    address = url(at, "customer-console-act", "lock") + picks(*at.devices)

    answer = client.get(address)

    assert answer.status_code == 302
    assert PASSWORD_PAGE in answer.url
    sent = client.post(address, {"typed": "2"})
    assert sent.status_code == 302
    assert PASSWORD_PAGE in sent.url
    with as_operator():
        assert not Command.objects.filter(customer=at.customer).exists()
    client.post(PASSWORD_PAGE, {"password": PASSWORD})
    assert "Type 2 to go on" in text(client.get(address))


def test_a_dangerous_action_asks_to_type_how_many(at, client):
    at.force("configured")
    address = url(at, "customer-console-act", "lock") + picks(*at.devices)

    assert "Type 2 to go on" in text(client.get(address))
    wrong = client.post(address, {"typed": "3"})
    assert wrong.status_code == 422
    assert client.post(address, {"typed": "2"}).status_code == 302
    with as_operator():
        assert Command.objects.filter(customer=at.customer, action="lock").count() == 2


def test_a_dangerous_action_on_one_device_asks_for_its_number(at, client):
    first, _ = at.devices
    at.force("configured")
    address = url(at, "customer-console-act", "lock") + picks(first)

    assert f"Type {first.identifier} to go on" in text(client.get(address))
    assert client.post(address, {"typed": "1"}).status_code == 422
    assert client.post(address, {"typed": first.identifier}).status_code == 302


def test_who_is_left_out_is_named_with_the_state(at, client):
    first, second = at.devices
    at.force("configured", first)
    at.force("locked", second)

    page = text(client.get(url(at, "customer-console-act", "unlock") + picks(first, second)))

    assert "Unlock: 1 device" in page
    assert "Left out" in page
    assert first.identifier in page


def test_nothing_picked_leads_back(at, client):
    answer = client.get(url(at, "customer-console-act", "reboot"), follow=True)

    assert "Tick the devices first" in text(answer)


def test_a_viewer_may_look_but_not_act(at, client, world):
    client.force_login(world.vera)

    assert client.get(url(at)).status_code == 200
    assert "formaction" not in client.get(url(at)).content.decode()
    assert client.get(url(at, "customer-console-act", "reboot") + picks(*at.devices)).status_code == 403
    assert client.post(url(at, "customer-console-act", "reboot") + picks(*at.devices)).status_code == 403


def test_what_waits_follows_by_itself(at, client):
    at.force("configured")
    at.act("reboot")
    page = client.get(url(at)).content.decode()
    assert 'hx-trigger="every 3s"' in page

    asked = client.get(url(at) + picks(*at.devices) + "&waiting=1").content.decode()
    assert f'id="state-{at.devices[0].pk}" hx-swap-oob="true"' in asked
    assert "every 3s" in asked
    with as_operator():
        Command.objects.filter(customer=at.customer).update(state="done", answered_at=at.license.ends_at)
    answered = client.get(url(at) + picks(*at.devices) + "&waiting=1").content.decode()
    assert "every 3s" not in answered
    assert "The devices answered." in answered


def test_csv_has_the_ticked_or_all(at, client):
    first, second = at.devices

    everything = b"".join(client.get(url(at) + "?csv=1")).decode()
    ticked = b"".join(client.get(url(at) + picks(first) + "&csv=1")).decode()

    assert first.identifier in everything
    assert second.identifier in everything
    assert second.identifier not in ticked


def test_history_tells_moves_and_commands(at, client):
    at.act("assign", thing=at.thing())

    moves = text(client.get(url(at, "customer-console-history")))
    assert "Assign" in moves
    assert "Alice" in moves
    commands = text(client.get(url(at, "customer-console-history") + "?show=commands"))
    assert "Waiting for the device" in commands


def test_the_tabs_of_the_history_keep_the_device_that_was_searched(at, client):
    part = client.get(
        url(at, "customer-console-history"), {"q": "42", "state": "x"}, headers={"HX-Request": "true"}
    ).text

    assert re.findall(r'id="view-\d"\s+href="([^"]+)"', part) == ["?q=42", "?q=42&amp;show=commands"]


def test_a_device_shows_its_services(at, client):
    at.act("assign", thing=at.thing())

    page = text(client.get(reverse("customer-device", args=[at.customer.kcs_id, at.devices[0].pk])))

    assert "Knox Configure" in page
    assert "Kiosk" in page
    assert "Changes in services" in page


def test_the_customer_page_has_a_card_with_counts(at, client):
    at.act("assign", thing=at.thing())

    page = text(client.get(reverse("customer", args=[at.customer.kcs_id])))

    assert "2 devices" in page
    assert "2 of 10 seats used, 8 left" in page
    assert "Open console" in page


@pytest.mark.parametrize("service", list(CONSOLES))
def test_every_console_costs_at_most_ten_queries(world, client, service):
    client.force_login(world.alice)
    asked = queries(client, url(ground(world, service)))
    assert len(asked) <= 10, "\n".join(asked)


def test_a_console_costs_the_same_for_two_rows_and_for_sixty(world, client):
    client.force_login(world.alice)
    at = ground(world)
    few = queries(client, url(at))

    ground(world, devices=60)

    assert len(queries(client, url(at))) == len(few) <= 10


def test_the_customers_opened_last_come_first_in_the_switcher(at, client, world):
    first, last = (customer(world.aurora, world.alice, name) for name in ("Aalto", "Zorn"))
    client.get(reverse("customer", args=[last.kcs_id]))

    offered = re.findall(r"/customers/(\d+)/knox-configure/", switcher(client.get(url(at))))

    assert offered[0] == last.kcs_id
    assert first.kcs_id in offered[1:]


def switcher(response):
    return response.content.decode().partition("of other customers")[2].partition("</nav>")[0]


def test_a_service_that_is_closed_cannot_be_opened_from_its_card(world, client):
    at = ground(world, "KG")
    with as_operator():
        Msp.objects.filter(pk=world.aurora.pk).update(knox_guard=False)
    client.force_login(world.alice)

    page = client.get(reverse("customer", args=[at.customer.kcs_id]))

    assert "Samsung opens Knox Guard for each MSP separately." in text(page)
    assert url(at) not in page.content.decode()


def test_why_a_state_changed_is_told_in_words():
    console = CONSOLES["KC"]

    told = [because(console, reason) for reason in ("assign", "assign done", "error reported", "after 5 days", "ended")]

    assert told == ["Assign profile", "Assign profile: done", "Reported by the device", "After 5 days", "Ended"]


def test_facts_are_told_as_text_or_as_an_instant():
    facts = {"approval_id": "20261128", "paid_until": "2026-12-01T18:00:00+01:00", "offline_days": 3}

    found = told(facts, CONSOLES["KG"])

    assert found == ["20261128", datetime(2026, 12, 1, 17, tzinfo=UTC), "3"]
    assert told(None, CONSOLES["KG"]) == ["", "", ""]


def test_what_people_and_devices_say_stays_text_though_it_looks_like_an_instant(world, client):
    at = ground(world, "KE", devices=2)
    at.force("enrolled", at.devices[0], facts={"firmware": "2026-99-99T00:00:00Z"})
    at.force("enrolled", at.devices[1], facts={"firmware": "2026-11-24T18:00:00Z"})
    client.force_login(world.alice)

    page = client.get(url(at))

    assert page.status_code == 200
    assert ("2026-99-99T00:00:00Z" in text(page), "2026-11-24T18:00:00Z" in text(page)) == (True, True)


def test_a_phone_that_lost_its_secret_enrolls_again_after_somebody_allows_it(world, client):
    device, phone = phones.configured(world)
    other = phones.Phone(phone.identifier, phone.code)
    before = other.enroll().status_code
    client.force_login(world.alice)

    page = client.post(reverse("customer-device-agent", args=[world.first.kcs_id, device.pk]), follow=True)

    assert before == 409
    assert f"The next phone that enrolls as {device}" in text(page)
    assert "Let it enroll again" in text(page)
    assert other.enroll().status_code == 200
    assert phone.post("checkin", {}).status_code == 401


def test_a_device_without_an_agent_has_none_to_replace(at, client):
    url = reverse("customer-device-agent", args=[at.customer.kcs_id, at.devices[0].pk])

    assert "No agent speaks for" in text(client.post(url, follow=True))
