"""Every act leaves an entry: who, for which organization, with which request, from where (design.md 1)."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from accounts.acting import as_operator
from audit.models import Event, Side
from tests.architecture.routes import ALLAUTH_PERSON, ALLAUTH_PUBLIC, ROUTES
from tests.bad_input import pages
from tests.bad_input.pages import PAGES, Page

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.2.7"
FORMS = [*PAGES, *(one for one in vars(pages).values() if isinstance(one, Page) and one not in PAGES)]
ORGANIZATIONS = ("msp_id", "customer_id", "reseller_id", "license_reseller_id")
NO_ORGANIZATION = (Side.SAMSUNG, Side.APPLICANT, Side.PORTAL)

NOTHING_CHANGED: dict[str, str] = {}


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


@pytest.mark.parametrize("at", [one for one in FORMS if one.name not in ()], ids=str)
def test_a_form_that_was_taken_is_told(world, at):
    client = Client(REMOTE_ADDR=ADDRESS)
    url = at.enter(world, client)
    if resolve(url.partition("?")[0]).url_name in NOTHING_CHANGED:
        return

    response = client.post(url, at.valid(world))

    assert response.status_code == at.done
    check(response, getattr(world, at.person) if at.person else None)


def test_every_address_that_acts_is_tried_or_says_why_not(world):
    tried = set()
    for at in FORMS:
        with undone() as client:
            tried.add(resolve(at.enter(world, client).partition("?")[0]).url_name)

    acting = {name for name, route in ROUTES.items() if route.post} | ALLAUTH_PUBLIC | ALLAUTH_PERSON

    assert acting - tried == set(NOTHING_CHANGED)
