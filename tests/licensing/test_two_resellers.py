"""A person who works for two license resellers sees and does in each portal only what is that company's.

PostgreSQL shows such a person the rows of both, so here the views themselves keep them apart.
"""

import csv
import io

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator, as_reseller
from licensing import keys
from licensing.models import Listing
from onboarding.models import Program
from tenants import memberships
from tests import world as cast
from tests.licensing import ordering
from tests.licensing.ground import listing, product

pytestmark = pytest.mark.django_db


@pytest.fixture
def lizenz(world):
    """Lena's second company."""
    fields = cast.RESELLER_FIELDS | {"sells": "keys"}
    olga, lizenz = cast.company("olga@lizenz.example", "Lizenz", Program.RESELLER, sam=world.sam, **fields)
    with as_operator():
        memberships.join(world.lena, lizenz.roles.super_admin(), by=olga)
    return lizenz


@pytest.fixture
def lena(client, world, lizenz):
    """In the portal of the first company."""
    client.force_login(world.lena)
    return client


def accepted(world, at):
    return ordering.accepted(world, listing=listing(at))


def issued(world, at):
    with acting_as(world.lena), as_reseller():
        own = Listing.objects.get(license_reseller=at)
        return keys.issue(own, product=product("kc-dynamic"), seats=5, months=12, by=world.lena)[0]


def first_cells(response):
    text = response.getvalue().decode("utf-8-sig")
    return [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]


def test_orders_are_the_companys(world, lena, lizenz):
    own, foreign = accepted(world, world.license_reseller), accepted(world, lizenz)

    home = lena.get(reverse("license-reseller-home")).context
    page = lena.get(reverse("license-reseller-orders")).context["page"]
    file = first_cells(lena.get(reverse("license-reseller-orders-export")))

    assert (home["waiting"], home["to_deliver"]) == ([own], 1)
    assert [one.license_reseller_id for one in home["listings"]] == [world.license_reseller.pk]
    assert page.rows == [own]
    assert file == [str(own.pk)]
    assert lena.get(reverse("license-reseller-order", args=[foreign.pk])).status_code == 404


def test_keys_are_the_companys(world, lena, lizenz):
    own, foreign = issued(world, world.license_reseller), issued(world, lizenz)

    page = lena.get(reverse("license-reseller-keys")).context["page"]
    file = first_cells(lena.get(reverse("license-reseller-keys-export")))
    form = lena.get(reverse("license-reseller-issue")).context["form"]

    assert page.rows == [own]
    assert len(file) == 1
    assert [one.license_reseller_id for one in form.listings] == [world.license_reseller.pk]
    assert lena.get(reverse("license-reseller-key", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("act", ["quote", "reject", "deliver"])
def test_an_order_of_the_other_company_is_not_answered(world, lena, lizenz, act):
    foreign = accepted(world, lizenz)

    answer = lena.post(reverse(f"license-reseller-{act}", args=[foreign.pk]), {})

    assert answer.status_code == 404


def test_the_listing_of_the_other_company_is_not_there(world, lena, lizenz):
    address = reverse("license-reseller-listing", args=[listing(lizenz).pk])

    assert (lena.get(address).status_code, lena.post(address, {}).status_code) == (404, 404)
