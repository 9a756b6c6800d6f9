"""A second reseller leaves no trace in the portal of the first, and nothing of it can be reached from there."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator, as_reseller
from devices import resellers, uploads
from devices.models import Device
from tests import world as cast
from tests.devices.reseller_pages import text
from tests.devices.sending import again, from_reseller, imei, imeis

MARK = "zqxjmarker"


@pytest.fixture
def otto(world):
    """A second reseller with a customer, an upload and a device of its own, all of them marked."""
    person, handel = cast.second_reseller(world, f"Handel {MARK}")
    with acting_as(person), as_reseller():
        resellers.add_customer(handel, world.first.kcs_id, internal_reference=f"{MARK} reference", by=person)
        upload = uploads.receive(
            [f"{imei(500)}\n{imei(501)}x\n".encode()],
            name=f"{MARK}.csv",
            by=person,
            reseller=handel,
            target=world.first,
            order_number=MARK,
            tags=[MARK],
            add_at_once=True,
        )
    uploads.check(upload.pk)
    uploads.add(upload.pk)
    return again(upload)


READABLE = (
    "reseller-home",
    "reseller-customers",
    "reseller-customers-export",
    "reseller-customer-add",
    "reseller-upload-new",
    "reseller-upload-bulk",
    "reseller-upload-template",
    "reseller-uploads",
    "reseller-uploads-export",
    "reseller-devices",
    "reseller-devices-export",
    "reseller-devices-delete-list",
)


def test_a_second_reseller_leaves_no_trace_on_any_page(world, rita, added, otto):
    found = {name: text(rita.get(reverse(name))) for name in READABLE}
    searched = text(rita.get(reverse("reseller-devices"), {"q": imei(500)}))

    assert [name for name, page in found.items() if MARK in page or imei(500) in page] == []
    assert "Nothing matches" in searched


def test_the_upload_of_another_reseller_is_not_there(rita, otto):
    addresses = [reverse(f"reseller-upload{one}", args=[otto.pk]) for one in ("", "-lines", "-report", "-delete")]
    acts = [reverse(f"reseller-upload-{one}", args=[otto.pk]) for one in ("cancel", "apply", "fix", "delete")]

    got = [rita.get(one).status_code for one in addresses] + [
        rita.post(one, {"typed": "1"}).status_code for one in acts
    ]

    assert got == [404] * 8


def test_ticking_a_device_of_another_reseller_deletes_nothing(rita, otto):
    with as_operator():
        foreign = Device.objects.get(imei=imei(500)).pk

    page = rita.post(reverse("reseller-devices-delete"), {"device": [foreign]})
    act = rita.post(reverse("reseller-devices-delete"), {"device": [foreign], "typed": "1"})

    assert ("No device to delete" in text(page), act.status_code) == (True, 409)
    with as_operator():
        assert Device.objects.filter(pk=foreign).exists()


def test_a_list_says_by_line_what_it_does_not_find(world, rita, added, otto):
    from_reseller(world, imeis(2), target=world.first)
    lines = f"{world.first.kcs_id},{imei(0)}\n{world.first.kcs_id},{imei(500)}\n{world.second.kcs_id},{imei(1)}\n"

    page = rita.post(reverse("reseller-devices-delete-list"), {"lines": lines})

    assert page.context["count"] == 1
    assert [(one.number, one.sentence) for one in page.context["refused"]] == [
        (2, "We did not find this device among the ones that you uploaded."),
        (3, "We did not find this device among the ones that you uploaded."),
    ]
