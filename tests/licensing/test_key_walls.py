"""What PostgreSQL itself refuses with keys: one serves one customer, for whoever asks."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator, as_reseller
from licensing import keys
from licensing.models import Key, License
from tests.licensing.ground import entered, listing, product, sold

pytestmark = pytest.mark.django_db

CHANGES = [
    (
        "UPDATE licensing_key SET customer_id = (SELECT id FROM tenants_customer WHERE id <> customer_id LIMIT 1)",
        "for ever",
    ),
    ("UPDATE licensing_key SET customer_id = NULL, entered_at = NULL, use = ''", "for ever"),
    ("UPDATE licensing_key SET use = 'addition'", "for ever"),
    ("UPDATE licensing_key SET seats = seats + 1", "stays as it was issued"),
    ("UPDATE licensing_key SET months = months + 1", "stays as it was issued"),
    ("DELETE FROM licensing_key", "is kept"),
    ("UPDATE licensing_license SET customer_id = customer_id + 1", "keeps its customer"),
    ("UPDATE licensing_license SET key_id = NULL", "keeps its customer"),
    ("UPDATE licensing_license SET starts_at = now()", "keeps its customer"),
]


@pytest.mark.parametrize(("sql", "why"), CHANGES)
def test_one_key_serves_one_customer_for_the_owner_of_the_tables_too(world, sql, why):
    entered(world)

    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL role TO portal_owner; {sql}")


@pytest.mark.parametrize(("sql", "why"), CHANGES)
def test_nor_for_an_msp_or_the_operator(world, sql, why):
    entered(world)

    for who in (acting_as(world.alice), as_operator()):
        with who, transaction.atomic(), connection.cursor() as cursor:
            try:
                cursor.execute(sql)
            except DatabaseError:
                transaction.set_rollback(True)
            else:
                assert cursor.rowcount == 0


def test_a_license_cannot_take_the_key_of_another_customer(world):
    key = entered(world, world.second).key
    license = License(
        customer=world.first, key=key, name="x", seats=1, months=1, starts_at=timezone.now(), dated_at=timezone.now()
    ).copy_product(key.product)

    with pytest.raises(IntegrityError), as_operator(), transaction.atomic():
        license.save()


def test_nobody_but_its_license_reseller_sees_a_key_before_it_is_entered(world):
    sold(world)
    seen = {}
    for who in ("alice", "bob", "carl", "rita", "nora", "lena"):
        with acting_as(getattr(world, who)):
            seen[who] = Key.objects.count()
    with acting_as(world.lena), as_reseller():
        own = Key.objects.count()

    assert (set(seen.values()), own) == ({0}, 1)


def test_a_license_reseller_does_not_issue_for_another_region(world):
    own = listing(world.license_reseller)
    own.region = "north_america"

    with pytest.raises(IntegrityError, match="key_of_the_listings_region"), acting_as(world.lena), as_reseller():
        keys.issue(own, product=product("ke"), seats=1, months=1, by=world.lena)
