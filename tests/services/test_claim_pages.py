import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import as_operator
from devices.models import Device
from services.models import Claim
from tests.devices import sending
from tests.services.covering import CARE, GUARD, act, answer, claim, covered, devices, enrollment, guarded, state
from tests.world import World

SLUG = CARE.slug


@pytest.fixture
def alice(world: World, client: Client) -> Client:
    client.force_login(world.alice)
    return client


def address(device: Device, page: str, *args: object, slug: str = SLUG) -> str:
    return reverse(f"customer-{page}", args=[device.customer.kcs_id, slug, *args])


def test_a_claim_is_opened_found_and_completed(world: World, alice: Client) -> None:
    device, _ = covered(world, claim_limit=3)
    typed = {"device": str(device), "reference": "R-77", "reason": "Glass broke"}

    opened = alice.post(address(device, "claim-new"), typed, follow=True)
    listed = alice.get(address(device, "claims"), {"q": "r-7"}).content.decode()
    with as_operator():
        pk = Claim.objects.get().pk
    done = alice.post(address(device, "claim", pk), {"result": "Repaired"}, follow=True).content.decode()

    assert "You opened the claim R-77" in opened.content.decode()
    assert "R-77" in listed
    assert "1 open, 0 completed" in listed
    assert "You completed the claim R-77." in done
    assert "Repaired" in done
    assert "2 of 3" in alice.get(address(device, "claims")).content.decode()


def test_a_refused_claim_says_why_beside_its_field(world: World, alice: Client) -> None:
    device, _ = covered(world)

    answered = alice.post(address(device, "claim-new"), {"device": "12", "reference": "R", "reason": "Broken"})

    assert answered.status_code == 422
    assert "has no device with this number" in answered.content.decode()


def test_a_claim_of_another_customer_is_not_there(world: World, alice: Client) -> None:
    own, _ = covered(world)
    other = claim(world, world.second)

    assert alice.get(address(own, "claim", other.pk)).status_code == 404


def test_the_tabs_of_claims_keep_the_search(world: World, alice: Client) -> None:
    claim(world)

    listed = alice.get(reverse("customer-claims", args=[world.first.kcs_id, SLUG]), {"q": "R-1"}).text

    assert 'href="?q=R-1&amp;state=open"' in listed


def test_claims_are_taken_away_as_csv(world: World, alice: Client) -> None:
    one = claim(world)

    answered = alice.get(reverse("customer-claims-export", args=[world.first.kcs_id, SLUG]))

    assert answered["Content-Type"] == "text/csv; charset=utf-8"
    head, row = answered.content.decode("utf-8-sig").splitlines()
    assert head.startswith("Reference,Device,Plan,State")
    assert row.startswith(f"R-1,{one.identifier},Gold,Open,Glass broke,")


@pytest.mark.parametrize("slug", ["knox-configure", "knox-guard", "no-service"])
def test_other_services_have_no_claims(world: World, alice: Client, slug: str) -> None:
    assert alice.get(reverse("customer-claims", args=[world.first.kcs_id, slug])).status_code == 404


def test_a_customer_without_care_has_no_claims(world: World, alice: Client) -> None:
    assert alice.get(reverse("customer-claims", args=[world.first.kcs_id, SLUG])).status_code == 404


def test_a_swap_is_shown_before_it_is_done(world: World, alice: Client) -> None:
    device, _ = covered(world)
    url, new = address(device, "swap", device.pk), sending.imei(70)

    shown = alice.post(url, {"device": new, "model": ""})
    before = state(device, CARE)
    done = alice.post(url, {"device": new, "model": "", "confirm": "1"}, follow=True)

    text = " ".join(shown.content.decode().split())
    assert (shown.status_code, before) == (200, "active")
    assert "takes the place of" in text
    assert "Gold" in text
    assert f"{new} is in the place of {device}" in done.content.decode()
    assert enrollment(device, CARE) is None


def test_a_swap_says_why_it_is_not_possible(world: World, alice: Client) -> None:
    covered(world)
    (device,) = devices(world, world.first, first=70)

    shown = alice.get(address(device, "swap", device.pk)).content.decode()
    wrong = alice.post(address(device, "swap", device.pk), {"device": "12", "model": ""})

    assert "is Pending in Samsung Care+" in shown
    assert wrong.status_code == 409


def test_an_imei_is_exchanged_in_knox_guard(world: World, alice: Client) -> None:
    customer, license = guarded(world)
    (device,) = devices(world, customer)
    act(GUARD, "accept", device, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, device)

    url = address(device, "swap", device.pk, slug=GUARD.slug)
    shown = alice.post(url, {"device": sending.imei(70), "model": ""}).content.decode()

    assert "Exchange IMEI" in shown
    assert "B-1" in shown


def test_a_device_of_another_customer_is_not_swapped(world: World, alice: Client) -> None:
    own, _ = covered(world)
    (other,) = devices(world, world.second, first=70)

    assert alice.get(address(own, "swap", other.pk)).status_code == 404
