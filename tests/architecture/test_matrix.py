"""Who gets what from every route: one table a policy. Other tenant 404, missing right 403, signed out to sign-in."""

from http.cookies import SimpleCookie

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as
from onboarding import consents, requests
from tenants import access, exports
from tenants.models import Access, KnoxService, OrganizationQuerySet
from tests import world as cast
from tests.architecture.routes import ALLAUTH_PERSON, ALLAUTH_PUBLIC, ROUTES
from tests.devices.sending import added, imei, waiting
from tests.mail.letters import newest_token

PEOPLE = ("alice", "tom", "vera", "mira", "blake", "bob", "carl", "rita", "otto", "lena", "sam", "nora", "anonymous")
OK, LOGIN = "ok", "login"
STAFF_OF_NOBODY = ("blake", "carl", "rita", "otto", "lena", "sam", "nora")


def table(default, **others):
    """The answer for each person: `default` but for those named."""
    return dict.fromkeys(PEOPLE, default) | {"anonymous": LOGIN} | others


EVERYBODY = dict.fromkeys(PEOPLE, OK)
POLICIES = {
    "public": EVERYBODY,
    "link": dict.fromkeys(PEOPLE, 404),
    "missing": dict.fromkeys(PEOPLE, 404),
    # Devices prove themselves by their secret; who is signed in makes no difference.
    "agent": dict.fromkeys(PEOPLE, 401),
    "agent:enroll": dict.fromkeys(PEOPLE, 400),
    "person": table(OK),
    "nobody's": table(404),
    "alice's": table(404, alice=OK),
    # Tom, limited to some customers, sees only the requests that he sent himself.
    "request": table(403, alice=OK, tom=404, mira=OK, bob=404),
    "launch": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
    "msp:view_msp": table(OK, **dict.fromkeys(STAFF_OF_NOBODY, 403)),
    "msp:add_customers": table(OK, vera=403, **dict.fromkeys(STAFF_OF_NOBODY, 403)),
    # Vera, an administrator of Aurora, and one of its roles.
    "msp:manage_people": table(403, alice=OK, bob=OK),
    "people": table(403, alice=OK, bob=404),
    "msp:manage_roles": table(403, alice=OK, bob=OK),
    "msp:change_msp": table(403, alice=OK, bob=OK),
    "role": table(403, alice=OK, bob=404),
    # Rita's company sends devices; Otto's, another one, sends none and sees none of hers.
    "member:reseller": table(403, rita=OK, otto=OK),
    "reseller:upload": table(403, rita=OK, otto=404),
    "reseller:people": table(403, rita=OK, otto=404),
    "member:license_reseller": table(403, lena=OK),
    "member:customer": table(403, carl=OK),
    "samsung": table(404, sam=OK),
    # A device of Aurora's first customer, and one of Contoso.
    "customer:device": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
    "own:device": table(403, carl=OK),
    # What Aurora uploaded for its first customer.
    "customer:upload": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
    "customer:decide": table(404, alice=OK, tom=OK, vera=403, mira=OK),
    # What a reseller sent for each of the two.
    "customer:approval": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
    "customer:approve": table(404, alice=OK, tom=OK, vera=403, mira=OK),
    "own:approval": table(403, carl=OK),
    # A license of Aurora's first customer, and an order of Aurora for nobody yet.
    "customer:license": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
    "customer:change_license": table(404, alice=OK, tom=OK, vera=403, mira=OK),
    # A console of Aurora's first customer.
    "customer:console": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
    "customer:change_console": table(404, alice=OK, tom=OK, vera=403, mira=OK),
    # A profile of Aurora's first customer, and one of Contoso.
    "customer:thing": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
    "customer:change_thing": table(404, alice=OK, tom=OK, vera=403, mira=OK),
    "own:thing": table(403, carl=OK),
    # An alert of Aurora's first customer.
    "alert": table(403, alice=OK, tom=OK, vera=OK, mira=OK, bob=404),
    "alert:change": table(403, alice=OK, tom=OK, vera=403, mira=OK, bob=404),
    "order": table(403, alice=OK, tom=OK, vera=OK, mira=OK, bob=404),
    "order:change": table(403, alice=OK, tom=OK, vera=403, mira=OK, bob=404),
}
# A customer's pages, for each of three customers: Aurora's first (Tom sees it), Aurora's second, Borealis's.
CUSTOMERS = {
    "customer": {
        "first": table(404, alice=OK, tom=OK, vera=OK, mira=OK),
        "second": table(404, alice=OK, vera=OK, mira=OK),
        "foreign": table(404, bob=OK, mira=OK),
        "contoso": table(404),
    },
    "customer:manage": {
        "first": table(404, alice=OK, tom=OK, vera=403, mira=OK),
        "second": table(404, alice=OK, vera=403, mira=OK),
        "foreign": table(404, bob=OK, mira=403),
        "contoso": table(404),
    },
}


@pytest.fixture(scope="module")
def _world_of_this_module(_world_of_this_module):
    """Filled once: every test starts from it, and what it changes is rolled back."""
    world = _world_of_this_module
    world.otto, _ = cast.second_reseller(world)
    with acting_as(world.alice):
        world.asked = requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
        )
    world.waiting = cast.application(world.nora)
    added(world.alice, [imei(1)], customer=world.first)
    added(world.carl, [imei(2)], customer=world.contoso)
    waiting(world, [imei(3)], customer=world.first)
    waiting(world, [imei(4)], customer=world.contoso)
    with acting_as(world.alice):
        export = exports.request(
            "customers", maker="portals.tasks.export_customers", params={}, msp=world.aurora, by=world.alice
        )
        exports.finish(export, [["head"], ["line"]])
    return world


@pytest.fixture(scope="module")
def sessions(_world_of_this_module):
    """The cookie of each person, who signs in once: to do so for every address takes a quarter of the time."""
    return {who: _session(getattr(_world_of_this_module, who)) for who in PEOPLE if who != "anonymous"}


def _session(person):
    browser = Client()
    browser.force_login(person)
    return {name: morsel.value for name, morsel in browser.cookies.items()}


@pytest.fixture
def answer(client, sessions):
    """What somebody gets: ok, login, or the status."""

    def asked(who, url, method):
        client.cookies = SimpleCookie(sessions.get(who))
        response = client.post(url) if method == "post" else client.get(url)
        if response.status_code == 302 and response.url.startswith(reverse("account_login")):
            return LOGIN
        return OK if response.status_code in (200, 302, 409, 422, 503) else response.status_code

    return asked


def args_of(world, route):
    with acting_as(world.alice):
        return route.args(world)


SIMPLE = [
    (name, method)
    for name, route in ROUTES.items()
    for method, policy in (("get", route.policy), ("post", route.post))
    if policy
    and policy not in CUSTOMERS
    and policy != "customer:receipt"
    and (name, method) != ("samsung-approve", "post")
    and name != "healthz"
]


@pytest.mark.parametrize(("name", "method"), SIMPLE)
def test_every_person_gets_what_the_policy_says(world, answer, name, method):
    route = ROUTES[name]
    url = reverse(name, args=args_of(world, route))
    policy = route.policy if method == "get" else route.post

    got = {who: answer(who, url, method) for who in PEOPLE}

    assert got == POLICIES[policy]


def test_only_samsung_approves(world, answer):
    url = reverse("samsung-approve", args=[world.waiting.pk])
    others = [who for who in PEOPLE if who != "sam"]

    got = {who: answer(who, url, "post") for who in others}
    by_sam = answer("sam", url, "post")

    assert (got, by_sam) == ({who: POLICIES["samsung"][who] for who in others}, OK)


def test_the_receipt_of_a_customer_is_open_to_those_who_see_the_customer(world, answer):
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl")
    url = reverse("customer-receipt", args=[world.contoso.kcs_id])

    got = {who: answer(who, url, "get") for who in PEOPLE}

    assert got == table(404, alice=OK, vera=OK, mira=OK)


def test_a_load_balancer_asks_for_health_without_signing_in(client, db):
    response = client.get(reverse("healthz"))  # no worker runs here, so it waits a second for one

    assert (response.status_code, response.content.decode().splitlines()[0]) == (
        503,
        '{"component": "database", "ok": true}',
    )


OF_A_CUSTOMER = [
    (name, method, which)
    for name, route in ROUTES.items()
    for method, policy in (("get", route.policy), ("post", route.post))
    if policy in CUSTOMERS
    for which in CUSTOMERS[policy]
]


@pytest.mark.parametrize(("name", "method", "which"), OF_A_CUSTOMER)
def test_a_customer_is_open_to_those_with_a_grant(world, answer, name, method, which):
    route = ROUTES[name]
    url = reverse(name, args=[getattr(world, which).kcs_id])

    got = {who: answer(who, url, method) for who in PEOPLE}

    assert got == CUSTOMERS[route.policy if method == "get" else route.post][which]


@pytest.mark.parametrize(("name", "method", "which"), OF_A_CUSTOMER)
def test_with_the_door_off_the_database_still_lets_nobody_in(world, answer, monkeypatch, name, method, which):
    """The door's filter and its question about rights are taken away: only PostgreSQL's policies are left."""
    monkeypatch.setattr(OrganizationQuerySet, "granted", lambda rows, user, right: rows)
    monkeypatch.setattr(access, "rights", lambda user, organization: {"view_msp", access.VIEW, access.MANAGE})
    strangers = [who for who, wanted in CUSTOMERS["customer"][which].items() if wanted == 404]
    url = reverse(name, args=[getattr(world, which).kcs_id])

    got = {who: answer(who, url, method) for who in strangers}

    assert got == dict.fromkeys(strangers, 404)


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.post is None))
def test_a_page_that_changes_nothing_takes_no_post(world, client, name):
    client.force_login(world.alice)

    response = client.post(reverse(name, args=args_of(world, ROUTES[name])))

    assert response.status_code in (404, 405)


@pytest.mark.parametrize("name", sorted(ALLAUTH_PERSON))
def test_pages_of_an_account_ask_to_sign_in(client, db, name):
    args = [1] if name in ("mfa_edit_webauthn", "mfa_remove_webauthn") else []

    response = client.get(reverse(name, args=args))

    assert (response.status_code, response.url.partition("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", sorted(ALLAUTH_PUBLIC))
def test_pages_of_sign_in_answer_without_an_account(client, db, name):
    args = {"account_confirm_email": ["x"], "account_reset_password_from_key": ["1", "x"]}.get(name, [])

    response = client.get(reverse(name, args=args))

    assert response.status_code in (200, 302, 404, 405)
