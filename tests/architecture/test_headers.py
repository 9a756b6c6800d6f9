"""What every page says to the browser about itself, and what a portal behind https says more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.acting import acting_as
from tests import world as cast
from tests.architecture.routes import ROUTES
from tests.architecture.test_budget import READERS
from tests.devices.sending import added, imei, waiting

ROOT = Path(__file__).resolve().parents[2]
UNREAD = (None, "agent", "agent:enroll", "alice's")
PAGES = [name for name, route in ROUTES.items() if route.policy not in UNREAD and name != "healthz"]
ACCOUNT = ["account_login", "account_reset_password", "mfa_index", "usersessions_list", "account_email"]
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PRODUCTION = """
from django.conf import settings
for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
             "CSRF_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_NAME", "MFA_REQUIRED",
             "DEBUG", "SECURE_PROXY_SSL_HEADER"):
    print(name, getattr(settings, name))
"""


@pytest.fixture(scope="module")
def _world_of_this_module(_world_of_this_module):
    """Filled once, for all pages."""
    world = _world_of_this_module
    world.waiting = cast.application(world.nora)
    added(world.alice, [imei(1)], customer=world.first)
    added(world.carl, [imei(2)], customer=world.contoso)
    waiting(world, [imei(3)], customer=world.first)
    waiting(world, [imei(4)], customer=world.contoso)
    return world


def problems(response):
    """What is missing or weak in the head of one answer."""
    found = [name for name, value in EVERYWHERE.items() if response.get(name) != value]
    policy = dict(part.strip().split(" ", 1) for part in response.get("Content-Security-Policy", "").split(";") if part)
    if policy.get("default-src") != "'self'" or policy.get("object-src") != "'none'":
        found.append("CSP: default-src, object-src")
    if policy.get("frame-ancestors") != "'none'" or policy.get("base-uri") != "'none'":
        found.append("CSP: frame-ancestors, base-uri")
    if policy.get("form-action") != "'self'" or "unsafe" in str(policy) or "*" in str(policy):
        found.append("CSP: form-action, unsafe words, wildcards")
    if "camera=()" not in response.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    weak = [one.key for one in response.cookies.values() if not one["samesite"]]
    return found + [f"cookie {name}" for name in weak]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_tells_the_browser_what_it_may_do(world, client, name):
    route = ROUTES[name]
    client.force_login(getattr(world, READERS.get(route.policy, "alice")))
    with acting_as(world.alice):
        url = reverse(name, args=route.args(world)) + route.query

    assert problems(client.get(url)) == []


@pytest.mark.parametrize("name", ACCOUNT)
def test_so_do_the_pages_of_an_account(world, client, name):
    if name != "account_login":
        client.force_login(world.alice)

    assert problems(client.get(reverse(name))) == []


@pytest.mark.parametrize("path", ["/no/such/page/", "/customers/0000000000/", "/api/v1/"])
def test_so_do_refusals(world, client, path):
    client.force_login(world.alice)

    assert problems(client.get(path)) == []


def test_pages_of_a_signed_in_person_are_kept_by_no_cache(world, client):
    client.force_login(world.alice)

    assert "no-store" in client.get(reverse("customer-list"))["Cache-Control"]


@pytest.mark.parametrize(("url", "wanted"), [("https://portal.example", "True"), ("http://10.0.0.7", "False")])
def test_a_portal_behind_https_has_cookies_for_https_only(url, wanted):
    told = _production(PORTAL_URL=url, TRUSTED_PROXY_COUNT="1")

    assert (told["SESSION_COOKIE_SECURE"], told["CSRF_COOKIE_SECURE"]) == (wanted, wanted)
    assert told["SESSION_COOKIE_NAME"] == {"True": "__Host-session", "False": "sessionid"}[wanted]
    assert (told["SECURE_HSTS_SECONDS"] == "31536000") == (wanted == "True")
    assert (told["SESSION_COOKIE_HTTPONLY"], told["SESSION_COOKIE_SAMESITE"]) == ("True", "Lax")
    assert told["SECURE_PROXY_SSL_HEADER"] == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_a_second_step_is_required_unless_somebody_says_no():
    assert (_production()["MFA_REQUIRED"], _production(MFA_REQUIRED="0")["MFA_REQUIRED"]) == ("True", "False")


def test_an_address_that_no_proxy_vouches_for_is_not_believed():
    assert _production(TRUSTED_PROXY_COUNT="0")["SECURE_PROXY_SSL_HEADER"] == "None"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"PORTAL_URL": ""}, "PORTAL_URL is not set"), ({"SECRET_KEY": ""}, "SECRET_KEY is not set")],
)
def test_production_does_not_start_without_its_address_and_a_key(wrong, told):
    process = _process(**wrong)

    assert process.returncode == 1
    assert told in process.stderr


@pytest.mark.parametrize(("path", "is_sent"), [("/healthz", False), ("/accounts/login/", True)])
def test_the_health_check_alone_is_not_sent_to_https(world, client, settings, path, is_sent):
    settings.SECURE_SSL_REDIRECT = True

    assert (client.get(path).status_code == 301) == is_sent


def _production(**variables):
    """The settings as a process reads them with DEBUG=0."""
    process = _process(**variables)
    assert process.returncode == 0, process.stderr
    return dict(line.split(" ", 1) for line in process.stdout.splitlines())


def _process(**variables):
    kept = {name: value for name, value in os.environ.items() if name != "MFA_REQUIRED"}
    environment = kept | {"DEBUG": "0", "DJANGO_SETTINGS_MODULE": "msp_portal.settings"} | variables
    return subprocess.run(
        [sys.executable, "-c", PRODUCTION], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
