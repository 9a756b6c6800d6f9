"""Customers, services and managements that PostgreSQL refuses."""

from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from tenants.models import Customer, CustomerService, Management
from tests.onboarding.customer_acts import KC
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kcs_id", ["7000000000", "400000000", "4abcdefghi", "４000000000", "4000000000\n"])
def test_what_is_not_a_kcs_customer_id_cannot_be_stored(world: World, kcs_id: str) -> None:
    with pytest.raises(Error), transaction.atomic(), as_operator():
        Customer.objects.filter(pk=world.first.pk).update(kcs_id=kcs_id)


def test_a_customer_has_one_msp_at_a_time(world: World) -> None:
    with pytest.raises(IntegrityError, match="customer_has_one_active_management"), transaction.atomic(), as_operator():
        Management.objects.create(customer=world.first, msp=world.borealis)


def test_a_customer_may_change_its_msp_after_the_first_has_ended(world: World) -> None:
    with as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())

        assert Management.objects.create(customer=world.first, msp=world.borealis).pk


@pytest.mark.parametrize("half", [{"state": "ended"}, {"ended_at": timezone.now()}])
def test_a_half_ended_management_cannot_be_stored(world: World, half: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="management_ended_has_a_time"), transaction.atomic(), as_operator():
        Management.objects.filter(customer=world.first).update(**half)


def test_a_customer_has_a_service_once_and_only_one_that_knox_has(world: World) -> None:
    with pytest.raises(IntegrityError, match="customer_has_a_service_once"), transaction.atomic(), as_operator():
        CustomerService.objects.create(customer=world.first, service=KC)
    with pytest.raises(IntegrityError, match="service_is_known"), transaction.atomic(), as_operator():
        CustomerService.objects.create(customer=world.first, service="XX")


def test_nobody_deletes_a_customer_or_takes_a_service_away(world: World) -> None:
    with acting_as(world.alice), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenants_customerservice")
        services = cursor.rowcount
        cursor.execute("DELETE FROM tenants_customer")
        assert (services, cursor.rowcount) == (0, 0)
