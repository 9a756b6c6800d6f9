"""Every column of every list sorts both ways, and each page of it leads to the next one."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from tenants import lists, memberships
from tests import world as cast
from tests.architecture.routes import ROUTES
from tests.architecture.test_budget import PAGES, READERS
from tests.devices.sending import added, imei, waiting
from tests.world import World

pytestmark = pytest.mark.django_db
_SORTS = re.compile(r'href="([^"]*[?&](?:amp;)?sort=[^"]*)"')
_HEADS = re.compile(r"<thead>.*?</thead>", re.DOTALL)
_MENU = re.compile(r'<div class="tools sort">.*?</details>', re.DOTALL)
_NEXT = re.compile(r'href="([^"]*[?&](?:amp;)?after=[^"]*)"')


@pytest.fixture(scope="module")
def _world_of_this_module(_world_of_this_module: World) -> World:
    """Two rows at least in each list."""
    world = _world_of_this_module
    for number in range(2):
        world.waiting = cast.application(cast.person(f"a{number}@polaris.example"), company=f"Company {number}")
        added(world.alice, [imei(10 + number)], customer=world.first)
        added(world.carl, [imei(20 + number)], customer=world.contoso)
        waiting(world, [imei(30 + number)], customer=world.first)
        waiting(world, [imei(40 + number)], customer=world.contoso)
    for own in (world.reseller, world.license_reseller, world.contoso):
        with as_operator():
            memberships.join(
                cast.person(f"own{own.pk}@{type(own).__name__.lower()}.example"),
                own.roles.super_admin(),
                by=world.sam,
            )
    return world


@pytest.fixture
def _one_row_a_page(monkeypatch):
    monkeypatch.setitem(lists.page.__kwdefaults__, "size", 1)


def links(pattern, url, text):
    """The addresses that a page of this address leads to."""
    path = url.partition("?")[0]
    return {path + one if one.startswith("?") else one for one in map(unescape, pattern.findall(text))}


def opened(world, client, name):
    """The address of the page, and what it shows; nothing where it is a file."""
    route = ROUTES[name]
    client.force_login(getattr(world, READERS.get(route.policy, "alice")))
    with acting_as(world.alice):
        url = reverse(name, args=route.args(world)) + route.query
    answer = client.get(url)
    return url, "" if answer.streaming else answer.text


def test_every_list_that_sorts_sorts_on_a_phone_too(world):
    """There the heads are hidden, and a menu has their choices; also those of columns that a person hid."""
    lacking = {}
    for name in PAGES:
        with transaction.atomic():
            _, text = opened(world, Client(), name)
            heads, menus = (_links_in(text, around) for around in (_HEADS, _MENU))
            if not heads <= menus or bool(heads) != bool(menus):
                lacking[name] = (heads, menus)
            transaction.set_rollback(True)

    assert lacking == {}


def _links_in(text, around):
    return {one for part in around.findall(text) for one in _SORTS.findall(part)}


@pytest.mark.usefixtures("_one_row_a_page")
def test_every_column_of_every_list_leads_on(world):
    sorted_lists, led_on = set(), set()
    for name in PAGES:
        client = Client()
        with transaction.atomic():  # what an address needs is made for it alone
            url, text = opened(world, client, name)
            for column in links(_SORTS, url, text):
                sorted_lists.add(name)
                for way in (column, column.replace("sort=", "sort=-").replace("sort=--", "sort=")):
                    for following in links(_NEXT, way, client.get(way).text):
                        led_on.add(name)
                        assert client.get(following).status_code == 200, following
            transaction.set_rollback(True)

    assert len(sorted_lists) > 20
    assert sorted(sorted_lists - led_on) == []
