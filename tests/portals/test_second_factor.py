"""Samsung admins and super admins need a second step where MFA_REQUIRED is set."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from tests.portals.test_one_portal import text

PASSWORD, SECRET = "a password, for a test", "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.MFA_REQUIRED = True


@pytest.mark.parametrize(("who", "page"), [("alice", "customer-list"), ("sam", "samsung-applications"),
                                           ("rita", "reseller-home"), ("carl", "admin-portal-home"),
                                           ("alice", "preferences")])  # fmt: skip
def test_without_a_second_step_nothing_opens_but_the_way_to_one(world, client, who, page):
    client.force_login(getattr(world, who))

    response = client.get(reverse(page))

    assert response.status_code == 403
    assert f'href="{reverse("mfa_index")}"' in text(response)
    assert client.get(reverse("mfa_index")).status_code in (200, 302)


def test_launching_is_refused_too(world, client):
    client.force_login(world.alice)

    assert client.post(reverse("launch", args=["msp", world.aurora.pk])).status_code == 403


def test_recovery_codes_alone_are_no_second_step(world, client):
    RecoveryCodes.activate(world.alice)
    client.force_login(world.alice)

    assert client.get(reverse("customer-list")).status_code == 403


def test_with_a_second_step_everything_opens(world, client):
    totp.TOTP.activate(world.alice, SECRET)
    client.force_login(world.alice)

    assert client.get(reverse("customer-list")).status_code == 200


def test_others_go_on_with_a_password(world, client):
    client.force_login(world.vera)

    assert client.get(reverse("customer-list")).status_code == 200


def test_a_sign_in_with_a_code_goes_on_until_the_second_step_is_taken_away(world, client):
    world.alice.set_password(PASSWORD)
    world.alice.save()
    totp.TOTP.activate(world.alice, SECRET)
    client.post(reverse("account_login"), {"login": world.alice.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": code()})

    before = client.get(reverse("customer-list")).status_code
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=world.alice).exists()
    assert (before, client.get(reverse("customer-list")).status_code) == (200, 403)


def code():
    return totp.format_hotp_value(totp.hotp_value(SECRET, next(totp.yield_hotp_counters_from_time())))


def test_where_it_is_not_required_a_password_is_enough(world, client, settings):
    settings.MFA_REQUIRED = False
    client.force_login(world.sam)

    assert client.get(reverse("samsung-applications")).status_code == 200
