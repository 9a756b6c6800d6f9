"""Management moves while somebody waits for the customer: the answer says so, and nothing is done or kept."""

from collections.abc import Callable
from functools import partial
from threading import Event as Signal

import pytest
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts.acting import as_operator
from accounts.models import User
from onboarding import consents, contacts, endings
from tenants.models import Customer, Management
from tests import world as cast
from tests.mail.letters import newest_token
from tests.onboarding.asking import ask
from tests.races.committed import at_once, by, until_somebody_waits
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def leaves(customer: Customer, moves: Signal) -> None:
    with as_operator():
        management = endings.locked(Management.objects.get(customer=customer))
        moves.set()
        until_somebody_waits()
        endings.end(management)


def comes(link: str, customer: Customer, moves: Signal) -> None:
    with as_operator():
        Customer.objects.select_for_update().get(pk=customer.pk)
        moves.set()
        until_somebody_waits()
        consents.approve(link, person="Carl")


def press(client: Client, address: str, fields: dict[str, object], moves: Signal) -> tuple[int, str]:
    moves.wait(30)
    answer = client.post(address, fields)
    return answer.status_code, answer.text


def browser(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def raced(mover: Callable[[Signal], None], presser: Callable[[Signal], object]) -> object:
    moves = Signal()
    _, answer = at_once(lambda: mover(moves), lambda: presser(moves))
    return answer


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("customer-services", {"services": ["KME"]}),
        ("customer-access", {"typed": "Fjordline Freight"}),
        ("customer-edit", {}),
    ],
)
def test_who_presses_while_the_customer_leaves_reads_that_nothing_is_there(world, page, fields):
    alice, address = browser(world.alice), reverse(page, args=[world.first.kcs_id])
    if page == "customer-edit":
        form = alice.get(address).context["form"]
        fields = {one.html_name: one.value() for one in form if one.value()} | {"city": "Hamburg"}

    status, text = raced(partial(leaves, world.first), partial(press, alice, address, fields))

    assert (status, "There is nothing here that you can open" in text) == (404, True)
    with as_operator():
        kept = Customer.objects.get(pk=world.first.pk)
        assert (kept.city, list(kept.services.values_list("service", flat=True))) == ("Berlin", ["KC"])


def test_who_presses_while_the_own_consoles_close_reads_why(world):
    ask(world)
    link = newest_token("consent", "carl@contoso.example")
    carl, address = browser(world.carl), reverse("admin-portal-console-code", args=["knox-configure"])

    status, text = raced(partial(comes, link, world.contoso), partial(press, carl, address, {}))

    assert (status, "manages Knox for Contoso" in text) == (403, True)


def test_an_msp_that_the_customer_leaves_meanwhile_invites_nobody(world):
    company = cast.full_access(world.aurora, world.alice, "Open Company")
    invite = by(world.alice, contacts.invite_again, company, msp=world.aurora, by=world.alice)

    no = raced(partial(leaves, company), lambda moves: moves.wait(30) and invite())

    assert getattr(no, "status", no) == 404
    newest = Email.objects.filter(to__contains="contact@opencompany.example").latest("pk")
    assert "Aurora" not in newest.message
