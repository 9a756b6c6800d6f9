"""Who left an act in the background finds it again where they asked for it (devices/pages/bulk_act_list.py)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.acting import as_operator
from devices.models import BulkAct
from tests.devices.many import newest

pytestmark = pytest.mark.django_db

LISTS = {
    "devices": ["devices"],
    "approvals": ["approvals"],
    "licenses": ["licenses"],
    "console-history": ["console", "knox-configure"],
}


def asked(customer, by, back, **more):
    """An act of five devices, two of them seen."""
    with as_operator():
        return BulkAct.objects.create(
            customer=customer, by=by, label="Lock", right="view", worker="none", back=back, total=5, seen=2, until=9,
            **more,
        )  # fmt: skip


def ended(ago):
    return {"state": "done", "done": 4, "ended_at": timezone.now() - ago}


@pytest.fixture(params=["customer", "admin-portal"])
def portal(request, world, client):
    """Route of a page in this portal, the customer whose pages these are, and who is signed in."""
    person, customer, args = (
        (world.alice, world.first, [world.first.kcs_id])
        if request.param == "customer"
        else (world.carl, world.contoso, [])
    )
    client.force_login(person)
    return lambda page, *more: reverse(f"{request.param}-{page}", args=[*args, *more]), customer, person


@pytest.mark.parametrize("page", LISTS)
def test_a_list_leads_to_what_was_asked_there(world, client, portal, page):
    address, customer, person = portal
    back = LISTS[page]
    act = asked(customer, person, back)
    others = [
        asked(world.second if customer == world.first else world.first, world.alice, back),
        *(asked(customer, person, other) for other in LISTS.values() if other != back),
    ]

    content = client.get(address(page, *back[1:])).content.decode()

    assert "2 of 5 devices" in content
    assert address("bulk-act", act.pk) in content
    assert client.get(address("bulk-act", act.pk)).status_code == 200
    assert client.get(address("bulk-act", others[0].pk)).status_code == 404  # of another customer
    assert not [one for one in others if f"/acts/{one.pk}/" in content]


@pytest.mark.parametrize(
    ("page", "ago", "shown"),
    [
        ("devices", timedelta(hours=23), True),
        ("devices", timedelta(hours=25), False),
        ("console-history", timedelta(days=29), True),
        ("console-history", timedelta(days=31), False),
    ],
)
def test_what_ended_is_shown_for_a_day_and_in_a_history_for_a_month(client, portal, page, ago, shown):
    address, customer, person = portal
    asked(customer, person, LISTS[page], **ended(ago))

    content = client.get(address(page, *LISTS[page][1:])).content.decode()

    assert (f"/acts/{newest().pk}/" in content, "done, 4 of 5 devices" in content) == (shown, shown)
