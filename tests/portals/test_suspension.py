"""Samsung suspends an MSP: its people read why, and can do nothing until Samsung ends it."""

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from onboarding import endings
from tenants import exports
from tenants.models import Management, Msp
from tests import world as cast
from tests.mail.letters import newest_token
from tests.portals.test_one_portal import text

pytestmark = pytest.mark.usefixtures("committed")
PASSWORD = "a password, for a test"


@pytest.fixture
def world(committed):
    return cast.build()


@pytest.fixture
def sam(world, client):
    """Sam, who has just typed the password."""
    world.sam.set_password(PASSWORD)
    world.sam.save()
    client.post(reverse("account_login"), {"login": world.sam.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def suspend(sam, world, reason="The register lists Aurora no more."):
    return sam.post(reverse("samsung-msp-suspend", args=[world.aurora.public_id]), {"reason": reason})


def test_people_of_a_suspended_msp_read_the_reason_and_do_nothing(world, sam):
    suspend(sam, world)
    alice = sam.__class__()
    alice.force_login(world.alice)

    pages = [
        alice.get(reverse("customer-list")),
        alice.get(reverse("customer", args=[world.first.kcs_id])),
        alice.post(reverse("customer-add")),
        alice.post(reverse("launch", args=["msp", world.aurora.pk])),
    ]

    assert [page.status_code for page in pages] == [403] * 4
    assert all("The register lists Aurora no more." in text(page) for page in pages)
    assert "The register lists Aurora no more." in text(alice.get("/"))


def test_a_file_that_was_made_before_stays_closed(world, sam):
    with acting_as(world.alice), transaction.atomic():
        export = exports.request(
            "customers", maker="portals.tasks.export_customers", params={}, msp=world.aurora, by=world.alice
        )
        exports.finish(export, [["head"], ["line"]])
    suspend(sam, world)
    alice = sam.__class__()
    alice.force_login(world.alice)

    assert [alice.get(reverse(name, args=[export.pk])).status_code for name in ("export", "export-file")] == [403, 403]


def test_others_work_on_and_so_does_everybody_after_its_end(world, sam):
    suspend(sam, world)
    bob, alice = sam.__class__(), sam.__class__()
    bob.force_login(world.bob)
    alice.force_login(world.alice)

    during = bob.get(reverse("customer-list")).status_code
    sam.post(reverse("samsung-msp-resume", args=[world.aurora.public_id]))

    assert (during, alice.get(reverse("customer-list")).status_code) == (200, 200)


def test_a_suspension_needs_a_reason_and_happens_once(world, sam):
    answers = [suspend(sam, world, reason).status_code for reason in ("", "Fraud.", "Fraud again.")]

    with as_operator():
        reason = Msp.objects.get(pk=world.aurora.pk).suspended_reason
    assert (answers, reason) == ([422, 302, 409], "Fraud.")


def test_an_old_sign_in_types_the_password_before(world, client):
    world.sam.set_password(PASSWORD)
    world.sam.save()
    client.force_login(world.sam)

    response = suspend(client, world)

    assert response.url.startswith(reverse("account_reauthenticate"))
    with as_operator():
        assert Msp.objects.get(pk=world.aurora.pk).suspended_at is None


def test_samsung_counts_the_customers_that_an_msp_manages_now(world, sam):
    page = reverse("samsung-msp", args=[world.aurora.public_id])
    before = sam.get(page).context["customers"]
    with acting_as(world.alice), transaction.atomic():
        endings.ask(Management.objects.get(customer=world.first), by=world.alice)
    endings.approve(newest_token("delink", "contact@fjordlinefreight.example"))

    assert sam.get(page).context["customers"] == before - 1


def test_samsung_finds_an_msp_by_name_id_and_state(world, sam):
    suspend(sam, world)
    url = reverse("samsung-msps")

    found = {query: text(sam.get(url + query)) for query in ("", "?q=bore", "?state=suspended", "?q=nobody")}

    assert "Aurora" in found[""]
    assert "Aurora" not in found["?q=bore"]
    assert "Borealis" not in found["?state=suspended"]
    assert "MSPs match by a part of their name" in found["?q=nobody"]
