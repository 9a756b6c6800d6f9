"""Orders stay in one region, and each side sees its own (FAQ Q8)."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.acting import acting_as, as_operator, as_reseller
from licensing import orders
from licensing.models import License, Listing, Order
from onboarding.models import Program
from tenants.models import Msp
from tests import world as cast
from tests.licensing.ground import listing, product
from tests.licensing.ordering import accepted, place, refused, seller

pytestmark = pytest.mark.django_db


def test_another_region_is_refused_with_the_way_out(world):
    """FAQ Q8 and Q15: Borealis is in North America."""
    said, status = refused(place, world, msp=world.borealis, by=world.bob, customer=None)

    assert said == (
        "Nordkey sells in Europe. Samsung approved your company for North America. Choose a license reseller of North "
        "America."
    )
    assert status == 422


@pytest.mark.parametrize("change", [{"region": "north_america"}, {"msp": "borealis"}])
def test_an_order_across_regions_is_refused_by_the_schema(world, change):
    fields = {"msp": world.aurora, "region": "europe"} | change
    fields["msp"] = getattr(world, fields["msp"]) if isinstance(fields["msp"], str) else fields["msp"]
    with as_operator():
        row = Order(
            listing=listing(world.license_reseller), license_reseller=world.license_reseller, msp_name="x",
            product=product("ke"), seats=1, months=1, sent_by=world.alice, **fields,
        )  # fmt: skip

        with pytest.raises(IntegrityError, match="region"), transaction.atomic():
            row.save()


def test_a_region_of_an_msp_with_orders_does_not_move(world):
    place(world)

    with pytest.raises(IntegrityError, match="order_of_the_msps_region"), as_operator(), transaction.atomic():
        Msp.objects.filter(pk=world.aurora.pk).update(region="north_america")


def test_msps_see_the_license_resellers_of_their_region_only(world):
    seen = {}
    for who in ("alice", "tom", "vera", "bob", "carl", "rita", "lena", "nora", "blake"):
        with acting_as(getattr(world, who)):
            seen[who] = list(Listing.objects.values_list("name", flat=True))

    one = ["Nordkey"]
    assert seen == {
        "alice": one, "tom": one, "vera": one, "bob": [], "carl": [], "rita": [], "lena": [], "nora": [], "blake": [],
    }  # fmt: skip


def test_samsungs_approval_lists_a_license_reseller_in_each_of_its_regions(world):
    fields = cast.RESELLER_FIELDS | {"sells": "keys", "regions": ["europe", "north_america"]}
    cast.company("kim@twokeys.example", "Twokeys", Program.RESELLER, sam=world.sam, **fields)

    with acting_as(world.bob):
        (seen,) = Listing.objects.all()
    with acting_as(world.alice):
        assert [one.name for one in Listing.objects.order_by("name")] == ["Nordkey", "Twokeys"]
    assert (seen.name, seen.contact_email, seen.region) == ("Twokeys", "kim@twokeys.example", "north_america")
    assert "kc-dynamic" in seen.products
    assert "kc-trial" not in seen.products


def test_each_side_sees_its_own_orders(world):
    kim, _ = cast.company(
        "kim@twokeys.example", "Twokeys", Program.RESELLER, sam=world.sam, **cast.RESELLER_FIELDS | {"sells": "keys"}
    )
    place(world)
    place(world, customer=world.second)
    place(world, customer=None)
    seen = {}
    for who in ("alice", "tom", "vera", "bob", "carl", "nora", "blake", "lena"):
        with acting_as(getattr(world, who)):
            seen[who] = Order.objects.count()
    for person in (world.lena, kim, world.rita):
        with acting_as(person), as_reseller():
            seen[person.first_name, "reseller"] = Order.objects.count()

    assert seen == {
        "alice": 3, "tom": 2, "vera": 3, "bob": 0, "carl": 0, "nora": 0, "blake": 0, "lena": 0,
        ("Lena", "reseller"): 3, ("Kim", "reseller"): 0, ("Rita", "reseller"): 0,
    }  # fmt: skip


@pytest.mark.parametrize("customer", ["first", None])
def test_who_only_views_orders_nothing(world, customer):
    with pytest.raises(DatabaseError), transaction.atomic():
        place(world, by=world.vera, customer=customer and getattr(world, customer))


def test_a_license_reseller_sees_no_customer_and_no_license(world):
    order = accepted(world)
    seller(world, orders.deliver, order)

    with acting_as(world.lena), as_reseller():
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            License.objects.count()
        assert Order.objects.get().customer_id == world.first.pk
        assert not type(world.first).objects.exists()


def test_a_jointly_managed_customer_buys_for_itself(world):
    open_company = cast.full_access(world.aurora, world.alice, "Open Company")

    assert refused(place, world, customer=open_company)[0] == (
        "Open Company has Full access, so it enters its own license keys. Order without a customer, and give Open "
        "Company the key."
    )
