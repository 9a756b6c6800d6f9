"""The log says who was shown which page, and no secret that stands in an address."""

import logging

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
LOGGER = "audit.middleware"


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger=LOGGER)
    return lambda: [one.getMessage() for one in caplog.records if one.name == LOGGER]


def test_a_line_says_who_asked_for_what_and_what_came(world, client, lines):
    client.force_login(world.alice)

    client.get(reverse("customer", args=[world.first.kcs_id]), {"q": "353918"}, REMOTE_ADDR="192.0.2.7")

    (line,) = lines()
    assert line.startswith(f"GET /customers/{world.first.kcs_id}/ 200 ")
    assert line.endswith(f" ms person {world.alice.pk} from 192.0.2.7")


def test_what_somebody_may_not_see_is_told_apart(world, client, lines):
    client.force_login(world.bob)

    client.get(reverse("customer", args=[world.first.kcs_id]))

    assert f"/customers/{world.first.kcs_id}/ 404 " in lines()[0]


@pytest.mark.parametrize(
    "address",
    ["/consent/{}/", "/delink/{}/", "/receipt/{}/", "/end/{}/", "/join/{}/", "/invitations/{}/", "/enroll/{}/",
     "/apply/confirm/{}/", "/email/stop/{}/", "/accounts/confirm-email/{}/", "/accounts/password/reset/key/1-{}/",
     "/consent/{}", "/consents/{}/"],
)  # fmt: skip
def test_the_secret_of_a_link_is_not_written(client, lines, address):
    client.get(address.format("k3J9secret"), {"email": "k3J9secret"})

    assert len(lines()) == 1
    assert "k3J9secret" not in lines()[0]


def test_nobody_writes_lines_of_their_own_into_the_log(world, client, lines):
    client.force_login(world.alice)

    client.get("/customers/1%0Aforged/")

    assert "\n" not in lines()[0]
