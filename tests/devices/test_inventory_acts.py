"""Acts on the devices of a list: tags and deletion, for those that are ticked or match."""

import pytest
from django.urls import reverse

from accounts.acting import as_operator
from audit.models import Event
from devices.models import Device
from tests.devices.inventory_pages import act_url, numbered
from tests.devices.sending import AMERICA, imei


def test_ticked_devices_are_tagged(two, client):
    response = client.post(
        act_url(two, "tags", numbered(imei(1))), {"tags": "pilot, front desk", "do": "add"}, follow=True
    )

    assert "You tagged 1 device: pilot, front desk." in response.content.decode()
    assert numbered(imei(1)).tags == ["drivers", "front desk", "pilot"]


def test_without_a_tag_nothing_is_tagged(two, client):
    response = client.post(act_url(two, "tags", numbered(imei(1))), {"tags": " , ", "do": "add"})

    assert (response.status_code, "Enter tags." in response.content.decode()) == (422, True)


def test_tags_are_taken_from_everything_that_matches(two, client):
    response = client.post(act_url(two, "tags", query="all=1&tag=drivers"), {"tags": "drivers", "do": "remove"})

    assert (response.status_code, numbered(imei(1)).tags, numbered(imei(2)).tags) == (302, [], [])


def test_too_many_tags_are_refused_beside_the_field_and_stay_typed(two, client):
    typed = ",".join(f"tag {number}" for number in range(20))

    response = client.post(act_url(two, "tags", numbered(imei(1))), {"tags": typed, "do": "add"})

    assert response.status_code == 422
    assert "1 device would have more" in response.content.decode()
    assert "tag 19" in response.content.decode()


def test_deleting_asks_for_the_number_of_devices(two, client):
    url = act_url(two, "delete", query="all=1")
    asked = client.get(url).content.decode()

    wrong = client.post(url, {"typed": "1"})
    right = client.post(url, {"typed": "2"}, follow=True)

    assert ("Delete 2 devices?" in asked, "Type 2 to go on" in asked, wrong.status_code) == (True, True, 422)
    assert "You deleted 2 devices of Fjordline Freight." in right.content.decode()


def test_an_act_without_a_tick_leads_back(two, client):
    response = client.get(act_url(two, "delete"), follow=True)

    assert "Tick at least one device." in response.content.decode()


def test_devices_that_are_gone_lead_back(two, client):
    url = act_url(two, "delete", numbered(imei(1)))
    client.post(url, {"typed": "1"})

    response = client.post(url, {"typed": "1"}, follow=True)

    assert "These devices are not there any more. Nothing changed." in response.content.decode()


def test_ids_of_other_customers_do_nothing(two, client):
    others = [numbered(imei(3)), numbered(imei(4, AMERICA)), numbered(imei(5))]

    client.post(act_url(two, "tags", *others), {"tags": "mine", "do": "add"})
    client.post(act_url(two, "delete", *others), {"typed": "3"})

    with as_operator():
        assert Device.objects.filter(pk__in=[one.pk for one in others], tags=[]).count() == 3


def test_a_customers_own_people_act_on_its_devices(two, client):
    client.force_login(two.carl)
    device = numbered(imei(5))
    tags, delete = (reverse(f"admin-portal-devices-{act}") + f"?device={device.pk}" for act in ("tags", "delete"))

    client.post(tags, {"tags": "pilot", "do": "add"})
    assert numbered(imei(5)).tags == ["pilot"]
    client.post(delete, {"typed": "1"})

    with as_operator():
        events = Event.objects.filter(verb__startswith="device.").order_by("pk")
        assert [(one.side, one.verb) for one in events] == [
            ("customer", "device.tagged"),
            ("customer", "device.deleted"),
        ]


@pytest.mark.parametrize("act", ["tags", "delete"])
def test_who_only_views_may_not_act(two, client, act):
    client.force_login(two.vera)

    answers = [
        client.get(act_url(two, act, query="all=1")),
        client.post(act_url(two, act, query="all=1"), {"typed": "2"}),
    ]

    assert [one.status_code for one in answers] == [403, 403]
