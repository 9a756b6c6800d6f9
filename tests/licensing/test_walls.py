"""Who sees and writes which row of licenses, asked of PostgreSQL itself."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator, as_reseller
from licensing.models import Addition, Key, License, Listing, Notice, Order, Product, Seat, SeatEntry
from onboarding.models import Program
from tests import world as cast
from tests.licensing.ground import devices, entered, everything, product, sold

pytestmark = pytest.mark.django_db
OF_A_CUSTOMER = [License, Key, Addition, Seat, SeatEntry, Notice, Order]

ISSUE = """
INSERT INTO licensing_key (product_id, listing_id, license_reseller_id, issued_by_id, seats, months, region, code_hash,
                           code_sealed, last5, use, issued_at, usable_until)
VALUES (%s, %s, %s, %s, 1, 1, 'europe', 'x', 'x', 'AAAAA', '', now(), now())
"""


def refused(person, act):
    """Whether PostgreSQL lets `person` do it: an error, or no row touched."""
    with acting_as(person):
        try:
            with transaction.atomic():
                return act() == 0
        except DatabaseError:
            return True


@pytest.mark.parametrize("model", OF_A_CUSTOMER, ids=lambda model: model.__name__)
def test_each_person_sees_the_rows_of_the_own_customers(world, model):
    everything(world)
    with as_operator():
        there = model.objects.filter(customer=world.first).count()
        assert there > 0
    seen = {}
    for who in ("alice", "tom", "vera", "mira", "bob", "carl", "rita", "lena", "sam", "nora", "blake"):
        with acting_as(getattr(world, who)):
            seen[who] = model.objects.count()

    none = dict.fromkeys(("bob", "carl", "rita", "lena", "sam", "nora", "blake"), 0)
    assert seen == dict.fromkeys(("alice", "tom", "vera", "mira"), there) | none


@pytest.mark.parametrize("model", OF_A_CUSTOMER, ids=lambda model: model.__name__)
def test_a_person_limited_to_another_customer_sees_none(world, model):
    """The rows are Lumen's; Tom sees Fjordline alone."""
    license = entered(world, world.second)

    with acting_as(world.tom):
        assert model.objects.filter(customer=license.customer_id).count() == 0


def test_writing_needs_the_right_to_manage(world):
    license = everything(world)
    (device,) = devices(world.first, 1)

    def rename():
        return License.objects.filter(pk=license.pk).update(name="Mine")

    def free():
        return Seat.objects.filter(license=license)._raw_delete("default")

    def give():
        row = Seat(customer=world.first, license=license, device=device, services="KC", taken_at=timezone.now())
        return len(Seat.objects.bulk_create([row]))

    def withdraw():
        return Order.objects.update(state="withdrawn", moved_at=timezone.now(), moved_by=world.vera)

    acts = (rename, free, give, withdraw)
    got = {who: [refused(getattr(world, who), act) for act in acts] for who in ("vera", "bob", "carl", "lena", "tom")}

    no = [True] * 4
    # Tom manages the customer. No seat is free where he gives one, because his own act freed both.
    assert got == {"vera": no, "bob": no, "carl": no, "lena": no, "tom": [False] * 4}


def test_a_row_cannot_be_given_to_a_foreign_customer(world):
    license = entered(world)

    def trial():
        now = timezone.now()
        row = License(customer=world.foreign, name="x", seats=5, days=90, starts_at=now, dated_at=now)
        row.copy_product(product("kc-trial")).save()

    def move():
        return License.objects.filter(pk=license.pk).update(customer=world.foreign)

    assert (refused(world.alice, trial), refused(world.alice, move)) == (True, True)


def test_no_msp_writes_keys_listings_ledger_letters_or_products(world):
    license = everything(world)
    entry = {"customer": world.first, "license": license, "at": timezone.now()}

    acts = [
        lambda: Key.objects.update(withdrawn_at=timezone.now()),
        lambda: Key.objects.all()._raw_delete("default"),
        lambda: Listing.objects.update(region="north_america"),
        lambda: Listing.objects.all()._raw_delete("default"),
        lambda: len(SeatEntry.objects.bulk_create([SeatEntry(device_id=1, change=1, reason="x", **entry)])),
        lambda: Notice.objects.all()._raw_delete("default"),
        lambda: Addition.objects.all()._raw_delete("default"),
        lambda: License.objects.all()._raw_delete("default"),
        lambda: Order.objects.all()._raw_delete("default"),
        lambda: Product.objects.update(transferable=True),
    ]

    assert [refused(world.alice, act) for act in acts] == [True] * len(acts)


def test_license_resellers_see_and_write_their_own_alone(world):
    fields = cast.RESELLER_FIELDS | {"sells": "keys"}
    kim, _ = cast.company("kim@twokeys.example", "Twokeys", Program.RESELLER, sam=world.sam, **fields)
    everything(world)
    sold(world)
    seen = {}
    for person in (world.lena, kim, world.rita, world.alice, world.nora):
        with acting_as(person), as_reseller():
            seen[person.first_name] = (Listing.objects.count(), Order.objects.count(), Key.objects.count())
    with acting_as(kim), as_reseller():
        touched = Order.objects.update(note="mine") + Listing.objects.exclude(name="Twokeys").update(name="mine")

    none = (0, 0, 0)
    assert seen == {"Lena": (1, 1, 4), "Kim": (1, 0, 0), "Rita": none, "Alice": none, "Nora": none}
    assert touched == 0


@pytest.mark.parametrize("model", [License, Addition, Seat, SeatEntry, Notice], ids=lambda model: model.__name__)
def test_a_license_reseller_reads_no_table_of_customers_licenses(world, model):
    everything(world)

    with acting_as(world.lena), as_reseller(), pytest.raises(DatabaseError), transaction.atomic():
        model.objects.count()


def test_a_license_reseller_takes_no_key_back_and_gives_none_to_a_customer(world):
    sold(world)

    def act(**change):
        with as_reseller():
            return Key.objects.update(**change)

    for change in ({"withdrawn_at": timezone.now()}, {"customer": world.first, "entered_at": timezone.now()}):
        assert refused(world.lena, lambda change=change: act(**change))


def test_a_license_reseller_issues_no_key_in_the_name_of_another(world):
    fields = cast.RESELLER_FIELDS | {"sells": "keys"}
    kim, _ = cast.company("kim@twokeys.example", "Twokeys", Program.RESELLER, sam=world.sam, **fields)
    with as_operator():
        nordkey = Listing.objects.get(name="Nordkey")

    row = [product("ke").pk, nordkey.pk, world.license_reseller.pk, kim.pk]
    no = pytest.raises(DatabaseError, match="row-level security")
    with acting_as(kim), as_reseller(), no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ISSUE, row)  # without RETURNING, which would ask the policy for reading
