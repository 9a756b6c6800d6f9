"""Every act leaves an entry: who, for which organization, with which request, from where (design.md 1)."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from accounts.acting import as_operator
from audit.models import Event, Side
from tests.architecture.presses import PRESSES
from tests.architecture.routes import ALLAUTH_PERSON, ALLAUTH_PUBLIC, ROUTES
from tests.bad_input.pages import EVERY

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.2.7"
UNFIT = {"reseller uploads devices", "approve deletion"}
"""Forms whose typed values want more than their page gives; presses.py tries them."""
FORMS = [one for one in EVERY if one.name not in UNFIT]
ORGANIZATIONS = ("msp_id", "customer_id", "reseller_id", "license_reseller_id")
NO_ORGANIZATION = (Side.SAMSUNG, Side.APPLICANT, Side.PORTAL)

ALLAUTH = "of allauth; tests/tenants/test_account_events.py tries what it tells"
LOOKS = "only shows something, or asks who it is before an act that is told"
KEY = "of allauth, and needs a key or a phone; it writes a letter, and with each letter an entry"
SAME = "the same view and verb as in another portal, which is tried"
DEVICE = "a device speaks: what it does is told in the history of the console"
# Why an address that answers POST is not tried here.
UNTRIED = {
    "account_change_password": ALLAUTH,
    "account_confirm_email": ALLAUTH,
    "account_email": ALLAUTH,
    "account_login": ALLAUTH,
    "account_reset_password": ALLAUTH,
    "account_reset_password_from_key": ALLAUTH,
    "account_set_password": ALLAUTH,
    "usersessions_list": ALLAUTH,
    "msp-bell": "notes how far this person has read; nobody else sees it",
    "msp-dashboard-recount": "asks for a count of facts, which changes none",
    "account_confirm_login_code": LOOKS,
    "account_email_verification_sent": LOOKS,
    "account_inactive": LOOKS,
    "account_reauthenticate": LOOKS,
    "account_reset_password_done": LOOKS,
    "account_reset_password_from_key_done": LOOKS,
    "account_signup": LOOKS,
    "mfa_download_recovery_codes": LOOKS,
    "mfa_edit_webauthn": "names one's own key",
    "mfa_index": LOOKS,
    "mfa_list_webauthn": LOOKS,
    "mfa_reauthenticate": LOOKS,
    "mfa_reauthenticate_webauthn": LOOKS,
    "mfa_view_recovery_codes": LOOKS,
    "mfa_activate_totp": KEY,
    "mfa_add_webauthn": KEY,
    "mfa_authenticate": KEY,
    "mfa_deactivate_totp": KEY,
    "mfa_generate_recovery_codes": KEY,
    "mfa_login_webauthn": KEY,
    "mfa_remove_webauthn": KEY,
    "agent-checkin": DEVICE,
    "agent-enroll": DEVICE,
    "agent-report": DEVICE,
    "receipt": LOOKS,
    "no-api": "there is no API: it answers that, and does nothing",
    "management-end": "the verb of admin-portal-end; tests/onboarding/test_link_pages.py presses it",
    "samsung-deletion-approve": "tests/support/test_deletions.py tries it, as it needs two Samsung admins",
    "samsung-carry-out": "tests/support tries it, as it needs a wish that can be carried out",
    "reseller-devices-delete": SAME,
    "reseller-upload-bulk": SAME,
    "reseller-upload-fix": SAME,
    "admin-portal-claim": SAME,
    "admin-portal-claim-new": SAME,
    "admin-portal-console-act": SAME,
    "admin-portal-device-agent": SAME,
    "admin-portal-resellers": SAME,
    "admin-portal-swap": SAME,
    "admin-portal-thing-add": SAME,
    "admin-portal-thing-edit": SAME,
    "admin-portal-thing-end": SAME,
    "company-administrator": SAME,
    "company-administrator-act": SAME,
    "license-reseller-administrator": SAME,
    "license-reseller-administrator-act": SAME,
    "reseller-administrator": SAME,
    "reseller-administrator-act": SAME,
    "admin-portal-license-assign": SAME,
    "admin-portal-license-extend": SAME,
    "admin-portal-license-key": SAME,
    "admin-portal-license-reduce": SAME,
    "admin-portal-license-release": SAME,
    "admin-portal-license-remove": SAME,
    "admin-portal-license-replace": SAME,
    "admin-portal-license-seats": SAME,
    "model-import": "a preview; its second step is told (tests/devices/test_catalog.py)",
    "reseller-devices-delete-list": "a preview; its second step is told (tests/devices/test_reseller_pages.py)",
}


@contextmanager
def undone():
    with transaction.atomic():
        yield Client(REMOTE_ADDR=ADDRESS)
        transaction.set_rollback(True)


def entries(response):
    """What history tells of the request that was answered so."""
    with as_operator():
        return list(Event.objects.filter(request_id=response["X-Request-ID"]))


def check(response, person):
    told = entries(response)
    assert told, "nothing was recorded"
    assert {one.address for one in told} == {ADDRESS}
    assert all(one.actor_name for one in told)
    assert person is None or person.pk in {one.actor_id for one in told}
    for one in told:
        assert one.side in NO_ORGANIZATION or any(getattr(one, column) for column in ORGANIZATIONS), one.verb


@pytest.mark.parametrize(("name", "press"), PRESSES.items())
def test_a_button_that_acted_is_told(world, name, press):
    response = press.send(name, world, Client(REMOTE_ADDR=ADDRESS))

    assert response.status_code in (200, 302)
    check(response, getattr(world, press.person) if press.person else None)


@pytest.mark.parametrize("at", FORMS, ids=str)
def test_a_form_that_was_taken_is_told(world, at):
    client = Client(REMOTE_ADDR=ADDRESS)
    url = at.enter(world, client)
    if resolve(url.partition("?")[0]).url_name in UNTRIED:
        return

    with as_operator():
        typed = at.valid(world)

    response = client.post(url, typed)

    assert response.status_code == at.done
    check(response, getattr(world, at.person) if at.person else None)


def test_every_address_that_acts_is_tried_or_says_why_not(world):
    tried = set()
    for at in FORMS:
        with undone() as client:
            tried.add(resolve(at.enter(world, client).partition("?")[0]).url_name)

    tried |= PRESSES.keys()
    acting = {name for name, route in ROUTES.items() if route.post} | ALLAUTH_PUBLIC | ALLAUTH_PERSON

    assert acting - tried - UNTRIED.keys() == set()
    assert UNTRIED.keys() - acting == set()
